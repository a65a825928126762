"""Each thing the desk may do: its words, its form, and doing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.accounts.models import User
from pages.press.accreditation import deciding, erasing
from pages.press.accreditation.desk.forms import ApproveForm, NothingForm, ReasonForm, RenewForm
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import Action

Do = Callable[[int, Any, User, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision as the desk sees it. ``form`` takes the accreditation where ``takes_asked``."""

    name: Any
    question: Any  # what will happen, before it does
    button: Any
    done: Any
    form: Callable[..., forms.Form]
    do: Do
    takes_asked: bool = False
    is_serious: bool = False

    def form_for(self, asked: Accreditation, data: Any = None) -> forms.Form:
        """The form of this decision on one accreditation."""
        more = {"asked": asked} if self.takes_asked else {}
        return self.form(data, **more)


def _approve(pk: int, form: ApproveForm, by: User, at: datetime) -> object:
    return deciding.approve(pk, outlet=form.outlet, ends_at=form.ends_at, by=by, at=at)


def _refuse(pk: int, form: ReasonForm, by: User, at: datetime) -> object:
    return deciding.refuse(pk, reason=form.cleaned_data["reason"], by=by, at=at)


def _revoke(pk: int, form: ReasonForm, by: User, at: datetime) -> object:
    return deciding.revoke(pk, reason=form.cleaned_data["reason"], by=by, at=at)


def _renew(pk: int, form: RenewForm, by: User, at: datetime) -> object:
    return deciding.renew(pk, ends_at=form.ends_at, by=by, at=at)


def _expire(pk: int, _form: Any, by: User, at: datetime) -> object:
    return deciding.expire(pk, by=by, at=at)


def _erase(pk: int, _form: Any, by: User, at: datetime) -> object:
    erasing.erase(pk, by=by, at=at)
    return None


DECISIONS: Mapping[Action, Decision] = {
    Action.APPROVE: Decision(
        name=_("Approve"),
        question=_(
            "The person gets an account without a password, joins the accredited press until the "
            "last day, and is told by mail."
        ),
        button=_("Accredit and tell by mail"),
        done=_("Accredited. The mail is on its way."),
        form=ApproveForm,
        do=_approve,
        takes_asked=True,
    ),
    Action.REFUSE: Decision(
        name=_("Refuse"),
        question=_("The person is told by mail, with the reason, and may ask again."),
        button=_("Refuse and tell by mail"),
        done=_("Refused. The mail is on its way."),
        form=ReasonForm,
        do=_refuse,
        is_serious=True,
    ),
    Action.RENEW: Decision(
        name=_("Renew"),
        question=_("Press material stays open until the last day, and the person is told by mail."),
        button=_("Renew and tell by mail"),
        done=_("Renewed. The mail is on its way."),
        form=RenewForm,
        do=_renew,
        takes_asked=True,
    ),
    Action.EXPIRE: Decision(
        name=_("End now"),
        question=_(
            "Press material closes to the person at once. The person is told by mail and may ask "
            "to renew."
        ),
        button=_("End it and tell by mail"),
        done=_("Ended. The mail is on its way."),
        form=NothingForm,
        do=_expire,
        is_serious=True,
    ),
    Action.REVOKE: Decision(
        name=_("Revoke"),
        question=_(
            "Everything closes at once: the press room, the outlet’s early access, open links, "
            "downloads that are running. The person is told by mail, with the reason."
        ),
        button=_("Revoke and tell by mail"),
        done=_("Revoked. The mail is on its way."),
        form=ReasonForm,
        do=_revoke,
        is_serious=True,
    ),
    Action.ERASE: Decision(
        name=_("Erase"),
        question=_(
            "Every request of this address is deleted with its proof and its history, and the "
            "account that was made for it is closed and emptied. It cannot be undone."
        ),
        button=_("Erase for good and tell by mail"),
        done=_("Erased. The mail is on its way."),
        form=NothingForm,
        do=_erase,
        is_serious=True,
    ),
}
