"""A company to search in: entries with texts of their own, on PostgreSQL and on SQLite alike."""

from collections.abc import Iterator, Sequence
from random import Random
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.management.color import no_style
from django.db import connection, transaction
from tqdm import tqdm

from bench import texts, words
from bench.texts import Story
from bench.world import PUBLIC, SECTIONS, TOPICS, Facts, World, section_key, today
from cms.access.models import Gate
from cms.access.reader import ALWAYS
from cms.access.rule import Rule
from cms.entries.models import Entry, EntryTopic, FeedHead, Part
from search.engines.embedded import filing, tables

FIRST_SECTION = 1_000_000_000
BATCH = 1000
PAGE_WORDS, RECORD_WORDS = 5.4, 4.1
"""Logarithms of the median number of words: 220 in a page, 60 in a record."""
SPREAD = 0.6
MOST_WORDS = 2500
PART_WORDS = 60


class Library:
    """The texts of a world: the same number has the same text each time, and nobody else's."""

    def __init__(self, world: World) -> None:
        self._world = world

    def titled(self, number: int, facts: Facts) -> tuple[str, str, str]:
        """Title, summary and text of an entry."""
        language = words.language(facts.locale)
        rng = Random(number * 7_919 + self._world.seed)
        subjects = language.subjects(rng)
        about = subjects[: rng.randint(1, 3)]
        title = language.sentence(rng, rng.randint(3, 7), about)
        title = f"{title} {' '.join(about)}"
        summary = language.text(rng, rng.randint(12, 26), subjects)
        median = PAGE_WORDS if facts.is_page else RECORD_WORDS
        number_of_words = int(min(max(rng.lognormvariate(median, SPREAD), 20), MOST_WORDS))
        return title[:300], summary, language.text(rng, number_of_words, subjects)


def fill(world: World) -> None:
    """Gates, sections and entries, without their search index."""
    with transaction.atomic():
        _gates(world)
        Entry.objects.bulk_create(_sections())
    library = Library(world)
    rng = Random()
    with tqdm(total=world.size, desc="entries", leave=False, disable=None) as bar:
        for start in range(1, world.size + 1, BATCH):
            numbers = range(start, min(start + BATCH, world.size + 1))
            known = [(number, world.facts(number, rng)) for number in numbers]
            with transaction.atomic():
                Entry.objects.bulk_create(_entry(world, library, *one) for one in known)
                Part.objects.bulk_create(_parts(world, known))
                EntryTopic.objects.bulk_create(_topics(known))
            bar.update(len(numbers))
    _settle(world)


def index() -> Iterator[int]:
    """File every entry in the embedded index. Yields how many were done."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX IF EXISTS passage_terms")
    yield from filing.rebuild()
    tables.ensure()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE) search_passage")
        else:
            cursor.execute("ANALYZE")


def _settle(world: World) -> None:
    """As a database is that grew up: its counters ahead of its rows, its statistics known."""
    FeedHead.objects.update_or_create(pk=1, defaults={"last": world.size})
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Entry, Gate, Group, Part]):
            cursor.execute(statement)
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")


def _gates(world: World) -> None:
    Group.objects.bulk_create(Group(id=id_, name=f"Pool {id_}") for id_ in world.gates)
    rules = [(id_, Rule.of([[id_]])) for id_ in world.gates]
    Gate.objects.bulk_create(Gate(id=id_, key=rule.key, rule=rule.text) for id_, rule in rules)


def _sections() -> Iterator[Entry]:
    places = [(code, place) for code in ("fr", "en") for place in range(1, SECTIONS + 1)]
    for number, (locale, place) in enumerate(places, FIRST_SECTION):
        key, path = section_key(locale, place), f"/{locale}/section-{place}/"
        story = Story(
            key=key, type="section", locale=locale, title=f"Section {place}", summary="", url=path,
            topics=[], moment=f"{today():%Y-%m-%dT%H:%M:%SZ}",
        )  # fmt: skip
        yield Entry(
            id=number, key=key, type="section", locale=locale, title=story.title,
            sort_title=story.title.casefold(), path=path, page_id=number, gate_id=PUBLIC,
            published_at=today(), updated_at=today(), section=key, card=texts.card(story, {}),
            body="[]", text=story.title, fingerprint=f"{number:032x}",
        )  # fmt: skip


def _entry(world: World, library: Library, number: int, facts: Facts) -> Entry:
    title, summary, text = library.titled(number, facts)
    path = facts.path if facts.is_page else None
    story = Story(
        key=facts.key, type=facts.type, locale=facts.locale, title=title, summary=summary,
        url=path or f"/{facts.locale}/e/{facts.key}/", topics=[TOPICS[one] for one in facts.topics],
        moment=f"{facts.published:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    return Entry(
        id=number, key=facts.key, type=facts.type, locale=facts.locale, title=title,
        sort_title=title.casefold(), path=path, page_id=number if facts.is_page else None,
        source="" if facts.is_page else "bench", gate_id=facts.gate,
        early_gate_id=world.FIRST if facts.is_early else None,
        opens_at=facts.published if facts.is_early else ALWAYS,
        published_at=facts.published, updated_at=facts.published, section=facts.section_key,
        translation_key=UUID(int=number) if facts.is_page else None,
        card=texts.card(story, {}), body=texts.dumps([{"type": "text", "value": f"<p>{text}</p>"}]),
        text=f"{summary} {text}", is_woven=facts.has_part, fingerprint=f"{number:032x}",
    )  # fmt: skip


def _parts(world: World, known: Sequence[tuple[int, Facts]]) -> Iterator[Part]:
    for number, facts in known:
        if facts.has_part:
            language, rng = words.language(facts.locale), Random(number)
            text = language.text(rng, PART_WORDS, language.subjects(rng))
            yield Part(
                entry_id=number, anchor="part", position=0, title="Réservé", body="[]", text=text,
                gate_id=world.FIRST + number % world.pools,
            )  # fmt: skip


def _topics(known: Sequence[tuple[int, Facts]]) -> Iterator[EntryTopic]:
    for number, facts in known:
        for one in facts.topics:
            slug, name = TOPICS[one]
            yield EntryTopic(
                entry_id=number, slug=slug, name=name, gate_id=facts.gate,
                published_at=facts.published,
            )  # fmt: skip


BYTES_AN_ENTRY = 16_000
"""On the disk, with both indexes, the rows of the log while it loads, and room to spare."""
