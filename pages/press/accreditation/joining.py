"""From an approved request to an account: made where there is none, never widened by surprise."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.accounts.models import Organisation, User
from cms.problems import Problem
from pages.press.accreditation.models import Accreditation


class AccountClosed(Problem):
    """The company closed this account: only it opens it again, among people."""

    title = _("This person's account is closed. Open it among people first, if it should be.")  # type: ignore[assignment]


class Joined(NamedTuple):
    """The account of a person, and whether it exists because of an accreditation."""

    user: User
    is_made_for_the_press: bool


def account_of(asked: Accreditation, outlet: Organisation) -> Joined:
    """The account of a request's address: of the outlet, where it was made for the press.

    An employee or a partner who is accredited stays what they are: they get the group, not the
    outlet. Raises ``AccountClosed``.
    """
    user = asked.person or User.objects.filter(email__iexact=asked.email).first()
    if user is None:
        made = User.objects.create_user(
            asked.email,
            first_name=asked.first_name,
            last_name=asked.last_name,
            organisation=outlet,
            job_title=asked.role,
            language=asked.language,
        )
        return Joined(made, is_made_for_the_press=True)
    if not user.is_active:
        raise AccountClosed
    if user.organisation_id != outlet.pk and _is_moved_by_the_desk(user):
        user.organisation = outlet
        user.save(update_fields=["organisation"])
    return Joined(user, is_made_for_the_press=was_made_for_the_press(user))


def leave(revoked: Accreditation) -> None:
    """Out of the outlet, which may be named as an early reader or have groups of its own.

    Never into no organisation at all: those are the company's own people.
    """
    user = revoked.person
    if user is None or revoked.outlet_id is None or user.organisation_id != revoked.outlet_id:
        return
    if _is_moved_by_the_desk(user):
        user.organisation = without_outlet()
        user.save(update_fields=["organisation"])


def without_outlet() -> Organisation:
    """Where people stand whose accreditation was revoked. It opens nothing."""
    found, _is_new = Organisation.objects.get_or_create(
        name=without_outlet_name(), defaults={"kind": Organisation.Kind.OUTLET}
    )
    return found


def without_outlet_name() -> str:
    """The name of that organisation: the setting ``PRESS_WITHOUT_OUTLET``."""
    return str(settings.PRESS_WITHOUT_OUTLET)


def was_made_for_the_press(user: User) -> bool:
    """Whether the account exists because of an accreditation."""
    return Accreditation.objects.filter(person=user, opened_account=True).exists()


def _is_moved_by_the_desk(user: User) -> bool:
    outlet = user.organisation
    is_journalist = outlet is not None and outlet.kind == Organisation.Kind.OUTLET
    return is_journalist and was_made_for_the_press(user)
