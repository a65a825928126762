"""Words out of files that anybody may have written."""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo

LONGEST = 4000
"""Characters kept of one text: the longest caption that news agencies send is half of it."""
MOST = 100
"""Items kept of one list."""

# What XML 1.0 has no place for, and the marks by which text pretends to be other text.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """A text without control characters, in composed form, of bounded length."""
    text = _UNWRITABLE.sub("", text[: 4 * LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text)[:LONGEST].strip()


def listed(texts: Iterable[str]) -> tuple[str, ...]:
    """Cleaned, each once, in their order."""
    kept: dict[str, None] = {}
    for text in texts:
        if cleaned := clean(text):
            kept[cleaned] = None
        if len(kept) == MOST:
            break
    return tuple(kept)


def decoded(raw: bytes, *, is_utf8: bool = False) -> str:
    """UTF-8 where it is, else Windows' Latin, which has a character for nearly every byte."""
    raw = raw[: 4 * LONGEST].rstrip(b"\0")
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    return raw.decode("utf-8", "replace") if is_utf8 else raw.decode("cp1252", "replace")


def day(text: str) -> date | None:
    """The day of ``2026-03-01…``, ``2026:03:01…`` or ``20260301…``; none if it is no day."""
    found = re.match(r"\s*(\d{4})[-:/]?(\d\d)[-:/]?(\d\d)(?!\d)", text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def moment(text: str, zone: tzinfo, *, is_end: bool = False) -> datetime | None:
    """A moment as XMP writes it; what has no offset is in ``zone``.

    A day alone begins at its first second, or, if it is the last one allowed, ends with it.
    """
    on = day(text)
    if on is None:
        return None
    clock = re.search(r"[T ](\d\d):?(\d\d)(?::?(\d\d))?", text)
    try:
        if clock is None:
            start = datetime.combine(on, time(), zone)
            return (start + timedelta(days=1) if is_end else start).astimezone(UTC)
        hour, minute, second = (int(part or 0) for part in clock.groups())
        at = datetime.combine(on, time(hour, minute, second), zone)
        rest = text[clock.end() :]
        if offset := re.search(r"([+-])(\d\d):?(\d\d)\s*$", rest):
            sign, hours, minutes = offset.groups()
            away = timedelta(hours=int(hours), minutes=int(minutes))
            at = at.replace(tzinfo=UTC) - (away if sign == "+" else -away)
        elif rest.rstrip().endswith("Z"):
            at = at.replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
