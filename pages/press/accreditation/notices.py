"""Mail about accreditations: written by the worker, tried again while the mail server fails."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django_tasks import task

from cms.accounts import identity, mail
from cms.entries.models import Entry
from pages.press.accreditation import keys
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import last_day

logger = logging.getLogger(__name__)

CONFIRM = "confirm"
APPROVED = "approved"
REFUSED = "refused"
REVOKED = "revoked"
RENEWED = "renewed"
EXPIRED = "expired"
ERASED = "erased"

AGAIN_AFTER = (60, 300, 1800, 7200, 21600, 86400)
"""Seconds before each further attempt."""


def tell(kind: str, accreditation: Accreditation) -> None:
    """Queue a mail in the transaction of what it tells. It fails later, or not at all."""
    deliver.enqueue(kind, accreditation.email, _language(accreditation), accreditation.pk)


@task(priority=mail.SOON)
def deliver(kind: str, address: str, language: str, pk: int, attempt: int = 0) -> None:
    """Write a mail of what the record says now, and send it."""
    accreditation = Accreditation.objects.select_related("outlet").filter(pk=pk).first()
    if accreditation is None and kind != ERASED:
        return  # erased meanwhile: there is nobody to tell
    with translation.override(language):
        values = _values(kind, accreditation, language) if accreditation else {}
    try:
        mail.deliver.call(f"mail/accreditation_{kind}", address, language, values)
    except OSError:  # SMTP's errors are among them
        logger.warning("accreditation_mail_failed kind=%s id=%s attempt=%d", kind, pk, attempt)
        if attempt >= len(AGAIN_AFTER) or not deliver.get_backend().supports_defer:
            raise
        later = identity.now() + timedelta(seconds=AGAIN_AFTER[attempt])
        deliver.using(run_after=later).enqueue(kind, address, language, pk, attempt + 1)


def _values(kind: str, accreditation: Accreditation, language: str) -> dict[str, str]:
    until = accreditation.ends_at
    values = {
        "name": accreditation.name,
        "outlet": accreditation.outlet_title,
        "reason": accreditation.reason,
        "until": date_format(last_day(until, settings.TIME_ZONE), "DATE_FORMAT") if until else "",
        "press_room": settings.BASE_URL.rstrip("/") + press_room(language),
        "form": _url("press_accreditation"),
        "mine": _url("press_accreditation_mine"),
    }
    if kind == CONFIRM:
        values["link"] = _url("press_accreditation_confirm", keys.key_of(accreditation))
    return values


def press_room(language: str) -> str:
    """The path of the press room in a language; of the home while there is none."""
    rooms = Entry.objects.filter(type="press-room", locale=language).exclude(path=None)
    return rooms.order_by("pk").values_list("path", flat=True).first() or f"/{language}/"


def _url(name: str, *args: Any) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(name, args=args)


def _language(accreditation: Accreditation) -> str:
    person = accreditation.person
    wishes = (person.language if person else "", accreditation.language)
    spoken: list[str] = settings.INTERFACE_LANGUAGES
    return next((one for one in wishes if one in spoken), spoken[0])
