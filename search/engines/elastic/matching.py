"""What text a query matches, and how well, as clauses of Elasticsearch. Pure.

A text lies in one sub-field for each group of analysers: its own language's, and one without stems
that every text is in. Nobody says which language a query is in, so each group is asked and the best
one counts, which was measured to be as good as knowing. No clause is ever parsed from a text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cms.access.clauses import elasticsearch_filter
from cms.access.reader import Reader
from search.contract import Plan, Unit
from search.engines.elastic import codes

Json = dict[str, Any]

GROUPS = ("fr", "en", "cjk", "fold")
TIE_BREAKER = 0.1
TITLE, NAMES, TEXT = 2.0, 2.0, 1.0
TITLE_ALONE = 0.25
"""Weight of the title by itself. Without it, entries that are known by their title come late."""
BEGINNING = 0.5
BESIDE = 0.3
"""What the weaker of open text and parts adds to the stronger."""
EXACT_TITLE = 10_000.0
"""More than all words of a query can score: each is worth some 20 at the most."""
CODE = 100.0
FOREIGN = 0.3
"""What synonyms count in texts that are not in the reader's language."""
MOST_EXPANDED = 24
"""Words of a query and their synonyms together. Each is some thirty clauses: twenty words with
forty synonyms took a second."""
PASSAGES = 3
LEAVES = frozenset({"terms", "range"})
"""Queries that name a field: all that the rule of access is made of."""

_UNSPACED = re.compile("[\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d]")
_KOREAN = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Area:
    """Where text lies: in the entry itself (no prefix), or in its parts."""

    prefix: str = ""
    has_names: bool = True

    def fields(self, group: str) -> list[str]:
        """The fields of a group, each with its weight."""
        title, text = f"{self.prefix}title.{group}^{TITLE:g}", f"{self.prefix}text.{group}^{TEXT:g}"
        return [title, f"names.{group}^{NAMES:g}", text] if self.has_names else [title, text]

    @property
    def all_fields(self) -> list[str]:
        return [field for group in GROUPS for field in self.fields(group)]


OPEN = Area()
PARTS = Area("parts.", has_names=False)


def words(
    plan: Plan,
    text: str,
    reader: Reader,
    *,
    marked: Json | None = None,
    language: str | None = None,
) -> Json:
    """Any of the words, in the open text or in a part that the reader may read, ranked.

    ``text`` is the query's. ``marked`` is how found parts are highlighted, if they are to be told.
    ``language`` is the group of the reader's language: synonyms count less in other texts.
    """
    units = (*affordable(plan.words), *codes.compounds(plan.words, text))
    return {
        "dis_max": {
            "tie_breaker": BESIDE,
            "queries": [
                _ranked(units, OPEN, language),
                _in_parts(_ranked(units, PARTS, language), reader, told_as="words", marked=marked),
            ],
        }
    }


def has(unit: Unit, reader: Reader, *, told_as: str = "", marked: Json | None = None) -> Json:
    """The entry has a unit as it is written, or what means the same, where the reader may look."""
    in_parts = _any(_as_written(unit, PARTS))
    return _any(
        [
            *_as_written(unit, OPEN),
            _in_parts(in_parts, reader, told_as=told_as, marked=marked),
        ]
    )


def affordable(units: Sequence[Unit]) -> list[Unit]:
    """The units with as many synonyms as there is room for, the first of each before any second."""
    if not any(unit.synonyms for unit in units):
        return list(units)
    room = max(MOST_EXPANDED - len(units), 0)
    kept = [0] * len(units)
    for turn in range(max((len(unit.synonyms) for unit in units), default=0)):
        for place, unit in enumerate(units):
            if room and len(unit.synonyms) > turn:
                kept[place] += 1
                room -= 1
    return [
        replace(unit, synonyms=unit.synonyms[:number])
        for unit, number in zip(units, kept, strict=True)
    ]


def first_of_all(plan: Plan, text: str) -> list[Json]:
    """What outranks the rest: the very title that was typed, then codes that the query names."""
    clauses = [
        _worth(CODE, _phrase(code, ["title.fold", "names.fold"]))
        for code in codes.spans(text)
        if codes.is_code(code)
    ]
    if plan.title:
        clauses.insert(0, _worth(EXACT_TITLE, {"term": {"title_key": plan.title}}))
    return clauses


def shown(plan: Plan, text: str, name: str, group: str) -> Json:
    """What to mark in the field ``name`` of a group: everything wanted, wherever it was found.

    Each field is asked for itself alone. One query for all of them took several times as long.
    """
    field = f"{name}.{group}"
    texts = [one for unit in affordable(plan.wanted) for one in (unit.text, *unit.synonyms)]
    texts += [unit.text for unit in codes.compounds(plan.words, text)]
    texts = list(dict.fromkeys(texts))
    together = [one for one in texts if _is_word_of(one, group)]
    clauses: list[Json] = [{"match": {field: " ".join(together)}}] if together else []
    clauses += [{"match_phrase": {field: one}} for one in texts if one not in together]
    return _any(clauses)


def _in_parts(query: Json, reader: Reader, *, told_as: str, marked: Json | None) -> Json:
    """A query on parts, of which only those exist that are open to the reader now.

    The entry's own gate and its time are asked for outside: whoever reads a part passes both rules.
    """
    nested: Json = {
        "path": "parts",
        "score_mode": "max",
        "query": {
            "bool": {
                "filter": [_of_parts(elasticsearch_filter(reader))],
                "must": [query],
            }
        },
    }
    if marked is not None:
        nested["inner_hits"] = {
            "name": told_as,
            "size": PASSAGES,
            "_source": False,
            "docvalue_fields": ["parts.anchor", "parts.kind", "parts.file"],
            "highlight": marked,
        }
    return {"nested": nested}


def _of_parts(rule: Any) -> Any:
    """The same rule, said of the fields of parts."""
    if isinstance(rule, list):
        return [_of_parts(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    return {
        name: {f"parts.{field}": value for field, value in inner.items()}
        if name in LEAVES
        else _of_parts(inner)
        for name, inner in rule.items()
    }


def _ranked(units: Sequence[Unit], area: Area, language: str | None) -> Json:
    queries = [query for group in GROUPS if (query := _in_group(units, area, group, language))]
    best: Json = {"dis_max": {"tie_breaker": TIE_BREAKER, "queries": queries}}
    beginnings = [_begins(unit) for unit in units if unit.beginning and area is OPEN]
    return _any([best, *beginnings])


def _in_group(units: Sequence[Unit], area: Area, group: str, language: str | None) -> Json | None:
    """The units in one group of sub-fields: title, names and text as if they were one."""
    together = [unit.text for unit in units if _is_plain(unit) and _is_word_of(unit.text, group)]
    clauses = _scored(" ".join(together), area, group) if together else []
    for unit in units:
        if not _is_plain(unit):
            clauses.append(_best_of(unit, area, group, language))
        elif unit.text not in together and group == "fold":
            clauses.append(_phrase(unit.text, area.fields(group)))
    return _any(clauses) if clauses else None


def _is_plain(unit: Unit) -> bool:
    return not unit.synonyms and unit.weight == 1


def _is_word_of(text: str, group: str) -> bool:
    """Whether a group has these words as its words.

    A Chinese word is pairs of characters in its own group and characters elsewhere, of which each
    alone would be found in half of the texts: there it is looked for as a phrase, or not at all.
    """
    if " " in text:
        return False
    if group == "cjk":
        return True
    return not (_UNSPACED.search(text) or _KOREAN.search(text))


def _best_of(unit: Unit, area: Area, group: str, language: str | None) -> Json:
    """A unit or one of its synonyms, whichever the text has: both together are no better.

    Texts in the reader's language lie in its own group, where their synonyms count in full.
    """
    itself, *others = (
        _any(_scored(text, area, group))
        if _is_word_of(text, group)
        else _phrase(text, area.fields(group))
        for text in (unit.text, *unit.synonyms)
    )
    if others and language not in (None, group):
        others = [{"dis_max": {"queries": others, "boost": FOREIGN}}]
    queries = [itself, *others]
    return {"dis_max": {"queries": queries, "boost": unit.weight}}


def _scored(text: str, area: Area, group: str) -> list[Json]:
    """Words in all fields together, as one text would score them, and in the title again."""
    title = {"query": text, "boost": TITLE_ALONE}
    return [
        {"combined_fields": {"query": text, "fields": area.fields(group)}},
        {"match": {f"{area.prefix}title.{group}": title}},
    ]


def _as_written(unit: Unit, area: Area) -> list[Json]:
    clauses = [_phrase(text, area.all_fields) for text in (unit.text, *unit.synonyms)]
    return [*clauses, _begins(unit)] if unit.beginning and area is OPEN else clauses


def _begins(unit: Unit) -> Json:
    wanted = {"query": unit.beginning, "operator": "and", "boost": BEGINNING * unit.weight}
    return {"match": {"title.edge": wanted}}


def _phrase(text: str, fields: Sequence[str]) -> Json:
    """Words that stand one after the other; one word is found as such."""
    return {
        "multi_match": {
            "query": text,
            "type": "phrase",
            "fields": list(fields),
            "tie_breaker": TIE_BREAKER,
        }
    }


def _worth(boost: float, query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": boost}}


def _any(clauses: Iterable[Json]) -> Json:
    """One of the clauses at least. Of none, nothing: an empty ``bool`` would match everything."""
    some = list(clauses)
    if not some:
        return {"match_none": {}}
    return some[0] if len(some) == 1 else {"bool": {"should": some, "minimum_should_match": 1}}
