"""Who may edit what: the editors' groups, their rights, and the way a draft takes."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.demo.people import CONTRIBUTORS, EDITORS, PRESS_DESK
from pages.base.models import BasePage

EDITED = (
    ("fr", "actualites"), ("fr", "guides"), ("fr", "presse"),
    ("en", "news"), ("en", "guides"), ("en", "press"),
)  # fmt: skip
ROOMS = (("fr", "presse"), ("en", "press"))
REVIEWED = (("fr", "actualites"), ("en", "news"))
WORKFLOW, TASK = "Relecture", "Relecture par la rédaction"
LIBRARY = {
    EDITORS: ("add", "change", "choose"),
    CONTRIBUTORS: ("add", "choose"),
    PRESS_DESK: ("add", "change", "choose"),
}
DESK = ("decide_accreditation", "view_download", "change_notice")
PAGES = {
    EDITORS: ("add", "change", "publish", "lock", "unlock", "bulk_delete"),
    CONTRIBUTORS: ("add",),
}


def grant(groups: Mapping[str, Group], sections: Mapping[tuple[str, str], BasePage]) -> None:
    """Editors publish in the news, the guides and the press room; contributors submit there.

    The press desk publishes in the press room, decides on accreditations, and sees who took what.
    """
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    topics = Permission.objects.filter(content_type__app_label="pages", codename__endswith="_topic")
    for name, actions in PAGES.items():
        groups[name].permissions.add(admin)
        for place in EDITED:
            _on_page(groups[name], sections[place], actions)
        _on_library(groups[name], LIBRARY[name])
    groups[EDITORS].permissions.add(*topics)
    groups[PRESS_DESK].permissions.add(admin, *Permission.objects.filter(codename__in=DESK))
    for place in ROOMS:
        _on_page(groups[PRESS_DESK], sections[place], PAGES[EDITORS])
    _on_library(groups[PRESS_DESK], LIBRARY[PRESS_DESK])
    _review(groups[EDITORS], [sections[place] for place in REVIEWED])


def retire_wagtails_own_groups() -> None:
    """Take away the two groups that a new Wagtail has, unless somebody uses them."""
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


def _on_page(group: Group, page: Page, actions: Iterable[str]) -> None:
    for action in actions:
        permission = Permission.objects.get(
            content_type__app_label="wagtailcore", codename=f"{action}_page"
        )
        GroupPagePermission.objects.get_or_create(
            group=group, page_id=page.pk, permission=permission
        )


def _on_library(group: Group, actions: Iterable[str]) -> None:
    root = Collection.objects.get(depth=1)
    for action in actions:
        for thing in ("image", "document", "video"):
            permission = Permission.objects.get(
                content_type__app_label="media", codename=f"{action}_{thing}"
            )
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=permission
            )


def _review(editors: Group, pages: Iterable[Page]) -> None:
    """One workflow with one task. Wagtail's own is taken over where it is still there."""
    task = GroupApprovalTask.objects.filter(name__in=[TASK, "Moderators approval"]).first()
    task = task or GroupApprovalTask()
    task.name, task.active = TASK, True
    task.save()
    task.groups.set([editors])
    workflow = Workflow.objects.filter(name__in=[WORKFLOW, "Moderators approval"]).first()
    workflow = workflow or Workflow()
    workflow.name, workflow.active = WORKFLOW, True
    workflow.save()
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr)
    WorkflowPage.objects.filter(workflow=workflow, page__depth=1).delete()
    for page in pages:
        WorkflowPage.objects.update_or_create(page_id=page.pk, defaults={"workflow": workflow})
