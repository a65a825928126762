"""Where words are kept, which Django has no model for, and what keeps passages like their entries.

Made after every migration, like the triggers of access: SQLite drops a table's triggers when a
migration remakes the table.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections

MANY = 100
"""Of a change of more passages PostgreSQL only notes whose they are."""

COPIED = ("gate_id", "early_gate_id", "opens_at", "closes_at", "published_at")
"""Columns that a passage repeats from its entry."""
OF_PARTS = ("gate_id", "early_gate_id", "opens_at", "closes_at")
"""Columns that it repeats from its part, with ``part_`` before their names."""


def ensure(using: str = "default", **_kwargs: Any) -> None:
    """Make every table, column, index and trigger that is not there."""
    connection = connections[using]
    if "search_passage" not in connection.introspection.table_names():
        return  # a partial migration: the last one will come by here too
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite() -> Iterator[str]:
    # Terms come ready from the analyser: the tokenizer only splits them at spaces.
    yield (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_terms "
        "USING fts5(title, names, body, tokenize='ascii')"
    )
    yield (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_titles "
        "USING fts5(words, tokenize='ascii', prefix='1 2 3 4', detail='none', columnsize=0)"
    )
    differs = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in COPIED)
    copies = ", ".join(f"{one} = NEW.{one}" for one in COPIED)
    yield (
        "CREATE TRIGGER IF NOT EXISTS search_passage_follows AFTER UPDATE ON entries_entry "
        f"WHEN {differs} BEGIN UPDATE search_passage SET {copies} WHERE entry_id = NEW.id; END"
    )
    yield (
        "CREATE TRIGGER IF NOT EXISTS search_passage_goes AFTER DELETE ON entries_entry "
        "BEGIN DELETE FROM search_passage WHERE entry_id = OLD.id; END"
    )
    differs = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in OF_PARTS)
    copies = ", ".join(f"part_{one} = NEW.{one}" for one in OF_PARTS)
    yield (
        "CREATE TRIGGER IF NOT EXISTS search_part_follows AFTER UPDATE ON entries_part "
        f"WHEN {differs} BEGIN UPDATE search_passage SET {copies} "
        "WHERE entry_id = NEW.entry_id AND part = NEW.anchor; END"
    )
    yield (
        "CREATE TRIGGER IF NOT EXISTS search_part_goes AFTER DELETE ON entries_part "
        "BEGIN DELETE FROM search_passage WHERE entry_id = OLD.entry_id AND part = OLD.anchor; END"
    )
    yield (
        "CREATE TRIGGER IF NOT EXISTS search_terms_go AFTER DELETE ON search_passage BEGIN "
        "DELETE FROM search_terms WHERE rowid = OLD.id; "
        "DELETE FROM search_titles WHERE rowid = OLD.id; END"
    )


def _postgresql() -> Iterator[str]:
    yield "ALTER TABLE search_passage ADD COLUMN IF NOT EXISTS terms tsvector"
    # Only the words may be long: the rest of a row stays together.
    yield "ALTER TABLE search_passage SET (toast_tuple_target = 128)"
    yield "CREATE INDEX IF NOT EXISTS passage_terms ON search_passage USING gin (terms)"
    # The limit of the index went before that of the connection, which must differ for bulk.
    yield (
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'passage_terms' "
        "AND reloptions IS NOT NULL) THEN "
        "ALTER INDEX passage_terms RESET (gin_pending_list_limit); END IF; END $$"
    )
    copies = ", ".join(f"{one} = e.{one}" for one in COPIED)
    differs = " OR ".join(f"p.{one} IS DISTINCT FROM e.{one}" for one in COPIED)
    # Once a statement, however many entries it moved.
    behind = f"FROM changed e JOIN search_passage p ON p.entry_id = e.id WHERE {differs}"
    yield (
        "CREATE OR REPLACE FUNCTION search_passage_follows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF (SELECT count(*) FROM (SELECT {behind} LIMIT {MANY + 1}) few) > {MANY} THEN "
        f"INSERT INTO search_lagging (entry_id) SELECT DISTINCT e.id {behind} "
        "ON CONFLICT DO NOTHING; "
        f"ELSE UPDATE search_passage p SET {copies} FROM changed e "
        f"WHERE p.entry_id = e.id AND ({differs}); END IF; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE TRIGGER search_passage_follows AFTER UPDATE ON entries_entry "
        "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT "
        "EXECUTE FUNCTION search_passage_follows()"
    )
    yield (
        "CREATE OR REPLACE FUNCTION search_passage_goes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM search_passage p USING gone e WHERE p.entry_id = e.id; "
        "RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE TRIGGER search_passage_goes AFTER DELETE ON entries_entry "
        "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT "
        "EXECUTE FUNCTION search_passage_goes()"
    )
    copies = ", ".join(f"part_{one} = t.{one}" for one in OF_PARTS)
    differs = " OR ".join(f"p.part_{one} IS DISTINCT FROM t.{one}" for one in OF_PARTS)
    yield (
        "CREATE OR REPLACE FUNCTION search_part_follows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN UPDATE search_passage p SET {copies} FROM changed t "
        f"WHERE p.entry_id = t.entry_id AND p.part = t.anchor AND ({differs}); RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE TRIGGER search_part_follows AFTER UPDATE ON entries_part "
        "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION search_part_follows()"
    )
    yield (
        "CREATE OR REPLACE FUNCTION search_part_goes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM search_passage p USING gone t "
        "WHERE p.entry_id = t.entry_id AND p.part = t.anchor; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE TRIGGER search_part_goes AFTER DELETE ON entries_part "
        "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION search_part_goes()"
    )
