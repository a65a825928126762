"""Writing by a way that tells nobody: plain SQL."""

from django.db import connection
from wagtail.models import Page


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def close_in_sql(node):
    """Only those who are signed in read this page, or this collection."""
    kind = "page" if isinstance(node, Page) else "collection"
    sql(
        f"INSERT INTO wagtailcore_{kind}viewrestriction ({kind}_id, restriction_type, password) "
        "VALUES (%s, 'login', '')",
        node.pk,
    )
