"""Random worlds of entries and readers, as they are stored and as brute force sees them.

Brute force applies the rule to names of groups, far from the code under test. Moments are hours
from when a world was made, so that a world can be asked over HTTP too, by the real clock.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Group
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cms.access import gates
from cms.access.reader import ALWAYS, NEVER, Reader, grants_of
from cms.access.rule import SIGNED_IN, Rule
from cms.accounts import identity
from cms.accounts.models import User
from cms.entries import publish
from cms.entries.models import Entry
from cms.entries.projection import PartOf, Projection, Terms, Topic
from cms.entries.records import rfc3339
from search.curation.models import Promotion
from search.engines.embedded import filing, lagging
from search.insight.models import Frequent
from search.models import Passage, Word
from tests.conftest import forget_process

GROUPS = ("Alpha", "Beta", "Gamma")
SIGNED_IN_NAME = "signed-in"
# No stemmer brings two of these together, and some are but an edit or two from one another, so that
# corrections have something to betray.
WORDS = (
    "zabok", "zabog", "kirtun", "kirtum", "molvik", "plunad", "gorbin", "velkomad", "velkotud",
)  # fmt: skip
TOPICS = {"quilpon": "Quilpon", "drosfat": "Drosfat"}
TYPES = ("order", "sheet")
LOCALES = ("fr", "en", "zh")
SECTIONS = ("", "n0", "n1", "n9")
YEARS = (2023, 2024, 2025)
AREAS = ("press", "rooms")
# The finest moments that every engine keeps are milliseconds.
STEPS = tuple(timedelta(milliseconds=n) for n in (-7_200_000, -3_600_000, -1, 0, 1, 3_600_000))


def examples(number):
    """So many of them, however long each takes: a database is made once for all."""
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def words(least, most):
    return st.lists(st.sampled_from(WORDS), min_size=least, max_size=most)


clauses = st.lists(
    st.lists(st.sampled_from([*GROUPS, SIGNED_IN_NAME]), min_size=1, max_size=2), max_size=2
)


@dataclass(frozen=True)
class Asker:
    """A reader by the names of groups; nobody has signed in where there are none at all."""

    groups: frozenset | None
    at: timedelta

    @property
    def names(self):
        return frozenset() if self.groups is None else self.groups | {SIGNED_IN_NAME}


@dataclass(frozen=True)
class Window:
    """The rule for a thing, in names and hours."""

    readers: list
    opens: timedelta | None = None
    closes: timedelta | None = None
    early: list | None = None

    def is_open_to(self, asker):
        is_early = self.early is not None and meets(self.early, asker)
        is_time = self.opens is None or self.opens <= asker.at or is_early
        is_over = self.closes is not None and self.closes <= asker.at
        return meets(self.readers, asker) and is_time and not is_over


def meets(readers, asker):
    return all(asker.names & set(clause) for clause in readers)


@dataclass(frozen=True)
class Piece:
    """A part: a section, or the text of a file."""

    title: list
    text: list
    window: Window
    is_file: bool


@dataclass(frozen=True)
class Raw:
    """An entry as it is made up."""

    type: str
    locale: str
    section: str
    area: str
    year: int
    topics: list
    title: list
    summary: list
    body: list
    found_by: list
    window: Window
    pieces: list


@dataclass(frozen=True)
class Thing:
    """An entry as a reader may know it: the parts are those that are open."""

    key: str
    raw: Raw
    published_at: datetime
    pieces: dict = field(default_factory=dict)  # by anchor

    @property
    def title(self):
        return " ".join(self.raw.title)

    @property
    def path(self):
        return f"/{self.raw.locale}/{self.raw.area}/{self.key}/"

    @property
    def text(self):
        return [*self.raw.summary, *self.raw.body]

    @property
    def names(self):
        """What finds it like its title does, and is never shown."""
        return [*self.raw.topics, *self.raw.found_by]

    @property
    def shown(self):
        """Every stretch of words that its reader may be shown."""
        parts = [one for piece in self.pieces.values() for one in (piece.title, piece.text)]
        return [self.raw.title, self.text, *parts]

    def has(self, run):
        """Whether these words stand one after the other anywhere."""
        return any(stands_in(run, stretch) for stretch in [*self.shown, self.names])


def stands_in(run, stretch):
    size = len(run)
    return any(stretch[at : at + size] == list(run) for at in range(len(stretch) - size + 1))


windows = st.builds(
    Window,
    readers=clauses,
    opens=st.none() | st.sampled_from(STEPS),
    closes=st.none() | st.none() | st.sampled_from(STEPS),
    early=st.none() | clauses,
)
pieces = st.builds(
    Piece, title=words(0, 2), text=words(1, 3), window=windows, is_file=st.booleans()
)
raws = st.lists(
    st.builds(
        Raw,
        type=st.sampled_from(TYPES),
        locale=st.sampled_from(LOCALES),
        section=st.sampled_from(SECTIONS),
        area=st.sampled_from(AREAS),
        year=st.sampled_from(YEARS),
        topics=st.lists(st.sampled_from(sorted(TOPICS)), unique=True),
        title=words(1, 3),
        summary=words(0, 2),
        body=words(0, 4),
        found_by=words(0, 1),
        window=windows,
        pieces=st.lists(pieces, max_size=2),
    ),
    min_size=1,
    max_size=8,
)
askers = st.builds(
    Asker,
    groups=st.none() | st.frozensets(st.sampled_from(GROUPS)),
    at=st.sampled_from(STEPS),
)


class World:
    """Entries as they are stored, in the place of those that were there."""

    def __init__(self, made_up, *, is_filed_anew=False):
        for model in (Entry, Word, Promotion, Frequent):
            model.objects.all().delete()
        forget_process()
        self.at = (identity.now() - timedelta(seconds=1)).replace(microsecond=250_000)
        self.groups = {name: Group.objects.get_or_create(name=name)[0].pk for name in GROUPS}
        self.groups[SIGNED_IN_NAME] = SIGNED_IN
        self.things = [
            Thing(f"n{number}", raw, published(raw.year, number))
            for number, raw in enumerate(made_up)
        ]
        publish.put([self.projection(one) for one in self.things], at=self.at)
        self.ids = list(Entry.objects.values_list("pk", flat=True))
        if is_filed_anew:
            filing.file(self.ids)

    def let_passages_lag(self):
        """Let all passages but their parts' own rules say that they are public. PostgreSQL."""
        if connection.vendor == "postgresql":
            Passage.objects.update(
                gate_id=gates.intern(Rule()), opens_at=ALWAYS, closes_at=NEVER, early_gate_id=None
            )
            lagging.put_off(self.ids)

    def reader(self, asker):
        # Whoever joins a group raises the version, so people come before gates.
        user = None if asker.groups is None else self.user(asker)
        known = gates.all_gates(gates.state().version)
        at = self.at + asker.at
        grants = (
            grants_of(person=None, groups=frozenset(), gates=known)
            if user is None
            else identity.grants_of_user(user, known, at)
        )
        return Reader(grants, at)

    def asker_now(self, groups):
        """Whoever asks over HTTP, by the real clock."""
        return Asker(groups, identity.now() - self.at)

    def user(self, asker):
        user, _ = User.objects.get_or_create(email="p@cabestan.example")
        user.groups.set(self.groups[name] for name in asker.groups)
        return user

    def readable(self, asker):
        """What brute force lets somebody read, with the parts of it that are open to them."""
        return [
            replace(one, pieces=open_pieces(one.raw, asker))
            for one in self.things
            if one.raw.window.is_open_to(asker)
        ]

    def projection(self, thing):
        raw = thing.raw
        topics = tuple(Topic(slug=slug, name=TOPICS[slug]) for slug in raw.topics)
        terms = self.terms(raw.window)
        return Projection(
            key=thing.key,
            type=raw.type,
            locale=raw.locale,
            title=thing.title,
            card={
                "key": thing.key,
                "type": raw.type,
                "locale": raw.locale,
                "title": thing.title,
                "summary": " ".join(raw.summary),
                "url": thing.path,
                "image": None,
                "topics": [{"slug": one.slug, "name": one.name} for one in topics],
                "published_at": rfc3339(thing.published_at),
                "updated_at": rfc3339(self.at),
            },
            body=(),
            text=" ".join(thing.text),
            found_by=" ".join(raw.found_by),
            rule=terms.rule,
            early=terms.early,
            opens_at=terms.opens_at,
            closes_at=terms.closes_at,
            published_at=thing.published_at,
            updated_at=self.at,
            path=thing.path,
            section=raw.section,
            topics=topics,
            parts=tuple(
                PartOf(
                    anchor=anchor,
                    title=" ".join(piece.title),
                    terms=self.terms(piece.window),
                    body=(),
                    text=" ".join(piece.text),
                    file=file_of(anchor) if piece.is_file else "",
                )
                for anchor, piece in anchored(raw)
            ),
        )

    def terms(self, window):
        return Terms(
            rule=self.rule(window.readers),
            opens_at=ALWAYS if window.opens is None else self.at + window.opens,
            closes_at=NEVER if window.closes is None else self.at + window.closes,
            early=None if window.early is None else self.rule(window.early),
        )

    def rule(self, readers):
        return Rule.of([[self.groups[name] for name in clause] for clause in readers])


def anchored(raw):
    return [(f"part-{number}", piece) for number, piece in enumerate(raw.pieces, start=1)]


def open_pieces(raw, asker):
    return {anchor: one for anchor, one in anchored(raw) if one.window.is_open_to(asker)}


def file_of(anchor):
    return f"document-{anchor[-1]}"


def published(year, number):
    """Just before midnight, when it is the next year already in Paris; never two at once."""
    return datetime(year, 12, 31, 23, 30 + number, tzinfo=UTC)
