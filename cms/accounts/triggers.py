"""Database triggers: whatever decides access raises the access version in its own transaction.

They stand below every code path, plain SQL included, so none can forget. They are made after every
migration, because SQLite drops a table's triggers when a migration remakes the table.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections

VERSION = "version = version + 1"
PRIVACY = "version = version + 1, privacy = privacy + 1"

# table: (what rises, events, columns whose update counts)
Watched = tuple[str, str, str]

WATCHED: dict[str, Watched] = {
    "accounts_user": (
        VERSION,
        "delete",
        "is_active is_superuser organisation_id password email first_name last_name language",
    ),
    "accounts_user_groups": (VERSION, "insert delete", "user_id group_id"),
    "accounts_token": (VERSION, "delete", "revoked_at expires_at scopes user_id digest"),
    "accounts_organisation": (VERSION, "delete", "expires_at name territory"),
    "accounts_membership": (VERSION, "insert delete", "user_id group_id starts_at ends_at"),
    "accounts_organisation_groups": (VERSION, "insert delete", "organisation_id group_id"),
    "auth_group": (VERSION, "insert delete", "name"),
    "auth_group_permissions": (VERSION, "insert delete", "group_id permission_id"),
    # A session is saved at many requests; only its end closes anything.
    "django_session": (VERSION, "delete", ""),
    "access_gate": (VERSION, "insert delete", "rule key"),
    "wagtailcore_pageviewrestriction": (PRIVACY, "insert delete", "restriction_type page_id"),
    "wagtailcore_pageviewrestriction_groups": (
        PRIVACY,
        "insert delete",
        "pageviewrestriction_id group_id",
    ),
    "wagtailcore_collectionviewrestriction": (
        PRIVACY,
        "insert delete",
        "restriction_type collection_id",
    ),
    "wagtailcore_collectionviewrestriction_groups": (
        PRIVACY,
        "insert delete",
        "collectionviewrestriction_id group_id",
    ),
    # What stands in a collection asks what the collection does, and what it stands in.
    "wagtailcore_collection": (PRIVACY, "", "path"),
    "media_image": (PRIVACY, "", "collection_id"),
    "media_document": (PRIVACY, "", "collection_id"),
    "media_video": (PRIVACY, "", "collection_id"),
}


def _sqlite(table: str, watched: Watched) -> Iterator[str]:
    rises, events, columns = watched
    change = f"UPDATE access_accessstate SET {rises};"
    for event in events.split():
        yield (
            f"CREATE TRIGGER IF NOT EXISTS access_{table}_{event} "
            f"AFTER {event.upper()} ON {table} BEGIN {change} END"
        )
    if not columns:
        return
    differs = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in columns.split())
    yield (
        f"CREATE TRIGGER IF NOT EXISTS access_{table}_update AFTER UPDATE ON {table} "
        f"WHEN {differs} BEGIN {change} END"
    )


def _postgresql(table: str, watched: Watched) -> Iterator[str]:
    rises, events, columns = watched
    function = "access_privacy_changed" if "privacy" in rises else "access_changed"
    for event in events.split():
        yield (
            f"CREATE OR REPLACE TRIGGER access_{table}_{event} "
            f"AFTER {event.upper()} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    if not columns:
        return
    differs = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in columns.split())
    yield (
        f"CREATE OR REPLACE TRIGGER access_{table}_update AFTER UPDATE ON {table} "
        f"FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION {function}()"
    )


def _functions() -> Iterator[str]:
    for name, rises in (("access_changed", VERSION), ("access_privacy_changed", PRIVACY)):
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN UPDATE access_accessstate SET {rises}; RETURN NULL; END $$"
        )


def ensure(using: str = "default", **_kwargs: Any) -> None:
    """Make every trigger that is not there. Connected to ``post_migrate``."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not tables.issuperset(WATCHED):
        return  # a partial migration: the last one will come by here too
    is_postgresql = connection.vendor == "postgresql"
    write = _postgresql if is_postgresql else _sqlite
    with connection.cursor() as cursor:
        if is_postgresql:
            for statement in _functions():
                cursor.execute(statement)
        for table, watched in WATCHED.items():
            for statement in write(table, watched):
                cursor.execute(statement)
