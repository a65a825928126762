"""The four forms of the rule agree, on thousands of random readers, gates and moments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.access import gates
from cms.access.audience import readers_of_thing
from cms.access.clauses import elasticsearch_filter, readable
from cms.access.reader import ALWAYS, NEVER, Reader
from cms.access.rule import Rule
from cms.accounts.identity import grants_of_user
from cms.accounts.models import Organisation, User
from cms.entries.models import Entry

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
moments = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))
some_groups = st.frozensets(st.integers(0, 4), max_size=3)
rules = st.lists(some_groups, max_size=3)
things = st.lists(
    st.tuples(
        rules,
        st.none() | rules,
        st.just(ALWAYS) | moments,
        st.just(NEVER) | moments,
    ),
    min_size=1,
    max_size=12,
)
people = st.lists(
    st.tuples(some_groups, st.sampled_from(["", "", "", "administrator", "gone", "partner"])),
    min_size=1,
    max_size=8,
)


@pytest.mark.django_db
@given(things=things, people=people, at=moments)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_python_sql_and_the_rule_backwards_say_the_same(things, people, at):
    clear()
    groups = [Group.objects.get_or_create(name=f"Group {number}")[0].pk for number in range(1, 5)]
    entries = [store(number, groups, *thing) for number, thing in enumerate(things)]
    users = [sign_up(number, groups, *person) for number, person in enumerate(people)]
    known = gates.all_gates(gates.state().version)

    forwards = {
        (user.pk, entry.pk)
        for user in users
        if user.is_active
        for entry in entries
        if Reader(grants_of_user(user, known, at), at).may_read(entry)
    }

    in_sql = {
        (user.pk, pk)
        for user in users
        if user.is_active
        for pk in selected(Reader(grants_of_user(user, known, at), at))
    }
    backwards = {
        (pk, entry.pk)
        for entry in entries
        for pk in readers_of_thing(entry, known, at).values_list("pk", flat=True)
    }
    assert in_sql == forwards
    assert backwards == forwards


def clear():
    Entry.objects.all().delete()
    User.objects.all().delete()
    Organisation.objects.all().delete()
    gates.forget()


def store(number, groups, clauses, early, opens_at, closes_at):
    def rule_of(written):
        # 0 stands for whoever has signed in; 1 to 4 are real groups.
        return Rule.of([[groups[one - 1] if one else 0 for one in clause] for clause in written])

    return Entry.objects.create(
        key=f"thing-{number}",
        type="thing",
        locale="fr",
        title="Thing",
        gate_id=gates.intern(rule_of(clauses)),
        early_gate_id=None if early is None else gates.intern(rule_of(early)),
        opens_at=opens_at,
        closes_at=closes_at,
        published_at=NOON,
        updated_at=NOON,
        card="{}",
        body="[]",
    )


def sign_up(number, groups, joined, kind):
    user = User.objects.create(
        email=f"p{number}@cabestan.example",
        is_superuser=kind == "administrator",
        is_active=kind != "gone",
    )
    mine = [groups[one - 1] for one in joined if one]
    if kind == "partner":
        user.organisation = Organisation.objects.create(name=f"Cinema {number}")
        user.organisation.groups.set(mine)
        user.save()
    else:
        user.groups.set(mine)
    return user


def selected(reader):
    clause = readable(reader, "e", vendor=connection.vendor)
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id FROM entries_entry e WHERE {clause.sql}",
            [adapt(param) for param in clause.params],
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_elasticsearch_gets_the_whole_rule_and_no_more(make_user, staff):
    at = datetime(2026, 11, 25, 8, tzinfo=UTC)
    gate = gates.intern(Rule.of([[staff.pk]]))
    gates.intern(Rule.of([[staff.pk + 1000]]))
    public = gates.intern(Rule.of([]))
    user = make_user(groups=[staff])

    body = elasticsearch_filter(
        Reader(grants_of_user(user, gates.all_gates(gates.state().version), at), at)
    )

    assert body == {
        "bool": {
            "filter": [
                {"terms": {"gate": sorted([public, gate])}},
                {"range": {"closes_at": {"gt": "2026-11-25T08:00:00.000+00:00"}}},
                {
                    "bool": {
                        "should": [
                            {"range": {"opens_at": {"lte": "2026-11-25T08:00:00.000+00:00"}}},
                            {"terms": {"early_gate": sorted([public, gate])}},
                        ],
                        "minimum_should_match": 1,
                    }
                },
            ]
        }
    }
