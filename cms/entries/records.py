"""Records: entries that an outside system sends. Reading and checking one of them is pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cms.access.reader import ALWAYS, NEVER
from cms.access.rule import Rule
from cms.entries import html, record_blocks
from cms.entries.projection import Block, PartOf, Projection, Terms, Topic
from cms.problems import FieldError, InvalidParameters

FIELDS = frozenset(
    {
        "id", "type", "locale", "title", "summary", "body", "topics", "readers", "url", "early",
        "published_at", "opens_at", "closes_at", "parts", "deleted",
    }
)  # fmt: skip
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
URL = re.compile(r"(https?://|/)[^\s\"<>\\^`{|}]{0,1000}")
UNTEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a record is checked against."""

    groups: Mapping[str, int]
    locales: frozenset[str]
    page_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Deletion:
    """The outside system no longer has this record."""

    key: str


def parse(
    raw: Any, *, source: str, site: Site, at: datetime, run: str = ""
) -> Projection | Deletion:
    """A record as a projection. Raises ``InvalidParameters`` naming every field that is wrong."""
    if not isinstance(raw, dict):
        raise InvalidParameters(errors=[FieldError("", "A record is a JSON object.")])
    reading = _Reading(raw, site)
    id_ = reading.pattern("id", ID, "letters, digits, dots, dashes; 100 characters at most")
    key = f"{source}-{id_}"
    if raw.get("deleted") is True:
        reading.checked()
        return Deletion(key)
    return reading.projection(key, source=source, at=at, run=run)


class _Reading:
    """Reads one record field by field; errors gather."""

    def __init__(self, raw: dict[str, Any], site: Site) -> None:
        self.raw = raw
        self.site = site
        self.errors = [
            FieldError(str(name)[:60], "A record has no such field.")
            for name in raw
            if name not in FIELDS
        ]

    def projection(self, key: str, *, source: str, at: datetime, run: str) -> Projection:
        type_ = self.pattern("type", SLUG, "a slug such as order")
        if type_ in self.site.page_types:
            self._wrong("type", "Pages use this type: choose another.")
        locale = self.text("locale", most=12, required=True)
        if locale not in self.site.locales:
            self._wrong("locale", f"Choose one of: {', '.join(sorted(self.site.locales))}.")
        title = self.text("title", most=300, required=True)
        summary = self.text("summary", most=2000)
        body = self.body("body", self.raw.get("body"))
        topics = self.topics()
        rule = self.rule("readers", self.raw.get("readers"))
        early = self.rule("early", self.raw["early"]) if self.raw.get("early") is not None else None
        if early is not None and not early.clauses:
            self._wrong("early", "Name groups, or leave it out: nobody reads early then.")
        opens_at = self.moment("opens_at") or ALWAYS
        closes_at = self.moment("closes_at") or NEVER
        if closes_at <= opens_at:
            self._wrong("closes_at", "It must be later than opens_at.")
        published_at = self.moment("published_at") or max(at, opens_at)
        parts = self.parts()
        url = self.raw.get("url")
        if url is not None and not (isinstance(url, str) and URL.fullmatch(url)):
            self._wrong("url", "Write an http(s) address, or a path that begins with /.")
        self.checked()
        sections = tuple({"type": "section", "id": part.anchor} for part in parts)
        return Projection(
            key=key,
            type=type_,
            locale=locale,
            title=title,
            card={
                "key": key,
                "type": type_,
                "locale": locale,
                "title": title,
                "summary": summary,
                "url": url or f"/{locale}/e/{key}/",
                "image": None,
                "topics": [{"slug": one.slug, "name": one.name} for one in topics],
                "published_at": rfc3339(published_at),
                "updated_at": rfc3339(at),
            },
            body=(*body, *sections),
            text=" ".join(filter(None, [summary, _said(self.raw.get("body"), body)])),
            rule=rule,
            early=early,
            opens_at=opens_at,
            closes_at=closes_at,
            published_at=published_at,
            updated_at=at,
            source=source,
            run=run,
            topics=topics,
            parts=parts,
        )

    def text(self, name: str, *, most: int, required: bool = False) -> str:
        value = self.raw.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value.strip():
            return (
                self._wrong(name, "Write a text that is not empty.")
                if required
                else ("" if value == "" else self._wrong(name, "Write a text."))
            )
        if len(value) > most:
            return self._wrong(name, f"It is longer than {most} characters.")
        if UNTEXT.search(value):
            return self._wrong(name, "It has control characters or half characters.")
        return value

    def pattern(self, name: str, pattern: re.Pattern[str], remedy: str) -> str:
        value = self.raw.get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value) or len(value) > 100:
            return self._wrong(name, f"Write {remedy}.")
        return value

    def moment(self, name: str) -> datetime | None:
        value = self.raw.get(name)
        if value is None:
            return None
        moment = _moment(value)
        if moment is None:
            self._wrong(name, "Write RFC 3339 with an offset, such as 2026-11-25T08:00:00Z.")
        return moment

    def rule(self, name: str, value: Any) -> Rule:
        if not isinstance(value, list) or not all(isinstance(one, list) for one in value):
            self._wrong(
                name, 'Say who may read: a list of lists of groups, [["Staff"]]; [] is public.'
            )
            return Rule()
        clauses = []
        for clause in value:
            if not clause:
                self._wrong(name, "An empty clause would let nobody in: name a group.")
            unknown = [one for one in clause if not isinstance(one, str)]
            unknown += [
                one for one in clause if isinstance(one, str) and one not in self.site.groups
            ]
            for one in unknown:
                self._wrong(name, f"There is no group {str(one)[:80]!r}.")
            if not unknown:
                clauses.append([self.site.groups[one] for one in clause])
        return Rule.of(clauses)

    def topics(self) -> tuple[Topic, ...]:
        value = self.raw.get("topics", [])
        if (
            not isinstance(value, list)
            or len(value) > 50
            or not all(
                isinstance(one, str) and SLUG.fullmatch(one) and len(one) <= 100 for one in value
            )
        ):
            self._wrong("topics", 'Write a list of slugs, such as ["pricing"]; 50 at most.')
            return ()
        return tuple(
            Topic(slug=slug, name=slug.replace("-", " ").capitalize())
            for slug in dict.fromkeys(value)
        )

    def body(self, name: str, value: Any) -> tuple[Block, ...]:
        if value is None or value == "":
            return ()
        if isinstance(value, str):
            if UNTEXT.search(value):
                self._wrong(name, "It has control characters or half characters.")
                return ()
            return ({"type": "text", "id": "text", "value": html.from_text(value)},)
        if not isinstance(value, list):
            self._wrong(name, "Write a text, or a list of blocks.")
            return ()
        blocks = [self._block(f"{name}.{place}", one, place) for place, one in enumerate(value)]
        return tuple(block for block in blocks if block is not None)

    def _block(self, name: str, value: Any, place: int) -> Block | None:
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            self._wrong(name, 'A block is {"type", "value"}.')
            return None
        try:
            return record_blocks.read(value, place)
        except record_blocks.BlockRefused as error:
            self._wrong(name, str(error))
            return None

    def parts(self) -> tuple[PartOf, ...]:
        value = self.raw.get("parts", [])
        if not isinstance(value, list) or len(value) > 200:
            self._wrong("parts", "Write a list of parts; 200 at most.")
            return ()
        return tuple(
            part for place, one in enumerate(value) if (part := self._part(place, one)) is not None
        )

    def _part(self, place: int, raw: Any) -> PartOf | None:
        name = f"parts.{place}"
        if not isinstance(raw, dict) or set(raw) - {"title", "body", "readers"}:
            self._wrong(name, 'A part is {"title", "body", "readers"}.')
            return None
        title = raw.get("title", "")
        if not isinstance(title, str) or len(title) > 300 or UNTEXT.search(title):
            self._wrong(f"{name}.title", "Write a text of 300 characters at most.")
            title = ""
        body = self.body(f"{name}.body", raw.get("body"))
        return PartOf(
            anchor=f"part-{place + 1}",
            title=title,
            terms=Terms(rule=self.rule(f"{name}.readers", raw.get("readers"))),
            body=body,
            text=_said(raw.get("body"), body),
        )

    def checked(self) -> None:
        if self.errors:
            raise InvalidParameters(errors=self.errors)

    def _wrong(self, name: str, message: str) -> str:
        self.errors.append(FieldError(name, message))
        return ""


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _said(raw: Any, body: tuple[Block, ...]) -> str:
    """The words of a body, for search. A plain text has none but its own."""
    return " ".join(raw.split()) if isinstance(raw, str) else text_of(body)


def text_of(blocks: tuple[Block, ...]) -> str:
    """The words of blocks."""
    return " ".join(filter(None, (_words(block.get("value")) for block in blocks)))


def _words(value: Any) -> str:
    if isinstance(value, str):
        return html.to_text(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return " ".join(filter(None, (_words(one) for one in value)))
    return ""


def rfc3339(moment: datetime) -> str:
    """As in every answer: UTC, seconds or microseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
