"""A journalist's own accreditation: how it stands, asking to renew it, asking to be forgotten."""

from datetime import datetime

from django.conf import settings
from wagtail.log_actions import log

from cms.accounts.models import User
from pages.press.accreditation import states, terms
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import AccreditationStatus, State, Stored


def status_of(person_id: int, at: datetime) -> AccreditationStatus | None:
    """How a person's accreditation stands at a moment; nothing for people who have none."""
    one = own(person_id, at)
    if one is None or one.person is None:
        return None
    to_accept = terms.terms_to_accept(one.person, at)
    return AccreditationStatus(
        name=one.name,
        outlet=one.outlet_title,
        beat=str(Accreditation.Beat(one.beat).label),
        state=one.state_at(at),
        until=states.last_day(one.ends_at, settings.TIME_ZONE) if one.ends_at else None,
        can_renew=states.can_renew(one.state, one.ends_at, at) and one.renewal_asked_at is None,
        is_renewal_asked=one.renewal_asked_at is not None,
        terms_to_accept=to_accept.version if to_accept else None,
    )


def own(person_id: int, at: datetime) -> Accreditation | None:
    """The accreditation that counts for a person: the open one, else the latest decided."""
    all_of_them = list(
        Accreditation.objects.filter(person_id=person_id)
        .exclude(state=Stored.REQUESTED)
        .select_related("person", "outlet")
        .order_by("-decided_at", "-id")
    )
    is_open = (one for one in all_of_them if one.state_at(at) == State.APPROVED)
    return next(is_open, all_of_them[0] if all_of_them else None)


def ask_renewal(person: User, at: datetime) -> bool:
    """Ask the desk to renew: one click. Says whether there was something to renew."""
    one = own(person.pk, at)
    if one is None or not states.can_renew(one.state, one.ends_at, at):
        return False
    if one.renewal_asked_at is None:
        one.renewal_asked_at = at
        one.save(update_fields=["renewal_asked_at"])
        log(one, "press.ask_renewal", user=person)
    return True


def ask_erasure(person: User, at: datetime) -> bool:
    """Ask the desk to erase what it knows of the person (GDPR, article 17)."""
    one = own(person.pk, at)
    if one is None:
        return False
    if one.erasure_asked_at is None:
        one.erasure_asked_at = at
        one.save(update_fields=["erasure_asked_at"])
        log(one, "press.ask_erasure", user=person)
    return True
