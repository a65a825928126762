"""Deciding on several requests at once: each with its own outlet, or all with one reason."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.bulk_action import BulkAction

from cms.accounts import identity
from cms.problems import Problem
from pages.press.accreditation import deciding
from pages.press.accreditation.desk.forms import OutletFields, ReasonForm, UntilForm
from pages.press.accreditation.desk.policy import PERMISSION
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import MAY_FOLLOW, Action


class BulkDecision(BulkAction):
    """What both share: who may, and on which requests."""

    models = [Accreditation]
    template_name = "pages/admin/accreditations_decide.html"
    action: Action

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Iterable[int]:
        return Accreditation.objects.filter(confirmed_at__isnull=False).values_list("pk", flat=True)

    def check_perm(self, obj: Accreditation) -> bool:
        is_seen = obj.confirmed_at is not None
        return is_seen and self.action in MAY_FOLLOW[obj.state_at(identity.now())]

    def get_execution_context(self) -> dict[str, Any]:
        return {"form": self.cleaned_form, "by": self.request.user}

    @classmethod
    def decide(cls, asked: Accreditation, form: Any, by: Any) -> None:
        raise NotImplementedError

    @classmethod
    def execute_action(cls, objects: Any, **kwargs: Any) -> tuple[int, int]:
        """Gives how many were decided, and how many could not be any more."""
        failed = 0
        for asked in objects:
            try:
                cls.decide(asked, kwargs["form"], kwargs["by"])
            except Problem:
                failed += 1
        return len(objects) - failed, failed

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        told = ngettext(
            "%(number)d request decided. The mail is on its way.",
            "%(number)d requests decided. The mails are on their way.",
            num_parent_objects,
        ) % {"number": num_parent_objects}
        if not num_child_objects:
            return told
        return (
            told
            + " "
            + ngettext(
                "%(number)d could not be: look at it alone.",
                "%(number)d could not be: look at them one by one.",
                num_child_objects,
            )
            % {"number": num_child_objects}
        )


class ApproveManyForm(UntilForm):
    """One last day, and an outlet for each."""

    def __init__(self, *args: Any, requests: list[Accreditation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choosing = {one.pk: OutletFields(one, f"{one.pk}-") for one in requests}
        for pk, choosing in self.choosing.items():
            for name, field in choosing.make().items():
                field.label = f"{choosing.asked.name} ({choosing.asked.outlet_name}): {field.label}"
                if not name.endswith("outlet") or name != f"{pk}-outlet":
                    field.help_text = ""
                self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for choosing in self.choosing.values():
            choosing.checked(self)
        return data


class ApproveMany(BulkDecision):
    """Accredit several people until the same day."""

    action = Action.APPROVE
    action_type = "approve"
    display_name = _("Approve")
    aria_label = _("Approve the selected requests")
    action_priority = 10
    form_class = ApproveManyForm
    extras = {"question": _("Each of them gets access until the last day, and a mail.")}

    def get_form_kwargs(self) -> dict[str, Any]:
        requests, _others = self.get_actionable_objects()
        return {**super().get_form_kwargs(), "requests": requests}

    @classmethod
    def decide(cls, asked: Accreditation, form: Any, by: Any) -> None:
        outlet = form.choosing[asked.pk].outlet(form)
        deciding.approve(asked.pk, outlet=outlet, ends_at=form.ends_at, by=by, at=identity.now())


class RefuseMany(BulkDecision):
    """Refuse several requests for one reason."""

    action = Action.REFUSE
    action_type = "refuse"
    display_name = _("Refuse")
    aria_label = _("Refuse the selected requests")
    action_priority = 20
    classes = {"serious"}
    form_class = ReasonForm
    extras = {"question": _("Each of them is told by mail, with this reason.")}

    @classmethod
    def decide(cls, asked: Accreditation, form: Any, by: Any) -> None:
        deciding.refuse(asked.pk, reason=form.cleaned_data["reason"], by=by, at=identity.now())
