"""Forgetting: what the clock says is no longer needed, and whoever asked to be forgotten."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from cms.accounts import tokens
from cms.accounts.models import User
from pages.press.accreditation import joining, notices, proof
from pages.press.accreditation.models import Accreditation, TermsAccepted
from pages.press.accreditation.requesting import CONFIRM_WITHIN
from pages.press.accreditation.states import Stored

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many proofs and how many records were deleted."""

    proofs: int
    records: int


def forget_old(at: datetime) -> Forgotten:
    """Delete proofs some time after the decision, requests nobody confirmed, and old records."""
    decided_before = at - timedelta(days=settings.PRESS_PROOF_DAYS)
    proofs = Accreditation.objects.filter(decided_at__lt=decided_before).exclude(proof="")
    number = 0
    for one in proofs:
        proof.drop(one)
        number += 1
    old_before = at - timedelta(days=settings.PRESS_RECORD_DAYS)
    unconfirmed = Q(confirmed_at=None, requested_at__lt=at - CONFIRM_WITHIN)
    refused = Q(state=Stored.REFUSED, decided_at__lt=old_before)
    ended = Q(state__in=[Stored.APPROVED, Stored.REVOKED], ends_at__lt=old_before)
    records = Accreditation.objects.filter(unconfirmed | refused | ended)
    made_here = {one.person for one in records.select_related("person") if one.opened_account}
    deleted = _delete(records)
    for person in filter(None, made_here):
        if not Accreditation.objects.filter(person=person).exists():
            _empty(person, at)
    return Forgotten(number, deleted)


def erase(pk: int, *, by: User, at: datetime) -> None:
    """Forget a person: close the access, delete every record, and empty an account made for it.

    The account's row stays, without a name or an address, for what was logged under its number.
    """
    with transaction.atomic():
        one = Accreditation.objects.select_for_update().get(pk=pk, confirmed_at__isnull=False)
        notices.tell(notices.ERASED, one)
        person = one.person
        of_person = Q(email=one.email) if person is None else Q(email=one.email) | Q(person=person)
        records = Accreditation.objects.filter(of_person)
        was_made_here = person is not None and joining.was_made_for_the_press(person)
        for record in records.select_related("membership"):
            if record.membership is not None:
                record.membership.delete()
        _delete(records)
        if person is not None:
            TermsAccepted.objects.filter(user=person).delete()
            if was_made_here:
                _empty(person, at)
            log(person, "press.erase", user=by)
    logger.info("press_erased id=%d by=%d", pk, by.pk)


def _delete(records: QuerySet[Accreditation]) -> int:
    """Delete records, their proofs, and the lines of the log that name the people."""
    number = 0
    content_type = ContentType.objects.get_for_model(Accreditation)
    for one in records:
        ModelLogEntry.objects.filter(content_type=content_type, object_id=str(one.pk)).delete()
        one.delete()
        number += 1
    return number


def _empty(person: User, at: datetime) -> None:
    for token in person.tokens.filter(revoked_at=None):
        tokens.revoke(token, at)
    person.email = f"erased-{person.pk}@erased.invalid"
    person.first_name = person.last_name = person.job_title = ""
    person.is_active = False
    person.set_unusable_password()
    person.save()
