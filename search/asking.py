"""From the parameters of a request to what is asked, the same for API and portal."""

from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from cms.access.reader import Reader
from cms.entries import cursors, read
from cms.entries.parameters import Parameters
from cms.problems import FieldError, InvalidParameters
from search import service
from search.contract import ORDERS, Filters
from search.service import Asked

KNOWN = (
    "q", "type", "topic", "locale", "section", "year", "under", "since", "until", "order", "limit",
    "cursor", "exact",
)  # fmt: skip
MOST_YEARS = 50


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and the subtree by path or key, which only a reader can resolve."""

    asked: Asked
    under: str | None
    cursor: str | None

    def bound_to(self, engine: str) -> str:
        """What a cursor of this search belongs to: engines do not know each other's places."""
        spelled = f"{replace(self.asked, after=None, limit=0)} {self.under} {engine}".encode()
        return f"search {blake2b(spelled, digest_size=16).hexdigest()}"

    def placed(self) -> Asked:
        """At the page of the cursor. Raises ``InvalidParameters`` for one that is not ours."""
        if self.cursor is None:
            return self.asked
        *others, last = service.engines()
        for engine in others:
            with suppress(InvalidParameters):
                return self._after(self.cursor, engine)
        return self._after(self.cursor, last)

    def _after(self, cursor: str, engine: str) -> Asked:
        after = cursors.decode(cursor, bound_to=self.bound_to(engine))
        return replace(self.asked, after=after, engine=engine)


def read_request(parameters: Parameters) -> Request:
    """Everything of a search but its reader. Errors gather in ``parameters``."""
    filters = Filters(
        types=parameters.values("type"),
        topics=parameters.values("topic"),
        locales=parameters.locales(),
        sections=parameters.values("section"),
        years=_years(parameters),
        since=parameters.moment("since"),
        until=parameters.moment("until"),
    )
    asked = Asked(
        text=parameters.typed("q"),
        filters=filters,
        order=parameters.choice("order", ORDERS),
        limit=parameters.number("limit", default=20, least=1, most=100),
        is_exact=parameters.flag("exact"),
    )
    return Request(asked, parameters.text("under"), parameters.text("cursor", longest=4000))


def language_of(request: HttpRequest, reader: Reader) -> str:
    """The language that the request prefers, of those there are texts in, or else the person's."""
    known = {code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES}
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        for one in (code, code.partition("-")[0]):
            if one in known:
                return one
    return reader.person.language if reader.person else ""


def within(asked: Asked, under: str | None, reader: Reader) -> Asked | None:
    """The search within a subtree; ``None`` when the subtree is nothing to this reader."""
    if under is None:
        return asked
    path = read.path_of(under, reader)
    if path is None:
        return None
    return replace(asked, filters=replace(asked.filters, under=path))


def _years(parameters: Parameters) -> tuple[int, ...]:
    values = parameters.values("year")
    if any(not (value.isascii() and value.isdigit() and len(value) == 4) for value in values):
        parameters.errors.append(FieldError("year", "Write years of four digits, such as 2026."))
        return ()
    return tuple(int(value) for value in values)
