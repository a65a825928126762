"""Asking for accreditation. Whoever asks learns nothing of who is known here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from wagtail.log_actions import log

from pages.press.accreditation import keys, notices, proof
from pages.press.accreditation.models import Accreditation, PressTerms
from pages.press.accreditation.proof import Proof
from pages.press.accreditation.states import Stored

CONFIRM_WITHIN = timedelta(days=3)
# What a newer request puts in the place of an older one that still waits.
REPLACED = (
    "first_name", "last_name", "outlet_name", "role", "beat", "country", "phone", "links",
    "message", "language", "terms", "requested_at", "confirmed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a journalist wrote. ``country`` is ISO 3166-1 alpha-2, ``links`` are https URLs."""

    email: str
    first_name: str
    last_name: str
    outlet_name: str
    role: str
    beat: str
    country: str
    phone: str = ""
    links: tuple[str, ...] = ()
    message: str = ""
    language: str = "fr"


def ask(
    asked: Asked, at: datetime, *, proof_file: Proof | None = None, terms: PressTerms | None = None
) -> Accreditation:
    """Keep a request and mail the way to confirm its address. The same work for every address."""
    request = Accreditation(
        email=asked.email.strip().lower(),
        first_name=asked.first_name,
        last_name=asked.last_name,
        outlet_name=asked.outlet_name,
        role=asked.role,
        beat=asked.beat,
        country=asked.country,
        phone=asked.phone,
        links="\n".join(asked.links),
        message=asked.message,
        language=asked.language,
        terms=terms,
        requested_at=at,
    )
    if proof_file is not None:
        proof.keep(request, proof_file)
    try:
        with transaction.atomic():
            request.save()
            notices.tell(notices.CONFIRM, request)
    except BaseException:
        if request.proof:
            request.proof.delete(save=False)
        raise
    return request


def found_by(key: str, at: datetime) -> Accreditation | None:
    """The request a mailed link is about: not confirmed yet or confirmed already, never too old."""
    named = keys.opened(key)
    if named is None:
        return None
    since = at - CONFIRM_WITHIN
    return Accreditation.objects.filter(
        pk=named.pk, email=named.email, requested_at__gt=since
    ).first()


def confirm(request: Accreditation, at: datetime) -> None:
    """Show a request to the desk, merged with one of the same address that waits already.

    Confirming twice, or at once in two windows, changes nothing more.
    """
    with transaction.atomic():
        # All of the address, always in the same order: two confirmations stand in a queue.
        of_address = list(
            Accreditation.objects.select_for_update()
            .filter(email=request.email, state=Stored.REQUESTED)
            .order_by("pk")
        )
        newer = next((one for one in of_address if one.pk == request.pk), None)
        if newer is None or newer.confirmed_at is not None:
            return
        newer.confirmed_at = at
        waiting = next((one for one in of_address if one.confirmed_at and one != newer), None)
        if waiting is not None:
            _merge(waiting, newer)
            return
        newer.save(update_fields=["confirmed_at"])
        log(newer, "press.request")


def _merge(waiting: Accreditation, newer: Accreditation) -> None:
    for name in REPLACED:
        setattr(waiting, name, getattr(newer, name))
    if newer.proof:
        if waiting.proof:
            waiting.proof.delete(save=False)
        waiting.proof.name = newer.proof.name
        waiting.proof_name, waiting.proof_type = newer.proof_name, newer.proof_type
        newer.proof = ""
    waiting.save()
    newer.delete()
    log(waiting, "press.request_again")
