"""Mail to people who took something: written by the worker, in their language, of what holds then.

What somebody may not read any more is not told: of a withdrawn file they get the name and the
checksum of what they have; of a correction they hear nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django_tasks import task

from cms.access import gates
from cms.access.reader import Reader, StaleReader
from cms.accounts import identity, mail
from cms.accounts.identity import now
from cms.accounts.models import User, display_name
from cms.entries import read
from cms.entries.holdings import held_by
from cms.problems import Problem
from media.downloads import states, wording
from media.downloads.models import FileState, Notice, Told
from media.downloads.recall import Copy
from media.downloads.states import Present
from media.kits import desk, reading

logger = logging.getLogger(__name__)

AGAIN_AFTER = (60, 300, 1800, 7200, 21600, 86400)
"""Seconds before each further attempt."""
Kind = Notice.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One thing that a mail tells. ``changes``: what differs, in words."""

    kind: str
    title: str
    reason: str
    copies: Sequence[Copy]
    changes: Sequence[str] = ()
    links: Sequence[str] = ()
    contacts: Sequence[str] = ()


@dataclass(slots=True)
class Sight:
    """What a person may read now, asked once a mail. Without a reader: nothing."""

    reader: Reader | None
    _held: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def cards(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        return read.cards_of(sorted(set(keys)), self.reader) if self.reader else {}

    def may_have(self, copy: Copy, now: Present) -> bool:
        """Whether the person may have the file as it is now where they took it."""
        if self.reader is None:
            return False
        if not copy.origin.is_of_kit:
            return read.may_have(copy.file, self.reader) is not None
        if copy.kit not in self._held:
            rows = held_by([copy.kit], self.reader)
            self._held[copy.kit] = {(one.anchor, one.file) for one in rows}
        return (copy.anchor, now.file) in self._held[copy.kit]


@task(priority=mail.SOON)
def deliver(told: list[int], attempt: int = 0) -> None:
    """Write and send one mail of everything a person is to be told. What was sent is sent once."""
    rows = Told.objects.filter(pk__in=told, sent_at=None, is_withheld=False)
    waiting = list(rows.select_related("notice", "person__organisation").order_by("pk"))
    person = waiting[0].person if waiting else None
    if person is None:
        return  # sent already, or their account is gone
    with translation.override(language_of(person)):
        sections = _sections(waiting, person)
        withheld = [one.pk for one in waiting if one.pk not in sections]
        Told.objects.filter(pk__in=withheld).update(is_withheld=True)
        if not sections:
            return
        message = written(person, list(sections.values()))
    try:
        message.send()
    except OSError:  # SMTP's errors are among them
        logger.warning("recall_mail_failed told=%s attempt=%d", told, attempt)
        if attempt >= len(AGAIN_AFTER) or not deliver.get_backend().supports_defer:
            raise
        later = now() + timedelta(seconds=AGAIN_AFTER[attempt])
        deliver.using(run_after=later).enqueue(told, attempt + 1)
        return
    Told.objects.filter(pk__in=sections).update(sent_at=now())


def written(person: User, sections: Sequence[Section]) -> EmailMessage:
    """The mail, in the active language."""
    context = {
        "name": display_name(person),
        "sections": sections,
        "kind": sections[0].kind,
        "about": _about(sections),
        "contact": settings.PRESS_CONTACT or settings.DEFAULT_FROM_EMAIL,
        "site_name": settings.WAGTAIL_SITE_NAME,
        "base_url": settings.BASE_URL,
    }
    subject = " ".join(render_to_string("mail/recall_subject.txt", context).split())
    body = render_to_string("mail/recall_message.txt", context).strip() + "\n"
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email])


def _about(sections: Sequence[Section]) -> str:
    """What the subject names, if the mail is of one thing."""
    names = {copy.name for one in sections for copy in one.copies}
    if len(sections) == 1 and sections[0].title:
        return sections[0].title
    is_alike = len({one.kind for one in sections}) == 1 and not sections[0].title
    return names.pop() if is_alike and len(names) == 1 else ""


def language_of(person: User) -> str:
    spoken: list[str] = settings.INTERFACE_LANGUAGES
    return person.language if person.language in spoken else spoken[0]


def reader_of(person: User) -> Reader | None:
    """A person as a reader now; nothing for those who may not enter."""
    at = now()
    if not identity.may_enter(person, at):
        return None
    known = gates.all_gates(gates.state().version)
    return Reader(identity.grants_of_user(person, known, at), at)


def _sections(waiting: Sequence[Told], person: User) -> dict[int, Section]:
    """What may be told, by the row that it is of. Asked again where access changes meanwhile."""
    for _attempt in range(identity.TRIES):
        try:
            sight = Sight(reader_of(person))
            found = {one.pk: _section(one, sight) for one in waiting}
        except StaleReader:
            continue
        return {pk: section for pk, section in found.items() if section is not None}
    raise StaleReader


def _section(told: Told, sight: Sight) -> Section | None:
    copies = [Copy(**one) for one in told.files]
    if told.notice.kind == Kind.CORRECTED:
        return _correction(told, copies, sight)
    subject = told.notice.subject if told.notice.kind == Kind.ENTRY else told.kit
    cards = sight.cards([subject] if subject else [])
    if told.notice.kind == Kind.ENTRY and subject not in cards:
        return None
    return Section(
        kind=told.notice.kind,
        title=_title(told, cards),
        reason=told.notice.reason,
        copies=copies,
        links=_links(cards),
        contacts=_contacts(cards, sight),
    )


def _title(told: Told, cards: dict[str, dict[str, Any]]) -> str:
    """As far as the person knows it: of a file the name that they have it under."""
    if told.notice.kind == Kind.ENTRY:
        return str(cards[told.notice.subject]["title"])
    return told.notice.title if told.notice.kind == Kind.UNPUBLISHED else ""


def _correction(told: Told, copies: Sequence[Copy], sight: Sight) -> Section | None:
    present = states.present_of({one.origin for one in copies})
    before = FileState.objects.in_bulk([one.state for one in copies if one.state])
    changes: dict[str, None] = {}
    open_copies = []
    for one in copies:
        now_, then = present.get(one.origin), before.get(one.state or 0)
        if now_ is None or then is None or not sight.may_have(one, now_):
            continue
        if lines := wording.differences(then, now_):
            open_copies.append(one)
            changes |= dict.fromkeys(lines)
    if not open_copies:
        return None
    cards = sight.cards({one.kit for one in open_copies if one.kit})
    return Section(
        kind=told.notice.kind,
        title="",
        reason=told.notice.reason,
        copies=open_copies,
        changes=list(changes),
        links=_links(cards),
        contacts=_contacts(cards, sight),
    )


def _links(cards: dict[str, dict[str, Any]]) -> list[str]:
    base = settings.BASE_URL.rstrip("/")
    return [f"{base}{card['url']}" for card in cards.values() if str(card["url"]).startswith("/")]


def _contacts(cards: dict[str, dict[str, Any]], sight: Sight) -> list[str]:
    """Whom the kit names, for those who may read it."""
    found: dict[str, None] = {}
    for key in cards:
        if sight.reader is None:
            continue
        try:
            kit = reading.kit(key, sight.reader)
        except Problem:
            continue  # a text that is no kit
        for one in desk.of(kit).contacts(kit, sight.reader):
            found[", ".join(filter(None, (one.name, one.telephone, one.email)))] = None
    return list(found)
