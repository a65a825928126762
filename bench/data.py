"""Filling the tables by COPY with what a ``World`` says."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import UUID

import psycopg
from tqdm import tqdm

from bench import database, texts
from bench.database import escaped
from bench.texts import Story, Texts
from bench.world import PUBLIC, SECTIONS, THEMES, TOPICS, YEARS, Facts, World, section_key, today

TABLES = (
    "entries_entry",
    "entries_part",
    "entries_holding",
    "entries_reference",
    "entries_entrytopic",
)
FIRST_PLACE = 1_000_000_000  # ids of homes and sections, far above those of entries
EVER = "1970-01-01T00:00:00Z"
NEVER = "9999-12-31T00:00:00Z"
BYTES_AN_ENTRY = 14_000
ENTRY = (
    "id", "key", "type", "locale", "title", "sort_title", "path", "page_id", "source", "run",
    "gate_id", "early_gate_id", "opens_at", "closes_at", "published_at", "updated_at", "section",
    "position", "translation_key", "pinned_until", "card", "body", "text", "found_by",
    "is_woven", "fingerprint",
)  # fmt: skip


def load(url: str, world: World) -> None:
    """Fill a migrated database. Groups, gates, entries, and all that hangs on them."""
    with psycopg.connect(url, autocommit=True) as connection:
        _load_gates(connection, world)
        with database.loading(connection, TABLES):
            columns = f"entries_entry ({', '.join(ENTRY)})"
            database.copy(connection, columns, _with_bar(world, _entries(world)))
            database.copy(
                connection,
                "entries_part (entry_id, anchor, position, kind, file, gate_id, opens_at, "
                "closes_at, title, body, text)",
                _parts(world),
            )
            database.copy(
                connection,
                "entries_holding (entry_id, part_id, anchor, file, gate_id, opens_at, closes_at, "
                "position, listing)",
                _holdings(world),
            )
            database.copy(connection, "entries_reference (entry_id, target)", _references(world))
            database.copy(
                connection,
                "entries_entrytopic (entry_id, slug, name, gate_id, published_at)",
                _topics(world),
            )
        connection.execute("UPDATE entries_feedhead SET last = %s", [world.size])


def make_room(url: str) -> None:
    """Let pages of the product's own stand beside loaded entries: the home and all ids are free."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE entries_entry SET page_id = NULL, path = '/loaded' || path")
        for table in ("entries_entry", "access_gate", "auth_group"):
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


def _load_gates(connection: psycopg.Connection, world: World) -> None:
    from cms.access.rule import PUBLIC as PUBLIC_RULE
    from cms.access.rule import Rule

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_gate WHERE key = %s", [PUBLIC_RULE.key])
        assert cursor.fetchone() == (PUBLIC,), "the public gate is not the first"
        with cursor.copy("COPY auth_group (id, name) FROM STDIN") as copying:
            for id_ in world.gates:
                copying.write_row((id_, f"Pool {id_}"))
        with cursor.copy("COPY access_gate (id, key, rule) FROM STDIN") as copying:
            for id_ in world.gates:
                rule = Rule.of([[id_]])
                copying.write_row((id_, rule.key, rule.text))
        cursor.execute("INSERT INTO entries_feedhead (last) SELECT 0 WHERE NOT EXISTS "
                       "(SELECT 1 FROM entries_feedhead)")  # fmt: skip


def _with_bar(world: World, lines: Iterator[str]) -> Iterator[str]:
    label = f"{world.size:,} entries, {world.pools} pools"
    return iter(tqdm(lines, total=world.size, desc=label, leave=False, disable=None))


def _all(world: World) -> Iterator[tuple[int, Facts]]:
    rng = Random()
    for number in range(1, world.size + 1):
        yield number, world.facts(number, rng)


def _entries(world: World) -> Iterator[str]:
    stock = Texts(world.seed)
    yield from _places()
    for number, facts in _all(world):
        yield _entry(world, stock, number, facts)


def _entry(world: World, stock: Texts, number: int, facts: Facts) -> str:
    moment = facts.published.strftime("%Y-%m-%dT%H:%M:%SZ")
    title = f"{stock.titles[number % len(stock.titles)]} {number}"
    path = facts.path if facts.is_page else None
    story = Story(
        key=facts.key,
        type=facts.type,
        locale=facts.locale,
        title=title,
        summary=stock.summaries[number % len(stock.summaries)],
        url=path or f"/{facts.locale}/e/{facts.key}/",
        topics=[TOPICS[one] for one in facts.topics],
        moment=moment,
    )
    body = stock.plain[number % len(stock.plain)]
    if facts.is_woven:
        first, second = facts.references
        body = stock.woven[number % len(stock.woven)]
        body = texts.with_references(body, world.key(first), world.key(second))
    if facts.has_part:
        body = f'{body[:-1]},{{"type":"section","id":"part"}}]'
    return _row(
        id=number,
        key=facts.key,
        type=facts.type,
        locale=facts.locale,
        title=title,
        path=path,
        page_id=number if facts.is_page else None,
        source="" if facts.is_page else "bench",
        gate_id=facts.gate,
        early_gate_id=world.FIRST if facts.is_early else None,
        opens_at=moment if facts.is_early else EVER,
        published_at=moment,
        updated_at=moment,
        section=facts.section_key,
        translation_key=UUID(int=number // 2) if facts.is_page else None,
        card=texts.card(story, _extra(facts)),
        body=body,
        text=f"{title} {story.summary} {body[40:640]}",
        is_woven="t" if facts.is_woven or facts.has_part else "f",
        fingerprint=f"{number:032x}",
    )


def _extra(facts: Facts) -> dict[str, object]:
    if not facts.is_page:
        return {}
    byline = {"name": "Camille Vasseur", "role": "Communication"}
    extra = {"author": byline, "owner": byline, "on_behalf_of": "", "minutes": 4, "updates": 0}
    match facts.type:
        case "brief":
            extra |= {"valid_from": None, "valid_to": None}
        case "rumour":
            extra |= {"claim": "On dit que …", "status": "false", "answer": "Non.", "words": []}
        case "guidance":
            extra |= {"review_at": None}
    return extra


def _places() -> Iterator[str]:
    """Homes and sections of both languages, public, the sections in the menu."""
    id_ = FIRST_PLACE
    for locale in ("fr", "en"):
        spots = [("home", f"/{locale}/", "", "")]
        for section in range(1, SECTIONS + 1):
            key = section_key(locale, section)
            path = f"/{locale}/section-{section}/"
            spots.append(("section", path, key, f"0001000{section:05}"))
            spots += [("section", f"{path}theme-{n}/", key, "") for n in range(1, THEMES + 1)]
        for type_, path, section, position in spots:
            id_ += 1
            yield _place(id_, locale, type_, path, section, position)


def _place(id_: int, locale: str, type_: str, path: str, section: str, position: str) -> str:
    own = section if position else f"{type_}-{id_}"
    title = path.strip("/").rpartition("/")[2].capitalize()
    moment = (today() - timedelta(days=365 * YEARS + 30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    story = Story(
        key=own, type=type_, locale=locale, title=title, summary="", url=path, topics=[],
        moment=moment,
    )  # fmt: skip
    return _row(
        id=id_,
        key=own,
        type=type_,
        locale=locale,
        title=title,
        path=path,
        page_id=id_,
        source="",
        gate_id=PUBLIC,
        early_gate_id=None,
        opens_at=EVER,
        published_at=moment,
        updated_at=moment,
        section=section,
        position=position,
        translation_key=UUID(int=id_),
        card=texts.card(story, {}),
        body="[]",
        text=title,
        is_woven="f",
        fingerprint=f"{id_:032x}",
    )


def _row(**values: object) -> str:
    values["sort_title"] = str(values["title"]).casefold()
    values.setdefault("position", "")
    values |= {"run": "", "found_by": "", "closes_at": NEVER, "pinned_until": None}
    return _line(*(values[name] for name in ENTRY))


def _line(*values: object) -> str:
    return "\t".join("\\N" if one is None else escaped(str(one)) for one in values) + "\n"


def _parts(world: World) -> Iterator[str]:
    stock = Texts(world.seed)
    for number, facts in _all(world):
        if facts.has_part:
            gate = world.FIRST + number % world.pools
            passage = stock.passages[number % 50]
            yield _line(number, "part", 0, "section", "", gate, EVER, NEVER, "Réservé", passage, "")


def _holdings(world: World) -> Iterator[str]:
    for number, facts in _all(world):
        if facts.has_file:
            listing = texts.dumps(
                {
                    "id": f"document-{number}",
                    "title": "Note",
                    "name": "note.pdf",
                    "href": f"/files/document-{number}",
                    "type": "application/pdf",
                    "size": 48_211,
                }
            )
            file = f"document-{number}"
            yield _line(number, None, "", file, PUBLIC, EVER, NEVER, 0, listing)


def _references(world: World) -> Iterator[str]:
    for number, facts in _all(world):
        if facts.is_woven:
            for target in facts.references:
                yield _line(number, world.key(target))


def _topics(world: World) -> Iterator[str]:
    for number, facts in _all(world):
        moment = facts.published.isoformat()
        for one in facts.topics:
            yield _line(number, *TOPICS[one], facts.gate, moment)
