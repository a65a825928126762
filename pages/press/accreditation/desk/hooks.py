"""What the admin gains. Imported by ``pages.wagtail_hooks``."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.permissions import register_permission_policy

from pages.press.accreditation.desk.bulk import ApproveMany, RefuseMany
from pages.press.accreditation.desk.policy import CODENAME, DeskPolicy, TermsPolicy
from pages.press.accreditation.desk.viewsets import PressDesk
from pages.press.accreditation.models import Accreditation, PressTerms

register_permission_policy(Accreditation, DeskPolicy(Accreditation, ["view", "change"]))
register_permission_policy(PressTerms, TermsPolicy(PressTerms, ["view", "add", "change", "delete"]))

hooks.register("register_bulk_action", ApproveMany)
hooks.register("register_bulk_action", RefuseMany)


@hooks.register("register_admin_viewset")
def press_desk() -> PressDesk:
    return PressDesk()


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="pages", codename=CODENAME)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the history says of each step."""
    for action, label, message in (
        ("press.request", _("Ask for accreditation"), _("Asked for accreditation")),
        ("press.request_again", _("Ask again"), _("Asked again; the newer request counts")),
        ("press.replace", _("Replace accreditation"), _("Replaced by a newer accreditation")),
        ("press.expire", _("End accreditation"), _("Ended")),
        ("press.ask_renewal", _("Ask to renew"), _("Asked to renew")),
        ("press.erase", _("Erase accreditation"), _("Accreditation erased")),
        ("press.ask_erasure", _("Ask to be erased"), _("Asked to be erased")),
    ):
        actions.register_action(action, label, message)

    for action, label, told in (
        ("press.approve", _("Accredit"), _("Accredited until %(until)s")),
        ("press.renew", _("Renew accreditation"), _("Renewed until %(until)s")),
        ("press.refuse", _("Refuse accreditation"), _("Refused: %(reason)s")),
        ("press.revoke", _("Revoke accreditation"), _("Revoked: %(reason)s")),
    ):
        actions.register_action(action)(_formatter(label, told))


def _formatter(label: Any, told: Any) -> type[LogFormatter]:
    class Telling(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            data = log_entry.data
            until = str(data.get("until", ""))[:10]
            return str(gettext(told)) % {"until": until, "reason": data.get("reason", "")}

    Telling.label = label
    return Telling
