"""Nothing of a search tells what its reader may not know: random worlds against brute force."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.access import gates
from cms.access.reader import ALWAYS, NEVER, Reader
from cms.access.rule import Rule
from cms.accounts.identity import grants_of_user
from cms.accounts.models import User
from cms.entries import ingest
from cms.entries.models import Entry, Part
from search import correction, service
from search.analysis import tokens
from search.contract import Filters
from search.engines.embedded import engine, filing, lagging
from search.models import Passage, Word
from search.service import Asked

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
GROUPS = ["Alpha", "Beta", "Gamma"]
# Two are one letter from another, so that corrections have something to betray.
WORDS = ["affiche", "affichi", "bobine", "bobini", "copie", "ecran", "horloge", "marquise"]
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
clauses = st.lists(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2), max_size=2)
moments = st.none() | st.integers(-2, 2).map(lambda hours: NOON + timedelta(hours=hours))
parts = st.fixed_dictionaries(
    {
        "title": words,
        "body": words,
        "readers": clauses,
        "opens_at": moments,
        "closes_at": moments,
        "early": st.none() | clauses,
    }
)
records = st.lists(
    st.fixed_dictionaries(
        {
            "title": words,
            "body": words,
            "readers": clauses,
            "type": st.sampled_from(["order", "sheet"]),
            "locale": st.sampled_from(["fr", "en"]),
            "topics": st.lists(st.sampled_from(["pricing", "halls"]), unique=True),
            "opens_at": moments,
            "closes_at": moments,
            "parts": st.lists(parts, max_size=2),
        }
    ),
    min_size=1,
    max_size=8,
)
typed = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)


@pytest.mark.django_db
@given(
    raws=records,
    joined=st.lists(st.sets(st.sampled_from(GROUPS)), min_size=1, max_size=3),
    asked=typed,
    excluded=st.none() | st.sampled_from(WORDS),
    only=st.none() | st.sampled_from(["order", "sheet"]),
    is_filed_anew=st.booleans(),
    is_lagging=st.booleans(),
)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_hits_counts_facets_and_corrections_are_those_of_what_is_readable(
    raws, joined, asked, excluded, only, is_filed_anew, is_lagging
):
    world = World(raws, is_filed_anew=is_filed_anew)
    if is_lagging:
        world.let_passages_lag()
    for groups in joined:
        reader = world.reader(groups)
        text = " ".join([*asked, *([f"-{excluded}"] if excluded else [])])
        filters = Filters(types=(only,) if only else ())

        outcome = service.search(
            Asked(text=text, filters=filters, limit=100, is_exact=True), reader
        )

        matching = [one for one in world.readable(reader) if one.has_any(asked)]
        matching = [one for one in matching if not (excluded and one.has_any([excluded]))]
        kept = [one for one in matching if only in (None, one.raw["type"])]
        found = outcome.found
        assert {hit.key for hit in found.hits} == {one.key for one in kept}
        assert found.count == len(kept)
        assert counts(found, "type") == Counter(one.raw["type"] for one in matching)
        assert counts(found, "locale") == Counter(one.raw["locale"] for one in kept)
        assert counts(found, "topic") == Counter(
            topic for one in kept for topic in one.raw["topics"]
        )
        readable = world.readable(reader)
        assert found.missing == {
            word for word in asked if not any(one.has_any([word]) for one in readable)
        }
        for hit in found.hits:
            shown = " ".join([hit.title, hit.text, *(one.text for one in hit.passages)])
            assert terms(shown) <= world.by_key[hit.key].terms_for(reader)


@pytest.mark.django_db
@given(
    raws=records,
    groups=st.sets(st.sampled_from(GROUPS)),
    word=st.sampled_from(WORDS),
    is_lagging=st.booleans(),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_correction_and_a_suggestion_are_of_readable_words(raws, groups, word, is_lagging):
    world = World(raws)
    if is_lagging:
        world.let_passages_lag()
    reader = world.reader(groups)
    readable = world.readable(reader)

    outcome = service.search(Asked(text=word, limit=100), reader)
    suggested = service.suggest(word[:4], reader, limit=100)

    if outcome.correction is not None:
        assert not any(one.has_any([word]) for one in readable)
        assert any(one.has_any([outcome.correction.query]) for one in readable)
    elif not any(one.has_any([word]) for one in readable):
        near = {other for other in WORDS if other[:-1] == word[:-1]} - {word}
        assert not any(one.has_any(near) for one in readable)
    assert {one.key for one in suggested} == {
        one.key
        for one in readable
        if any(token.surface.startswith(word[:4]) for token in tokens(one.raw["title"], "fr"))
    }


def counts(found, facet):
    return Counter({one.value: one.count for one in found.facets[facet]})


def terms(text):
    plain = text.replace("<mark>", "").replace("</mark>", "").replace("…", " ")
    return {token.surface for token in tokens(plain, "")}


class World:
    """Records as they are stored, and as brute force sees them."""

    def __init__(self, raws, *, is_filed_anew=False):
        Entry.objects.all().delete()
        Word.objects.all().delete()
        gates.forget()
        filing.forget()
        engine.forget()
        correction.forget()
        self.groups = {name: Group.objects.get_or_create(name=name)[0] for name in GROUPS}
        sent = [dated(number, raw) for number, raw in enumerate(raws)]
        results = ingest.store("src", sent, at=NOON)
        self.things = [
            Thing(one, result.key, raw["parts"])
            for raw, one, result in zip(raws, sent, results, strict=True)
            if result.status == "stored"
        ]
        self.by_key = {one.key: one for one in self.things}
        for thing in self.things:
            for number, part in enumerate(thing.parts, start=1):
                self.give_window(thing.key, f"part-{number}", part)
        if is_filed_anew:
            filing.file(Entry.objects.values_list("pk", flat=True))

    def let_passages_lag(self):
        """Let all passages but their parts' own rules say that they are public. PostgreSQL."""
        if connection.vendor != "postgresql":
            return
        Passage.objects.update(
            gate_id=gates.intern(Rule()), opens_at=ALWAYS, closes_at=NEVER, early_gate_id=None
        )
        lagging.put_off(Entry.objects.values_list("pk", flat=True))

    def give_window(self, key, anchor, part):
        early = part["early"]
        Part.objects.filter(entry__key=key, anchor=anchor).update(
            opens_at=part["opens_at"] or ALWAYS,
            closes_at=part["closes_at"] or NEVER,
            early_gate_id=None if early is None else gates.intern(self.rule(early)),
        )

    def rule(self, clauses):
        return Rule.of([[self.groups[name].pk for name in clause] for clause in clauses])

    def reader(self, groups):
        user, _ = User.objects.get_or_create(email="p@cabestan.example")
        user.groups.set([self.groups[name] for name in groups])
        known = gates.all_gates(gates.state().version)
        return Reader(grants_of_user(user, known, NOON), NOON)

    def readable(self, reader):
        return [one.seen_by(reader) for one in self.things if one.is_readable(reader)]


def dated(number, raw):
    dates = {name: raw[name].isoformat() for name in ("opens_at", "closes_at") if raw[name]}
    rest = {name: value for name, value in raw.items() if name not in {"opens_at", "closes_at"}}
    sent = ("title", "body", "readers")
    rest["parts"] = [{name: one[name] for name in sent} for one in raw["parts"]]
    return {"id": f"n{number}", "published_at": "2026-01-01T00:00:00Z", **rest, **dates}


class Thing:
    """A record by its raw fields: the rule is applied to names, far from the code under test."""

    def __init__(self, raw, key, parts):
        self.raw, self.key, self.parts = raw, key, parts

    def is_readable(self, reader):
        opens = datetime.fromisoformat(self.raw["opens_at"]) if "opens_at" in self.raw else None
        closes = datetime.fromisoformat(self.raw["closes_at"]) if "closes_at" in self.raw else NEVER
        return meets(self.raw["readers"], reader) and (opens or NOON) <= NOON < closes

    def seen_by(self, reader):
        return Thing(self.raw, self.key, [one for one in self.parts if may_read(one, reader)])

    def terms_for(self, reader):
        return terms(self.seen_by(reader).text)

    @property
    def text(self):
        own = [self.raw["title"], self.raw["body"], *self.raw["topics"], self.raw["id"]]
        return " ".join([*own, *(f"{one['title']} {one['body']}" for one in self.parts)])

    def has_any(self, wanted):
        mine = {
            token.term for locale in [self.raw["locale"]] for token in tokens(self.text, locale)
        }
        return any(
            token.term in mine
            for word in wanted
            for language in ("fr", "en")
            for token in tokens(word, language)
        )


def may_read(part, reader):
    is_early = part["early"] is not None and meets(part["early"], reader)
    is_open = (part["opens_at"] or NOON) <= NOON or is_early
    return meets(part["readers"], reader) and is_open and (part["closes_at"] or NEVER) > NOON


def meets(readers, reader):
    names = {reader.grants.gates.group_names.get(id_) for id_ in reader.grants.groups}
    return all(names & set(clause) for clause in readers)
