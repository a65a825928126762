"""Storing records in batches, each answered for itself."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Q

from cms.entries import publish, records, types
from cms.entries.models import Entry
from cms.entries.projection import NO_WEIGHT, Projection
from cms.entries.records import SLUG, Deletion, Site
from cms.problems import FieldError, InvalidParameters

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record."""

    id: str | None
    status: str
    key: str | None = None
    errors: tuple[FieldError, ...] = ()

    @property
    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.key:
            answer["key"] = self.key
        if self.errors:
            answer["errors"] = [{"field": one.field, "message": one.message} for one in self.errors]
        return answer


@dataclass(slots=True)
class Tally:
    """How a loading went: counts, and every line that was skipped."""

    stored: int = 0
    unchanged: int = 0
    deleted: int = 0
    swept: int = 0
    bad: list[str] = field(default_factory=list)
    refused: int = 0


def check_source(source: str) -> None:
    """Raises ``InvalidParameters`` unless a source may have this name."""
    if not SLUG.fullmatch(source) or len(source) > 40:
        message = "Write a slug of 40 characters at most, such as orders."
        raise InvalidParameters(errors=[FieldError("source", message)])
    if source in {one.slug for one in types.all_types()}:
        message = "Pages use this name for their keys: choose another."
        raise InvalidParameters(errors=[FieldError("source", message)])


@transaction.atomic
def store(source: str, raws: Sequence[Any], *, at: datetime, run: str = "") -> list[Result]:
    """Upsert and delete records. The last word on an id counts; what is refused changes nothing."""
    _wait_for_others(source)
    site = present_site()
    results: list[Result | None] = []
    wanted: dict[str, tuple[int, Projection | Deletion]] = {}
    for place, raw in enumerate(raws):
        id_ = raw.get("id") if isinstance(raw, dict) else None
        try:
            parsed = records.parse(raw, source=source, site=site, at=at, run=run)
        except InvalidParameters as problem:
            shown = id_ if isinstance(id_, str) else None
            results.append(Result(shown, "refused", errors=problem.errors))
            continue
        results.append(None)
        wanted[parsed.key] = (place, parsed)
    outcome = _store(source, {key: one for key, (_, one) in wanted.items()}, raws, wanted, at)
    for place, raw in enumerate(raws):
        if results[place] is None:
            key = f"{source}-{raw['id']}"
            status, errors = outcome[key]
            results[place] = Result(raw["id"], status, key, errors)
    return [result for result in results if result is not None]


def _wait_for_others(source: str) -> None:
    """One batch of a source after another: two would each take the other's new records for none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [source])


def _store(
    source: str,
    wanted: dict[str, Projection | Deletion],
    raws: Sequence[Any],
    places: dict[str, tuple[int, Projection | Deletion]],
    at: datetime,
) -> dict[str, tuple[str, tuple[FieldError, ...]]]:
    present = {
        key: (owner, published)
        for key, owner, published in Entry.objects.filter(key__in=wanted).values_list(
            "key", "source", "published_at"
        )
    }
    outcome: dict[str, tuple[str, tuple[FieldError, ...]]] = {}
    puts: list[Projection] = []
    gone: list[str] = []
    for key, one in wanted.items():
        owner, published = present.get(key, (source, None))
        if owner != source:
            taken = FieldError("id", "Another source has this key: choose another id.")
            outcome[key] = ("refused", (taken,))
        elif isinstance(one, Deletion):
            gone.append(key)
            outcome[key] = ("deleted", ())
        else:
            undated = raws[places[key][0]].get("published_at") is None
            puts.append(_dated(one, published) if undated and published else one)
    changed = set(publish.put(puts, at=at, weights=dict.fromkeys(wanted, NO_WEIGHT)))
    for put in puts:
        outcome[put.key] = ("stored" if put.key in changed else "unchanged", ())
    if gone:
        publish.retire(Q(key__in=gone, source=source), at=at)
    return outcome


def _dated(one: Projection, published: datetime) -> Projection:
    """A record that says no date keeps the one it had."""
    card = {**one.card, "published_at": records.rfc3339(published)}
    return replace(one, published_at=published, card=card)


def present_site() -> Site:
    """The groups, languages and page types that records are checked against. One query."""
    return Site(
        groups=dict(Group.objects.values_list("name", "id")),
        locales=frozenset(code for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES),
        page_types=frozenset(one.slug for one in types.all_types()),
    )


def load(
    source: str, lines: Iterable[bytes], *, at: datetime, sweep: bool, tally: Tally
) -> Iterator[int]:
    """Load JSON Lines batch by batch, yielding how many bytes were read. Memory stays flat.

    A sweep needs a file without bad lines: what could not be read must not be taken for gone.
    """
    check_source(source)
    run = secrets.token_hex(8)
    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, BATCH)):
        raws, numbers = [], []
        for number, line in batch:
            if line.strip():
                raws.append(_decoded(line))
                numbers.append(number)
        for number, result in zip(
            numbers, store(source, raws, at=at, run=run if sweep else ""), strict=True
        ):
            _count(tally, number, result)
        yield sum(len(line) for _, line in batch)
    if sweep and not tally.refused:
        stale = Q(source=source) & ~Q(run=run)
        tally.swept = len(publish.retire(stale, at=at))


def _decoded(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"


def _count(tally: Tally, number: int, result: Result) -> None:
    if result.status == "refused":
        tally.refused += 1
        if len(tally.bad) < 1000:
            reasons = "; ".join(f"{one.field}: {one.message}" for one in result.errors)
            tally.bad.append(f"line {number}, id {result.id or '?'}: {reasons}")
    else:
        setattr(tally, result.status, getattr(tally, result.status) + 1)
