"""The desk's pages of one accreditation: what is known, the proof, and deciding."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from cms.accounts import identity
from cms.accounts.models import User
from cms.problems import Problem
from pages.press.accreditation import joining, proof
from pages.press.accreditation.desk.decisions import DECISIONS
from pages.press.accreditation.desk.policy import PERMISSION
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import MAY_FOLLOW, Action
from search.admin_page import AdminPage, Permitted

LIST = "press_accreditations:index"
ONE = "press_accreditations:edit"


class OfOne(AdminPage):
    """A page about one accreditation that the desk may see."""

    permission_required = PERMISSION
    header_icon = "user"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.accreditation = found(kwargs["pk"]) if request.user.has_perm(PERMISSION) else None

    @property
    def one(self) -> Accreditation:
        """The accreditation; only asked for once the permission was checked."""
        if self.accreditation is None:
            raise Http404
        return self.accreditation

    def get_page_title(self) -> str:
        return str(self.one)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first, *rest = super().get_breadcrumbs_items()
        return [first, {"url": reverse(LIST), "label": _("Accreditations")}, *rest]


class AccreditationView(OfOne):
    """Everything the desk knows of one, and what may be decided."""

    template_name = "pages/admin/accreditation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, at = self.one, identity.now()
        state = one.state_at(at)
        same = Q(email=one.email) | (Q(person=one.person) if one.person_id else Q(pk=one.pk))
        others = Accreditation.objects.filter(same, confirmed_at__isnull=False).exclude(pk=one.pk)
        return super().get_context_data(
            one=one,
            state=state,
            decisions=[
                {"action": action, "decision": DECISIONS[action]} for action in MAY_FOLLOW[state]
            ],
            others=[(other, other.state_at(at)) for other in others.select_related("outlet")],
            history=ModelLogEntry.objects.for_instance(one).select_related("user")[:50],
            account_notes=list(_account_notes(one)),
            **kwargs,
        )


class DecideView(OfOne):
    """One decision: what it will do, what it needs to know, and a button that names it."""

    template_name = "pages/admin/accreditation_decide.html"

    def get_page_title(self) -> str:
        return _("%(decision)s: %(who)s") % {"decision": self.decision.name, "who": self.one}

    @property
    def action(self) -> Action:
        """What is to be done, by the address."""
        try:
            return Action(self.kwargs["action"])
        except ValueError:
            raise Http404 from None

    @property
    def decision(self) -> Any:
        return DECISIONS[self.action]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.action not in MAY_FOLLOW[self.one.state_at(identity.now())]:
            return self._back(_("This cannot be decided any more: somebody did, or time passed."))
        form = kwargs.pop("form", None) or self.decision.form_for(self.one)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.decision.form_for(self.one, request.POST)
        if not form.is_valid():
            return self.get(request, form=form)
        assert isinstance(request.user, User)  # noqa: S101  for the type checker
        try:
            self.decision.do(self.one.pk, form, request.user, identity.now())
        except Problem as problem:
            return self._back(str(problem.title))
        messages.success(request, str(self.decision.done))
        return redirect(LIST)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            one=self.one,
            decision=self.decision,
            account_notes=list(_account_notes(self.one)),
            **kwargs,
        )

    def _back(self, why: str) -> HttpResponse:
        messages.error(self.request, why)
        return redirect(ONE, self.one.pk)


class ProofView(Permitted):
    """The proof, for the desk alone, as a download."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest, pk: int) -> Any:
        one = found(pk)
        if not one.proof:
            raise Http404
        if not proof.is_safe(one):
            messages.error(request, _("The virus scanner does not let this file through."))
            return redirect(ONE, pk)
        return proof.sent(one)


def found(pk: int) -> Accreditation:
    """An accreditation whose address is confirmed. Raises ``Http404``."""
    known = Accreditation.objects.select_related("person", "outlet", "terms", "decided_by")
    return get_object_or_404(known, pk=pk, confirmed_at__isnull=False)


def _account_notes(one: Accreditation) -> Any:
    """What the desk has to know of an account that the address has already."""
    user = one.person or User.objects.filter(email__iexact=one.email).first()
    if user is None:
        return
    if not user.is_active:
        yield _(
            "This address has an account that was closed. Nothing can be approved before it is "
            "opened again."
        )
    elif not joining.was_made_for_the_press(user):
        place = user.organisation.name if user.organisation else _("the company itself")
        yield _(
            "This address has an account already, of %(place)s. Approving adds the accredited "
            "press and changes nothing else."
        ) % {"place": place}
