"""Reading query parameters strictly: what is unknown, empty or wrong is named, never corrected."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest

from cms.entries.listing import PUBLIC_ORDERS, Listing
from cms.problems import FieldError, InvalidParameters

MOMENT = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$")
LONGEST = 500
MOST_VALUES = 50


class Parameters:
    """The query of a request. Errors gather, so that a client learns of all of them at once."""

    def __init__(
        self, request: HttpRequest, *, known: Iterable[str], repeated: Iterable[str] = ()
    ) -> None:
        self._query = request.GET
        self.errors: list[FieldError] = []
        names = set(known)
        for name in self._query:
            if name not in names:
                known_names = ", ".join(sorted(names)) or "none"
                self._wrong(name[:80], f"This call does not know it. Known: {known_names}.")
            elif len(self._query.getlist(name)) > 1 and name not in repeated:
                self._wrong(name, "Give it once.")

    def text(self, name: str, *, longest: int = LONGEST) -> str | None:
        value = self._query.get(name)
        if value is None:
            return None
        if not value:
            self._wrong(name, "It is empty: leave it out instead.")
            return None
        if len(value) > longest:
            self._wrong(name, f"It is longer than {longest} characters.")
            return None
        if any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in value):
            self._wrong(name, "It has characters that no text has.")
            return None
        return value

    def typed(self, name: str) -> str:
        """What a person typed: any text at all, for search to make sense of."""
        return self._query.get(name) or ""

    def values(self, name: str) -> tuple[str, ...]:
        """Comma-separated values, each of them something."""
        value = self.text(name)
        if value is None:
            return ()
        values = tuple(dict.fromkeys(part.strip() for part in value.split(",")))
        if not all(values):
            self._wrong(name, "One of the comma-separated values is empty.")
        if len(values) > MOST_VALUES:
            self._wrong(name, f"At most {MOST_VALUES} values.")
        return values

    def locales(self) -> tuple[str, ...]:
        values = self.values("locale")
        known = [code for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES]
        if any(value not in known for value in values):
            self._wrong("locale", f"Known languages: {', '.join(known)}.")
        return values

    def moment(self, name: str) -> datetime | None:
        """RFC 3339 with an offset, or a date, which means its first moment in UTC."""
        value = self.text(name, longest=40)
        if value is None:
            return None
        remedy = "Write RFC 3339, such as 2026-11-25T08:00:00Z (a + must be sent as %2B)."
        if not MOMENT.match(value):
            self._wrong(name, remedy)
            return None
        try:
            moment = datetime.fromisoformat(value.upper())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self._wrong(name, remedy)
            return None

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.text(name, longest=12)
        if value is None:
            return default
        if not re.fullmatch(r"\d+", value, re.ASCII) or not least <= int(value) <= most:
            self._wrong(name, f"Write a whole number from {least} to {most}.")
            return default
        return int(value)

    def flag(self, name: str) -> bool:
        value = self.text(name, longest=12)
        if value not in {None, "true", "false"}:
            self._wrong(name, "Write true or false.")
        return value == "true"

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, longest=40)
        if value is None:
            return choices[0]
        if value not in choices:
            self._wrong(name, f"Choose one of: {', '.join(choices)}.")
            return choices[0]
        return value

    def checked(self) -> None:
        """Raise ``InvalidParameters`` if anything was wrong."""
        if self.errors:
            raise InvalidParameters(errors=self.errors)

    def _wrong(self, name: str, message: str) -> None:
        self.errors.append(FieldError(name, message))


LISTING = (
    "type", "topic", "locale", "under", "since", "until", "order", "limit", "cursor", "count",
)  # fmt: skip


def listing(parameters: Parameters) -> Listing:
    """The filters of a list of entries, without its cursor and subtree."""
    return Listing(
        types=parameters.values("type"),
        topics=parameters.values("topic"),
        locales=parameters.locales(),
        since=parameters.moment("since"),
        until=parameters.moment("until"),
        order=parameters.choice("order", PUBLIC_ORDERS),
        limit=parameters.number("limit", default=20, least=1, most=100),
    )


def no_parameters(request: HttpRequest) -> None:
    """For calls that take none."""
    Parameters(request, known=()).checked()
