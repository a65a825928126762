"""Questions that are put to random worlds, and what editors and others left there for them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from search.contract import NEWEST, RELEVANCE, Filters
from search.curation.models import Promotion
from search.insight.models import Frequent
from search.service import Asked
from tests.search.worlds import AREAS, LOCALES, SECTIONS, TOPICS, TYPES, WORDS, YEARS, words

# Nothing says these. All but the last are near to what something may say.
SLIPS = ("zabop", "gorbni", "velkonad", "fulask")
LATE = timedelta(days=3)


@dataclass(frozen=True)
class Question:
    """What is typed and chosen."""

    words: list
    phrase: list = field(default_factory=list)
    excluded: list = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    order: str = RELEVANCE

    @property
    def text(self):
        phrase = [f'"{" ".join(self.phrase)}"'] if self.phrase else []
        one, *more = self.excluded or [""]
        excluded = [f'-"{" ".join(self.excluded)}"'] if more else [f"-{one}"] if one else []
        return " ".join([*self.words, *phrase, *excluded])

    def asked(self, **more):
        return Asked(text=self.text, filters=self.filters, order=self.order, limit=100, **more)

    @property
    def is_dated(self):
        return bool(self.filters.since or self.filters.until)

    def is_answered_by(self, thing):
        wanted = [[word] for word in self.words]
        if self.excluded and thing.has(self.excluded):
            return False
        if self.phrase:
            return thing.has(self.phrase)
        return not wanted or any(thing.has(one) for one in wanted)


def rarely(strategy):
    return st.just(()) | st.just(()) | strategy


def some(values):
    return rarely(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple))


moments = st.sampled_from([datetime(year, 12, 31, 23, 32, tzinfo=UTC) for year in YEARS])
facets_chosen = {
    "types": some(TYPES),
    "topics": some(sorted(TOPICS)),
    "locales": some(LOCALES),
    "sections": some(SECTIONS[1:]),
    "years": some(YEARS),
}
filters = st.builds(Filters, **facets_chosen)
filters_and_scope = st.builds(
    Filters,
    **facets_chosen,
    under=st.none() | st.none() | st.sampled_from([f"/fr/{area}/" for area in AREAS]),
    since=st.none() | st.none() | moments,
    until=st.none() | st.none() | moments,
)
orders = st.sampled_from([RELEVANCE, NEWEST])
asked_words = st.lists(st.sampled_from([*WORDS, *TOPICS, SLIPS[-1]]), max_size=3, unique=True)
questions = st.builds(
    Question,
    words=asked_words,
    phrase=st.just([]) | st.just([]) | words(2, 2),
    excluded=st.just([]) | st.just([]) | words(1, 2),
    filters=filters_and_scope,
    order=orders,
)
to_save = st.builds(
    Question,
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True),
    phrase=st.just([]) | st.just([]) | words(2, 2),
    excluded=st.just([]) | st.just([]) | words(1, 2),
    filters=filters,
)
mistyped = st.builds(
    Question,
    words=st.lists(st.sampled_from([*WORDS, *SLIPS]), min_size=1, max_size=5, unique=True),
    filters=filters_and_scope,
)


@dataclass(frozen=True)
class Advice:
    """A promotion; its phrase is just what is asked, or another."""

    phrase: list | None
    key: str
    days: tuple
    locale: str
    order: int

    def phrase_for(self, question):
        return question.words if self.phrase is None else self.phrase


advices = st.lists(
    st.builds(
        Advice,
        phrase=st.none() | st.none() | words(1, 2),
        key=st.sampled_from([f"n{number}" for number in range(9)]),
        days=st.sampled_from([(-LATE, LATE), (-LATE, LATE), (-2 * LATE, -LATE), (LATE, 2 * LATE)]),
        locale=st.sampled_from(["", "", "fr"]),
        order=st.sampled_from([5, 10]),
    ),
    max_size=5,
)


def advise(world, advice, question):
    for one in advice:
        first, last = (world.at + day for day in one.days)
        Promotion.objects.create(
            phrases=" ".join(one.phrase_for(question)) or "nothing",
            entry_key=one.key,
            starts_on=first.date(),
            ends_on=last.date(),
            locale=one.locale,
            order=one.order,
        )


@dataclass(frozen=True)
class Often:
    """A query that others made often."""

    words: tuple
    locale: str
    people: int


others = st.lists(
    st.builds(
        Often,
        words=words(1, 2).map(tuple),
        locale=st.sampled_from(["", "fr", "en"]),
        people=st.integers(5, 8),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda one: one.words,
)
begun = st.builds(
    lambda whole, word, length: " ".join([*whole, word[:length]]),
    st.just([]) | st.just([]) | words(1, 1),
    st.sampled_from(WORDS),
    st.integers(1, 3),
)


def note_often(rows):
    Frequent.objects.bulk_create(
        Frequent(
            folded=" ".join(one.words),
            text=" ".join(one.words),
            locale=one.locale,
            people=one.people,
        )
        for one in rows
    )
