"""What the admin gains from the press section: its lists."""

from wagtail import hooks

from pages.press.listings import PressGroup


@hooks.register("register_admin_viewset")
def press_lists() -> PressGroup:
    return PressGroup()
