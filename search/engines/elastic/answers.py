"""What Elasticsearch answered, as values. Pure. An answer that is not whole is a failure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape, unescape
from typing import Any

from cms.access.reader import ALWAYS
from cms.entries.cursors import Place
from search import highlight
from search.contract import MARKED, EngineFailed, Hit, Passage
from search.engines.elastic.failures import failure
from search.engines.elastic.matching import GROUPS, PASSAGES
from search.engines.elastic.queries import FIELDS, VALUES, milliseconds
from search.highlight import Marks

Json = Mapping[str, Any]

MARK = "<mark>"
BETWEEN = " … "


@dataclass(frozen=True, slots=True)
class Row:
    """A hit before the database confirmed it."""

    key: str
    place: Place
    updated_at: int  # milliseconds
    raw: Json


def whole(response: Json) -> Json:
    """The same response, if every shard answered in full. Raises ``EngineFailed``."""
    if error := response.get("error"):
        status = response.get("status")
        raise failure(status, f"Elasticsearch answered {status}: {_reason(error)}")
    if response.get("timed_out"):
        raise EngineFailed(f"Elasticsearch gave up after {response.get('took')} ms.")
    shards = response.get("_shards", {})
    if shards.get("failed"):
        reasons = [_reason(one.get("reason")) for one in shards.get("failures", ())]
        raise EngineFailed(f"{shards['failed']} shards failed: {'; '.join(reasons)}")
    return response


def rows(response: Json, *, by_date: bool) -> list[Row]:
    """The hits in their order."""
    return [_row(raw, by_date=by_date) for raw in response["hits"]["hits"]]


def count(response: Json) -> int:
    """How many entries were found."""
    return int(response["hits"]["total"]["value"])


def facets(response: Json) -> dict[str, dict[str, int]]:
    """How many entries have each value, by facet."""
    found = response["aggregations"]
    return {
        facet: {
            str(one["key"]): one["doc_count"]
            for one in found[facet].get(VALUES, found[facet])["buckets"]
        }
        for facet in FIELDS
    }


def occurrences(response: Json, units: int) -> list[int]:
    """How many entries have each of the units."""
    if not units:
        return []
    buckets = response["aggregations"]["units"]["buckets"]
    return [int(buckets[str(number)]["doc_count"]) for number in range(units)]


def hit(row: Row, card: Mapping[str, Any], terms: Marks) -> Hit:
    """A hit with the card that the database gave, its title marked here: most have few words.

    Passages and their marks come from the index, which may be behind. What stood in the open text
    once may now be for fewer readers, so an entry that was changed since shows its card alone.
    """
    score = row.raw.get("_score") or 0.0
    title = highlight.title(card["title"], terms, card["locale"])
    if row.updated_at != milliseconds(card["updated_at"]):
        text = escape(str(card.get("summary") or ""))
        return Hit(key=row.key, card=card, title=title, text=text, score=score)
    marked = row.raw.get("highlight", {})
    return Hit(
        key=row.key,
        card=card,
        title=title,
        text=_shown(marked, "text"),
        score=score,
        passages=_passages(row.raw.get("inner_hits", {})),
    )


def _row(raw: Json, *, by_date: bool) -> Row:
    value, id_ = raw["sort"]
    (updated_at,) = raw["fields"]["updated_at"]
    # ``repr`` says a score so that it reads back as the very same.
    at = (ALWAYS + timedelta(milliseconds=value)).isoformat() if by_date else repr(float(value))
    return Row(raw["_id"], Place(at, int(id_)), int(updated_at), raw)


def _passages(found: Json) -> tuple[Passage, ...]:
    """The best parts, each once, though words and phrases may both have found it."""
    parts = [one for name in found for one in found[name]["hits"]["hits"]]
    parts.sort(key=lambda one: -(one.get("_score") or 0.0))
    passages = {one["fields"]["parts.anchor"][0]: _passage(one) for one in reversed(parts)}
    return tuple(reversed(passages.values()))[:PASSAGES]


def _passage(raw: Json) -> Passage:
    fields, marked = raw["fields"], raw.get("highlight", {})
    return Passage(
        anchor=fields["parts.anchor"][0],
        kind=fields["parts.kind"][0],
        file=fields.get("parts.file", [""])[0],
        title=_plain(_shown(marked, "parts.title")),
        text=_shown(marked, "parts.text"),
    )


def _plain(shown: str) -> str:
    """The text itself, as other engines give the name of a part."""
    return unescape(MARKED.sub(r"\1", shown))


def _shown(marked: Json, field: str) -> str:
    """The first sub-field in which something is marked, or the first that is there at all."""
    texts = [BETWEEN.join(marked.get(f"{field}.{group}", ())) for group in GROUPS]
    return _first(text for text in texts if MARK in text) or _first(filter(None, texts))


def _first(texts: Iterable[str]) -> str:
    return next(iter(texts), "")


def _reason(error: Any) -> str:
    """The innermost cause that Elasticsearch names, in one line."""
    if not isinstance(error, Mapping):
        return str(error)
    causes: Sequence[Any] = error.get("root_cause") or ()
    inner = causes[0] if causes else error.get("caused_by") or error
    return f"{inner.get('type')}: {inner.get('reason')}"[:500]
