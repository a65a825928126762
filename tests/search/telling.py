"""What a search tells, as values: what the product said beside what brute force says."""

import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from tests.search.worlds import WORDS, file_of, stands_in

LONG = 8
"""From so many letters on, two of them may be wrong."""
MOST_PROMOTED = 2
MARKED = re.compile("<mark>(.*?)</mark>")


@dataclass(frozen=True)
class Told:
    """All that an answer tells but the order of its hits."""

    keys: list
    count: int
    facets: dict
    # Within dates engines may say more words than that; whoever corrects them looks again.
    missing: frozenset | None
    promoted: list
    marks: dict  # by key: what is marked in the title, in the text and in each open part
    corrected: str | None = None


def said(outcome, question):
    """What the product told."""
    found = outcome.found
    return Told(
        keys=sorted(hit.key for hit in found.hits),
        count=found.count,
        facets={
            facet: {one.value: one.count for one in values}
            for facet, values in found.facets.items()
        },
        missing=None if question.is_dated else found.missing,
        promoted=[one.key for one in outcome.promoted],
        marks={
            hit.key: (
                marked(hit.title),
                marked(hit.text),
                {
                    (one.anchor, one.kind, one.file, plain(one.title)): marked(one.text)
                    for one in hit.passages
                },
            )
            for hit in found.hits
        },
        corrected=outcome.correction.query if outcome.correction else None,
    )


def expected(world, asker, question, advice=()):
    """What brute force tells."""
    readable = world.readable(asker)
    matching = [
        one
        for one in readable
        if question.is_answered_by(one) and is_in_scope(one, question.filters)
    ]
    kept = [one for one in matching if all(passed(one, question.filters).values())]
    return Told(
        keys=sorted(one.key for one in kept),
        count=len(kept),
        facets=facets_of(matching, question.filters, {one.key for one in readable}),
        missing=None
        if question.is_dated
        else frozenset(
            word for word in question.words if not any(one.has([word]) for one in readable)
        ),
        promoted=promoted(advice, question, {one.key for one in readable}),
        marks={one.key: marks_of(one, question) for one in kept},
    )


def is_in_scope(thing, filters):
    return (
        (filters.under is None or thing.path.startswith(filters.under))
        and (filters.since is None or thing.published_at >= filters.since)
        and (filters.until is None or thing.published_at < filters.until)
    )


def values_of(thing):
    raw = thing.raw
    return {
        "type": {raw.type},
        "topic": set(raw.topics),
        "locale": {raw.locale},
        "section": {raw.section},
        "year": {str(raw.year)},
    }


def passed(thing, filters):
    """For each facet, whether the thing has what was chosen."""
    chosen = {
        "type": filters.types,
        "topic": filters.topics,
        "locale": filters.locales,
        "section": filters.sections,
        "year": tuple(map(str, filters.years)),
    }
    values = values_of(thing)
    return {facet: not some or bool(values[facet] & set(some)) for facet, some in chosen.items()}


def facets_of(matching, filters, readable):
    """Each facet under all filters but its own; of sections those that can be read."""
    counts = {facet: Counter() for facet in ("type", "topic", "locale", "section", "year")}
    for thing in matching:
        failed = {facet for facet, is_passed in passed(thing, filters).items() if not is_passed}
        for facet, values in values_of(thing).items():
            if failed <= {facet}:
                counts[facet].update(values)
    counts["section"] = {key: n for key, n in counts["section"].items() if key in readable}
    return {facet: dict(values) for facet, values in counts.items()}


def marks_of(thing, question):
    """Words wherever they stand, and those of a phrase where all of it stands."""
    runs = [[word] for word in question.words] + ([question.phrase] if question.phrase else [])
    parts = {
        (
            anchor,
            "file" if piece.is_file else "section",
            file_of(anchor) if piece.is_file else "",
            " ".join(piece.title),
        ): marks_in(piece.text, runs)
        for anchor, piece in thing.pieces.items()
        if any(stands_in(run, text) for run in runs for text in (piece.title, piece.text))
    }
    return marks_in(thing.raw.title, runs), marks_in(thing.text, runs), parts


def marks_in(stretch, runs):
    places = {
        at + step
        for run in runs
        for at in range(len(stretch) - len(run) + 1)
        if stretch[at : at + len(run)] == run
        for step in range(len(run))
    }
    return [stretch[place] for place in sorted(places)]


def strays(world, asker, outcome):
    """Words that hits show and that their reader may not know."""
    known = {
        one.key: {word for stretch in one.shown for word in stretch}
        for one in world.readable(asker)
    }
    return {
        (hit.key, word)
        for hit in outcome.found.hits
        for text in (hit.title, hit.text, *(f"{one.title} {one.text}" for one in hit.passages))
        for word in plain(text).replace("…", " ").split()
        if word not in known.get(hit.key, ())
    }


def plain(text):
    return html.unescape(re.sub("</?mark>", "", text))


def marked(text):
    return [word for run in MARKED.findall(text) for word in run.split()]


def promoted(advice, question, readable):
    """Of the readable ones the first two, where just the phrase was typed."""
    typed = list(dict.fromkeys([*question.words, *question.phrase]))
    only = question.filters.locales[0] if len(question.filters.locales) == 1 else ""
    keys = [
        one.key
        for one in sorted(advice, key=lambda one: one.order)
        if typed
        and not question.excluded
        and list(dict.fromkeys(one.phrase_for(question))) == typed
        and one.days[0] < timedelta(0) < one.days[1]
        and (not only or one.locale in ("", only))
        and one.key in readable
    ]
    return list(dict.fromkeys(keys))[:MOST_PROMOTED]


def corrected(world, asker, question, advice):
    """What brute force tells where words may be put right."""
    found = meant(world, asker, question)
    if found is None:
        return expected(world, asker, question, advice)
    other, text = found
    # Advice for what was typed is none for what was meant, unless it says so.
    advice = [replace(one, phrase=one.phrase_for(question)) for one in advice]
    return replace(expected(world, asker, other, advice), corrected=text)


def meant(world, asker, question):
    """The question with each word that nothing readable has put right, if that is any better."""
    readable = world.readable(asker)
    often = {word: sum(one.has([word]) for one in readable) for word in WORDS}
    changed = []
    for word in question.words:
        most = 2 if len(word) >= LONG else 1
        near = [
            (edits(word, other), -number, other)
            for other, number in often.items()
            if number and edits(word, other) <= most
        ]
        is_missing = not any(one.has([word]) for one in readable)
        changed.append(min(near)[2] if is_missing and near else word)
    if changed == question.words:
        return None
    other = replace(question, words=list(dict.fromkeys(changed)))
    if not expected(world, asker, other).count:
        return None
    return other, " ".join(changed)


@cache
def edits(one, other):
    """Letters left out, put in, changed, or swapped with the next."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        edits(one[1:], other) + 1,
        edits(one, other[1:]) + 1,
        edits(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and one[:2] == other[1::-1]:
        return min(least, edits(one[2:], other[2:]) + 1)
    return least


def suggested(world, asker, typed, rows, locale):
    """Titles by their keys, then the queries that find something readable."""
    readable = world.readable(asker)
    titles = {
        one.key
        for one in readable
        if all(any(word.startswith(start) for word in one.raw.title) for start in typed.split())
    }
    queries = [
        " ".join(one.words)
        for one in sorted(rows, key=lambda one: (-one.people, " ".join(one.words)))
        if " ".join(one.words).startswith(typed)
        and one.locale in ("", locale)
        and all(any(thing.has([word]) for thing in readable) for word in one.words)
    ]
    return titles, queries


def suggestions(items):
    """What the product suggested, in the same form."""
    titles = {one["key"] for one in items if one["kind"] == "entry"}
    return titles, [one["title"] for one in items if one["kind"] == "query"]


def newest(world, asker, question):
    """What a feed of the question must hold, as keys, titles and summaries, the newest first."""
    keys = set(expected(world, asker, question).keys)
    return [
        (one.key, one.title, " ".join(one.raw.summary))
        for one in sorted(world.readable(asker), key=lambda one: one.published_at, reverse=True)
        if one.key in keys
    ]
