"""An outcome as JSON."""

from dataclasses import asdict, fields
from typing import Any
from urllib.parse import urlencode

import orjson
from django.urls import reverse

from search.contract import FACETS, MOST_COUNTED, NOTHING, FacetValue, Filters, Hit, Suggestion
from search.curation.promotions import Promoted
from search.query import Query
from search.service import Outcome


def answer(outcome: Outcome) -> bytes:
    """What a search is answered with, but for what belongs to one asking alone."""
    found = outcome.found
    told = {
        "items": [_hit(one) for one in found.hits],
        "count": min(found.count, MOST_COUNTED),
        "count_exact": found.count <= MOST_COUNTED,
        "facets": {name: [_value(one) for one in found.facets.get(name, ())] for name in FACETS},
        "correction": asdict(outcome.correction) if outcome.correction else None,
        "promoted": [_promoted(one) for one in outcome.promoted],
        "engine": outcome.engine,
        "degraded": outcome.is_degraded,
    }
    return orjson.dumps(told)


def nothing(engine: str) -> bytes:
    """The same where there is nothing to search in."""
    return answer(Outcome(query=Query(), found=NOTHING, engine=engine))


def of_one_asking(told: bytes, *, ask: str = "", following: str | None = None) -> bytes:
    """An answer whole: the id that clicks are told by, and the cursor of the next page, behind it.

    Joined as text, so that an answer is written once for both its body and its ETag.
    """
    return told[:-1] + b"," + orjson.dumps({"ask": ask, "next": following})[1:]


def suggestion(one: Suggestion) -> dict[str, Any]:
    return {"kind": "entry", "title": one.title, "url": one.url, "key": one.key, "type": one.type}


def suggested_query(text: str, locale: str) -> dict[str, Any]:
    return {"kind": "query", "title": text, "url": f"/{locale}/search/?{urlencode({'q': text})}"}


def filters_json(filters: Filters) -> str:
    """The filters that were set, for the log and for saved searches."""
    known = {one.name: getattr(filters, one.name) for one in fields(filters)}
    return orjson.dumps({name: value for name, value in known.items() if value}).decode()


def _hit(hit: Hit) -> dict[str, Any]:
    found: dict[str, Any] = {
        **hit.card,
        "highlight": {"title": hit.title, "text": hit.text},
    }
    sections = [one for one in hit.passages if one.kind == "section"]
    if sections:
        found["sections"] = [
            {"anchor": one.anchor, "title": one.title, "text": one.text} for one in sections
        ]
    if hit.file:
        found["file"] = {
            "id": hit.file.file,
            "name": hit.file.title,
            "href": reverse("file", args=[hit.file.file]),
            "text": hit.file.text,
        }
    return found


def _value(one: FacetValue) -> dict[str, Any]:
    return {"value": one.value, "label": one.label, "count": one.count}


def _promoted(one: Promoted) -> dict[str, Any]:
    return {**one.card, "by": one.by, "until": one.until.isoformat(), "note": one.note}
