"""What the admin gains from the press section: its lists, and the accreditation desk."""

from wagtail import hooks

from pages.press.accreditation.desk import hooks as _desk  # noqa: F401 - registers its own
from pages.press.listings import PressGroup


@hooks.register("register_admin_viewset")
def press_lists() -> PressGroup:
    return PressGroup()
