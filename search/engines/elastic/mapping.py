"""The index: its analysers and fields, and a document as it is kept there. Pure.

Analysers come from Elasticsearch's own ``analysis-common`` module; no plugin is needed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Any
from unicodedata import normalize

import orjson

from search.analysis import LONGEST
from search.documents import LONGEST_TEXT, Document, PartDocument, title_key

LANGUAGES = ("fr", "en", "cjk")
CJK = frozenset({"zh", "ja", "ko"})
LONGEST_KEYWORD = 1000
"""Characters. Lucene refuses a keyword of more than 32,766 bytes, and with it the document."""
MOST_PARTS = 1000
"""Parts of an entry that are indexed: Elasticsearch allows 10,000 nested documents."""
GC_DELETES = "1h"
"""How long a deletion's version is remembered: a stalled worker's late write is refused."""

_APOSTROPHES = ["\u2019 => '", "\u2018 => '", "\u02bc => '", "\uff07 => '"]
LONGEST_EDGE = 12
_BY_DATE = "strict_date_optional_time"
_KEYWORD = {"type": "keyword", "ignore_above": LONGEST_KEYWORD}

Json = dict[str, Any]

SIMILARITY: Json = {"type": "BM25", "k1": 0.8, "b": 0.6}
"""Saying a word again counts for less than by default, having another of the words for more."""


def language_of(locale: str) -> str | None:
    """The language sub-field for a locale such as ``zh-hans``, if there is one."""
    language = locale[:2].lower()
    if language in CJK:
        return "cjk"
    return language if language in LANGUAGES else None


def settings(*, shards: int = 1, replicas: int = 0) -> Json:
    """The settings of a new index."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": "500ms",
        "gc_deletes": GC_DELETES,
        "max_ngram_diff": 12,
        "mapping.nested_objects.limit": 10_000,
        "highlight.max_analyzed_offset": LONGEST_TEXT,
        "similarity": {"default": SIMILARITY},
        "analysis": _analysis(),
    }


def mapping() -> Json:
    """The mapping of a new index. Its ``_meta.hash`` says which mapping and analysis made it."""
    return {"_meta": {"hash": mapping_hash()}, **_fields()}


@cache
def mapping_hash() -> str:
    """Of everything that makes two indices differ in what they find."""
    return _digest([_fields(), _analysis(), SIMILARITY, LONGEST_TEXT])


def document_of(document: Document, number: int) -> Json:
    """An entry as it is kept. ``number`` is that of the change it was written for.

    ``digest`` is that of everything else, so that an index can be compared with the database.
    """
    language = language_of(document.locale)
    kept: Json = {
        "key": document.key,
        "entry": document.entry_id,
        "type": document.type,
        "locale": document.locale,
        "section": document.section,
        "path": document.path,
        "year": document.published_at.year,
        "topics": [f"{topic.slug}\t{topic.name}" for topic in document.topics],
        "gate": document.gate_id,
        "early_gate": document.early_gate_id,
        "opens_at": _not_before(document.opens_at),
        "closes_at": moment(document.closes_at),
        "published_at": moment(document.published_at),
        "updated_at": moment(document.updated_at),
        "title_key": title_key(document.title),
        "title": {**_in_languages(document.title, language), "edge": _storable(document.title)},
        "names": _in_languages(document.names, language),
        "text": _in_languages(document.text, language),
        "parts": [_part_of(part, language) for part in document.parts[:MOST_PARTS]],
    }
    return {**kept, "digest": _digest(kept), "number": number}


def moment(at: datetime) -> str:
    """A moment as the index keeps it."""
    return at.isoformat(timespec="milliseconds")


def _not_before(at: datetime) -> str:
    """An opening as the index keeps it, which counts milliseconds: nothing opens early."""
    return moment(at + timedelta(microseconds=-at.microsecond % 1000))


def _part_of(part: PartDocument, language: str | None) -> Json:
    return {
        "anchor": part.anchor,
        "kind": part.kind,
        "file": part.file,
        "gate": part.gate_id,
        "early_gate": part.early_gate_id,
        "opens_at": _not_before(part.opens_at),
        "closes_at": moment(part.closes_at),
        "title": _in_languages(part.title, language),
        "text": _in_languages(part.text, language),
    }


def _in_languages(text: str, language: str | None) -> Json:
    text = _storable(text)[:LONGEST_TEXT]
    if not text:
        return {}
    return {"fold": text} if language is None else {language: text, "fold": text}


def _storable(text: str) -> str:
    """Composed, as queries are, and without the halves of characters, which no JSON may hold."""
    return normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))


def _digest(value: Any) -> str:
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()


def _fields() -> Json:
    keywords = ("key", "type", "locale", "section", "path", "topics", "title_key")
    return {
        "dynamic": "strict",
        "properties": {
            **dict.fromkeys(keywords, _KEYWORD),
            **{name: {"type": "long"} for name in ("entry", "number", "gate", "early_gate")},
            **{
                name: {"type": "date", "format": _BY_DATE}
                for name in ("opens_at", "closes_at", "published_at", "updated_at")
            },
            "year": {"type": "integer"},
            "digest": {"type": "keyword", "index": False},
            "title": _text(edge=_EDGE),
            "names": _text(),
            "text": _text(),
            "parts": {
                "type": "nested",
                "dynamic": "strict",
                "properties": {
                    "anchor": _KEYWORD,
                    "kind": _KEYWORD,
                    "file": _KEYWORD,
                    "gate": {"type": "long"},
                    "early_gate": {"type": "long"},
                    "opens_at": {"type": "date", "format": _BY_DATE},
                    "closes_at": {"type": "date", "format": _BY_DATE},
                    "title": _text(),
                    "text": _text(),
                },
            },
        },
    }


_EDGE = {
    "type": "text",
    "analyzer": "edge",
    "search_analyzer": "edge_search",
    "index_options": "docs",
    "norms": False,
}


def _text(**further: Json) -> Json:
    fields = {
        name: {
            "type": "text",
            "analyzer": name,
            "search_analyzer": f"{name}_search",
            "index_options": "offsets",
        }
        for name in (*LANGUAGES, "fold")
    }
    return {"type": "object", "dynamic": "strict", "properties": {**fields, **further}}


def _analysis() -> Json:
    chains: Mapping[str, Sequence[str]] = {
        "fr": ["lowercase", "french", "folding"],
        "en": ["lowercase", "english", "folding"],
        "fold": ["lowercase", "folding"],
    }
    # No stop words: queries come without them, and phrases are to keep theirs.
    analyzers: Json = {}
    for name, (lowercase, *further) in chains.items():
        analyzers[name] = _words([*_TOGETHER, lowercase, *further])
        analyzers[f"{name}_search"] = _words([*_APART, lowercase, *further])
    cjk = ["cjk_width", "lowercase", "cjk_bigram", "folding"]
    analyzers["cjk"] = _words(cjk, tokenizer="standard")
    analyzers["cjk_search"] = _words(cjk, tokenizer="standard")
    analyzers["edge"] = _words([*_TOGETHER, *chains["fold"], "edges"])
    analyzers["edge_search"] = _words([*_APART, *chains["fold"], "edge"])
    return {
        "char_filter": {
            "apostrophes": {"type": "mapping", "mappings": _APOSTROPHES},
            **{name: _without(pattern) for name, pattern in _DROPPED.items()},
        },
        "tokenizer": {"words": {"type": "pattern", "pattern": _WORD, "group": 0}},
        "filter": {
            # C.N.C. is CNC.
            "acronyms": {
                "type": "pattern_replace",
                "pattern": r"(?<=^|\.)(\p{L})\.(?=\p{L}(?:\.|$))",
                "replacement": "$1",
            },
            # DCP2K is the same code as DCP-2K.
            "halves": {
                "type": "pattern_replace",
                "pattern": r"(?<=\p{L})(?=\p{N})",
                "replacement": "-",
            },
            "together": {"type": "word_delimiter_graph", **_PIECES, "catenate_all": True},
            "apart": {"type": "word_delimiter_graph", **_PIECES},
            "french": {"type": "stemmer", "language": "light_french"},
            "english": {"type": "stemmer", "language": "english"},
            "folding": {"type": "asciifolding"},
            # Stemmers take long over long words; Lucene refuses those of more than 32,766 bytes.
            "short": {"type": "truncate", "length": LONGEST},
            "edge": {"type": "truncate", "length": LONGEST_EDGE},
            "edges": {"type": "edge_ngram", "min_gram": 1, "max_gram": LONGEST_EDGE},
        },
        "analyzer": analyzers,
    }


# Single characters where words are not set apart; elsewhere words, with what joins them.
_RUNS = r"\p{IsHan}\p{IsHiragana}\p{IsKatakana}"
_LETTERS = rf"[\p{{L}}\p{{M}}\p{{N}}&&[^{_RUNS}]]{{1,{LONGEST}}}+"
_WORD = rf"[{_RUNS}]|{_LETTERS}(?:[\-\u2010\u2011_/&@.,:]{_LETTERS}){{0,30}}+"
_BEFORE, _AFTER = r"(?<![\p{L}\p{N}])", r"(?![\p{L}\p{N}])"
_DROPPED = {
    "elisions": rf"(?i){_BEFORE}(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=[\p{{L}}\p{{N}}])",
    "possessives": rf"(?i)(?<=\p{{L}})'s{_AFTER}",
    "inner_apostrophes": r"(?<=[\p{L}\p{N}])'(?=[\p{L}\p{N}])",
    "thousands": r"(?<=\b\d{1,3})[ \u00a0\u2009\u202f](?=\d{3}\b)",
}
_PIECES: Json = {
    "split_on_case_change": False,
    "split_on_numerics": False,
    "stem_english_possessive": False,
}
# Compounds and codes are indexed in pieces and joined, and sought in pieces.
_TOGETHER = ("acronyms", "halves", "together", "flatten_graph", "short")
_APART = ("acronyms", "halves", "apart")


def _without(pattern: str) -> Json:
    return {"type": "pattern_replace", "pattern": pattern, "replacement": ""}


def _words(chain: Sequence[str], *, tokenizer: str = "words") -> Json:
    return {
        "type": "custom",
        "char_filter": ["apostrophes", *_DROPPED],
        "tokenizer": tokenizer,
        "filter": list(chain),
    }
