"""PostgreSQL keeps the plans of the entries' statements, and what it answers stays the same."""

import pytest
from django.db import connection

from cms.access import gates
from cms.access.reader import Reader, grants_of
from cms.access.rule import SIGNED_IN, Rule
from cms.accounts import identity
from cms.entries import asking, detail, read
from cms.entries.listing import Listing
from tests.factories import article, restrict

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite plans in no time"
)
OFTEN = asking.PREPARE_FROM + 2


@pytest.fixture
def page(section, staff):
    page = article(section)
    restrict(page, staff)
    page.refresh_from_db()
    return page


@pytest.fixture(autouse=True)
def _no_plans_yet(db):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        connection.connection._prepared.clear()


def reader_in(*groups):
    known = gates.all_gates(gates.state().version)
    ids = frozenset({SIGNED_IN, *(group.pk for group in groups)})
    return Reader(grants_of(person=None, groups=ids, gates=known), identity.now())


def plans_kept(beginning):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%{beginning}%"],
        )
        return cursor.fetchone()[0]


@on_postgresql
def test_one_plan_serves_every_reader_of_an_entry(page, staff, press):
    for _ in range(OFTEN):
        assert read.entry(reader_in(staff), key=page.entry_key)
    assert plans_kept("entries_holding") == 1

    assert read.entry(reader_in(press), key=page.entry_key) is None
    assert plans_kept("entries_holding") == 1


@on_postgresql
def test_a_kept_plan_sees_gates_that_are_newer_than_it(page, section, staff, press):
    for _ in range(2 * OFTEN):
        read.entry(reader_in(staff), key=page.entry_key)
        read.entries(Listing(), reader_in(staff))
    fresh = article(section)
    gates.intern(Rule.of([[press.pk, staff.pk]]))
    restrict(fresh, press, staff)

    assert read.entry(reader_in(press), key=fresh.entry_key)
    assert read.entry(reader_in(press), key=page.entry_key) is None
    assert fresh.entry_key in {
        one["key"] for one in read.entries(Listing(), reader_in(press)).values
    }
    assert plans_kept("entries_holding") == 1


@on_postgresql
def test_behind_a_pooler_nothing_is_kept(monkeypatch, page, staff):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)

    for _ in range(OFTEN):
        assert read.entry(reader_in(staff), key=page.entry_key)

    assert plans_kept("entries_holding") == 0


@on_postgresql
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", []),
        ("text", ["", "NULL", "a,b", "{}", '"', "\\", "l’été ", "'^d':* | '·dcp'", None]),
        ("bigint", [0, -1, 2**62, None]),
        ("float8", [1e-05, 0.1, -3.0, float("inf")]),
        ("bool", [True, False]),
    ],
)
def test_a_list_arrives_as_it_is(kind, values):
    assert asking.rows(f"SELECT %s::{kind}[], '%%'", (values,)) == [(values, "%")]


def test_moments_and_marks_arrive_as_they_are():
    at = identity.now()

    assert asking.rows("SELECT count(*), '%%s' FROM entries_entry WHERE opens_at > %s", (at,)) == [
        (0, "%s")
    ]


def test_the_text_is_the_same_for_every_reader(staff, press):
    texts = {
        detail.one(reader, vendor="postgresql", key=key).sql
        for reader, key in ((reader_in(), "a"), (reader_in(staff), "b"), (reader_in(press), "c"))
    }

    assert len(texts) == 1


def test_an_entry_and_a_list_take_one_query_each(page, staff, django_assert_num_queries):
    reader = reader_in(staff)

    with django_assert_num_queries(1):
        assert read.entry(reader, key=page.entry_key)
    with django_assert_num_queries(1):
        assert read.entries(Listing(), reader).cards
