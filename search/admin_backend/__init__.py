"""Editors' own search in the admin: Wagtail's database backend without its defects.

What readers search is ``search.service``; this is what the explorer, the lists and the choosers of
the admin ask. Wagtail decides what an editor may see there, by the query set that it hands over.

The stock backend fails on a quotation mark, repeats its search for every hit on SQLite, and has no
index for it on PostgreSQL: wagtail#13227, #10217, #9253; ``modelsearch/backends/database``.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection, connections

ENTRIES = "wagtailsearch_indexentry"


def SearchBackend(params: Mapping[str, Any]) -> Any:  # noqa: N802 - Wagtail looks for this name
    """The backend of the database in use. It is imported late, for the models must be there."""
    if connection.vendor == "postgresql":
        from search.admin_backend.postgresql import PostgreSQLBackend

        return PostgreSQLBackend(params)
    from search.admin_backend.sqlite import SQLiteBackend

    return SQLiteBackend(params)


def ensure(using: str = "default", **_kwargs: Any) -> None:
    """Make the index that the search on PostgreSQL needs. Connected to ``post_migrate``.

    It indexes the expression that every search of whole words compares. A comment in
    ``modelsearch.abstract_models`` says that a migration makes it; none does.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if ENTRIES in connection.introspection.table_names(cursor):
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS admin_search_words ON {ENTRIES} "
                "USING gin ((title || body))"
            )
