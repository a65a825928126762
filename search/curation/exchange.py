"""Judged answers as JSON Lines: ``{"query","locale","key","grade"}``, one a line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from search.curation.models import Judgement
from search.query import clean

MOST_LINES = 20_000
LONGEST_LINE = 4_000
MOST_TOLD = 20


@dataclass
class Tally:
    """What became of each line: stored, or named with what is wrong."""

    stored: int = 0
    refused: int = 0
    bad: list[str] = field(default_factory=list)

    def refuse(self, number: int, reason: str) -> None:
        self.refused += 1
        if len(self.bad) < MOST_TOLD:
            self.bad.append(_("Line %(number)d: %(reason)s") % {"number": number, "reason": reason})


class _Bad(ValueError):
    """What is wrong with a line."""


def take_in(lines: Iterable[bytes], by: int | None = None) -> Tally:
    """Store every good line; one that was judged before is judged anew."""
    tally = Tally()
    found: dict[tuple[str, str, str], Judgement] = {}
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            tally.refuse(number, _("%d lines at most: the rest was left out.") % MOST_LINES)
            break
        if not line.strip():
            continue
        try:
            one = _read(line)
        except _Bad as bad:
            tally.refuse(number, str(bad))
        else:
            one.by_id = by
            found[one.query, one.locale, one.entry_key] = one
    Judgement.objects.bulk_create(
        found.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["query", "locale", "entry_key"],
        update_fields=["grade", "by", "updated_at"],
    )
    tally.stored = len(found)
    return tally


def write_out() -> Iterator[str]:
    """Every judged answer, a line each, in an order that stays."""
    rows = Judgement.objects.order_by("query", "locale", "entry_key")
    for query, locale, key, grade in rows.values_list("query", "locale", "entry_key", "grade"):
        line = {"query": query, "locale": locale, "key": key, "grade": grade}
        yield orjson.dumps(line).decode() + "\n"


def _read(line: bytes) -> Judgement:
    try:
        value = orjson.loads(line) if len(line) <= LONGEST_LINE else None
    except orjson.JSONDecodeError as error:
        raise _Bad(_("this is no JSON.")) from error
    if not isinstance(value, dict):
        raise _Bad(_("write an object with query, locale, key and grade."))
    query = clean(_text(value, "query"))
    key = _text(value, "key").strip()
    locale = _text(value, "locale", required=False)
    grade = value.get("grade")
    if not query or not key or len(key) > 160:
        raise _Bad(_("query and key must not be empty, nor the key longer than 160 characters."))
    if locale and locale not in dict(settings.LANGUAGES):
        raise _Bad(_("locale: “%s” is no language of this site.") % locale[:20])
    if isinstance(grade, bool) or grade not in Judgement.Grade.values:
        raise _Bad(_("grade: write 0, 1, 2 or 3."))
    return Judgement(query=query, locale=locale, entry_key=key, grade=grade)


def _text(value: dict[str, object], name: str, *, required: bool = True) -> str:
    text = value.get(name, None if required else "")
    if text is None and not required:
        return ""
    if not isinstance(text, str) or "\x00" in text:
        raise _Bad(_("%s: write a text.") % name)
    return text
