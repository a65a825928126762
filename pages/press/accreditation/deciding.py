"""What the desk decides. Access follows in the same transaction, on the very next request."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.log_actions import log

from cms.accounts.models import Membership, Organisation, User
from pages.press import early
from pages.press.accreditation import joining, notices, terms
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import MAY_FOLLOW, Action, DecidedMeanwhile, Stored

ACCESS = ("state", "decided_at", "decided_by", "reason", "ends_at", "membership")


def approve(
    pk: int, *, outlet: Organisation, ends_at: datetime, by: User, at: datetime
) -> Accreditation:
    """Open the press room to a person of an outlet until a moment, and tell them.

    Raises ``DecidedMeanwhile``, or ``joining.AccountClosed`` where the company closed the account.
    """
    with transaction.atomic():
        asked = _locked(pk, Action.APPROVE, at)
        joined = joining.account_of(asked, outlet)
        _end_others(asked, joined.user, by=by, at=at)
        asked.person = joined.user
        asked.opened_account = joined.is_made_for_the_press
        asked.outlet = outlet
        asked.reason = ""
        asked.ends_at = ends_at
        asked.membership = Membership.objects.create(
            user=joined.user, group=press_group(), starts_at=at, ends_at=ends_at
        )
        _decided(asked, Stored.APPROVED, by, at, "person", "opened_account", "outlet")
        if asked.terms is not None:
            terms.accept(joined.user, asked.terms, asked.requested_at)
        log(asked, "press.approve", user=by, data={"until": ends_at.isoformat()})
        notices.tell(notices.APPROVED, asked)
    return asked


def refuse(pk: int, *, reason: str, by: User, at: datetime) -> Accreditation:
    """Say no, and why. The reason is mailed."""
    with transaction.atomic():
        asked = _locked(pk, Action.REFUSE, at)
        asked.reason = reason
        _decided(asked, Stored.REFUSED, by, at)
        log(asked, "press.refuse", user=by, data={"reason": reason})
        notices.tell(notices.REFUSED, asked)
    return asked


def revoke(pk: int, *, reason: str, by: User, at: datetime) -> Accreditation:
    """Close at once everything that the accreditation opened: the group, and the outlet's part."""
    with transaction.atomic():
        open_one = _locked(pk, Action.REVOKE, at)
        _close(open_one, at)
        joining.leave(open_one)
        open_one.reason = reason
        _decided(open_one, Stored.REVOKED, by, at)
        log(open_one, "press.revoke", user=by, data={"reason": reason})
        notices.tell(notices.REVOKED, open_one)
    return open_one


def expire(pk: int, *, by: User, at: datetime) -> Accreditation:
    """End an accreditation now, without blame: it can be renewed."""
    with transaction.atomic():
        open_one = _locked(pk, Action.EXPIRE, at)
        _close(open_one, at)
        open_one.save(update_fields=ACCESS)
        log(open_one, "press.expire", user=by)
        notices.tell(notices.EXPIRED, open_one)
    return open_one


def renew(pk: int, *, ends_at: datetime, by: User, at: datetime) -> Accreditation:
    """Keep the press room open until a later moment, or open it again, and tell the person."""
    with transaction.atomic():
        renewed = _locked(pk, Action.RENEW, at)
        if renewed.person is None or not renewed.person.is_active:
            raise joining.AccountClosed
        member = renewed.membership
        if member is not None and (member.ends_at is None or member.ends_at > at):
            member.ends_at = ends_at
            member.save(update_fields=["ends_at"])
        else:
            renewed.membership = Membership.objects.create(
                user=renewed.person, group=press_group(), starts_at=at, ends_at=ends_at
            )
        renewed.ends_at = ends_at
        renewed.renewal_asked_at = None
        _decided(renewed, Stored.APPROVED, by, at, "renewal_asked_at")
        log(renewed, "press.renew", user=by, data={"until": ends_at.isoformat()})
        notices.tell(notices.RENEWED, renewed)
    return renewed


def press_group() -> Group:
    """The group of accredited people, made if it is missing."""
    group, _ = Group.objects.get_or_create(name=early.press_group_name())
    return group


def _locked(pk: int, action: Action, at: datetime) -> Accreditation:
    found = (
        Accreditation.objects.select_for_update(of=("self",))
        .select_related("person", "outlet", "membership", "terms")
        .get(pk=pk, confirmed_at__isnull=False)
    )
    if action not in MAY_FOLLOW[found.state_at(at)]:
        raise DecidedMeanwhile
    return found


def _close(open_one: Accreditation, at: datetime) -> None:
    if open_one.ends_at is None or open_one.ends_at > at:
        open_one.ends_at = at
    member = open_one.membership
    if member is not None and (member.ends_at is None or member.ends_at > at):
        member.ends_at = at
        member.save(update_fields=["ends_at"])


def _end_others(kept: Accreditation, user: User, *, by: User, at: datetime) -> None:
    """One accreditation a person: a new one takes the place of what was open before."""
    others = Accreditation.objects.filter(person=user, state=Stored.APPROVED).exclude(pk=kept.pk)
    for other in others.select_related("membership"):
        if other.ends_at is None or other.ends_at > at:
            _close(other, at)
            other.save(update_fields=ACCESS)
            log(other, "press.replace", user=by)


def _decided(one: Accreditation, state: Stored, by: User, at: datetime, *more: str) -> None:
    one.state = state
    one.decided_by = by
    one.decided_at = at
    one.save(update_fields=[*ACCESS, *more])
