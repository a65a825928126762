"""Organisations, territories and memberships for a time, as readers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from cms.access import audience, gates
from cms.access.rule import (
    SIGNED_IN,
    Rule,
    organisation,
    organisation_in,
    territory,
    territory_in,
)
from cms.accounts import identity
from cms.accounts.models import Membership, Organisation
from cms.entries.models import Entry
from tests.factories import article, restrict

pytestmark = pytest.mark.django_db


def gated(page, rule):
    Entry.objects.filter(key=page.entry_key).update(gate_id=gates.intern(rule))


def member_of(make_user, name, **fields):
    outlet = Organisation.objects.create(name=name, kind="outlet", **fields)
    user = make_user(f"{name.lower()}@cabestan.example", organisation=outlet)
    browser = Client()
    browser.force_login(user)
    return outlet, user, browser


def test_pseudo_groups_are_told_apart_from_groups_and_from_each_other():
    assert territory_in(territory("FR")) == "FR"
    assert territory_in(territory("ZZ")) == "ZZ"
    assert organisation_in(organisation(1)) == 1
    assert organisation_in(territory("ZZ")) is None
    assert territory_in(organisation(1)) is None
    assert territory_in(7) is organisation_in(7) is None
    with pytest.raises(ValueError, match="two letters"):
        territory("fr")


def test_a_territory_is_named_in_the_language_of_whoever_looks():
    rule = Rule.of([[territory("CH"), territory("ZZ")]])
    known = gates.all_gates(gates.state().version)

    with translation.override("fr"):
        assert known.label_of(rule) == "Suisse ou région indéterminée"
    with translation.override("en"):
        assert known.names_of(rule) == [["Switzerland", "Unknown Region"]]


def test_whoever_is_signed_in_is_named_as_records_name_them():
    known = gates.all_gates(gates.state().version)

    assert known.names_of(Rule.of([[SIGNED_IN]])) == [["signed-in"]]


def test_a_gate_for_one_organisation_lets_its_members_in_and_nobody_else(
    section, make_user, client
):
    mine, user, browser = member_of(make_user, "Ecran")
    _, _, other = member_of(make_user, "Miroir")
    page = article(section)
    rule = Rule.of([[organisation(mine.pk)]])
    gated(page, rule)

    assert browser.get(page.url).status_code == 200
    assert other.get(page.url).status_code == 404
    assert client.get(page.url).status_code == 404
    assert list(audience.readers_of(rule, timezone.now())) == [user]
    known = gates.all_gates(gates.state().version)
    assert known.label_of(rule) == "Ecran"

    user.organisation = None
    user.save()
    assert browser.get(page.url).status_code == 404


def test_a_territory_lets_in_the_organisations_there_and_the_companys_own_people(
    section, make_user, client
):
    swiss, partner, browser = member_of(make_user, "Lac", territory="CH")
    _, _, french = member_of(make_user, "Seine", territory="FR")
    _, _, nowhere = member_of(make_user, "Sans")
    employee = make_user("employe@cabestan.example")
    own = Client()
    own.force_login(employee)
    page = article(section)
    rule = Rule.of([[territory("CH"), territory("BE")]])
    gated(page, rule)

    assert [one.get(page.url).status_code for one in (browser, own)] == [200, 200]
    assert [one.get(page.url).status_code for one in (french, nowhere, client)] == [404] * 3
    assert set(audience.readers_of(rule, timezone.now())) == {partner, employee}
    with translation.override("fr"):
        assert gates.all_gates(gates.state().version).label_of(rule) == "Belgique ou Suisse"

    # Around every code path, as an operator would.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_organisation SET territory = 'FR' WHERE id = %s", [swiss.pk]
        )
    assert browser.get(page.url).status_code == 404


def test_a_membership_counts_from_its_start_to_its_end_and_not_a_request_longer(
    section, make_user, press, monkeypatch
):
    user = make_user()
    browser = Client()
    browser.force_login(user)
    page = article(section)
    restrict(page, press)
    start = timezone.now() + timedelta(hours=1)
    end = start + timedelta(days=1)
    Membership.objects.create(user=user, group=press, starts_at=start, ends_at=end)
    rule = Rule.of([[press.pk]])

    for moment, status in (
        (start - timedelta(seconds=1), 404),
        (start, 200),
        (end - timedelta(microseconds=1), 200),
        (end, 404),
    ):
        monkeypatch.setattr(identity, "now", lambda moment=moment: moment)
        assert browser.get(page.url).status_code == status, moment
        assert audience.readers_of(rule, moment).exists() == (status == 200)


def test_a_membership_that_is_ended_closes_on_the_next_request(section, make_user, press):
    user = make_user()
    browser = Client()
    browser.force_login(user)
    page = article(section)
    restrict(page, press)
    membership = Membership.objects.create(
        user=user, group=press, starts_at=timezone.now() - timedelta(days=1)
    )
    assert browser.get(page.url).status_code == 200
    Membership.objects.filter(pk=membership.pk).update(ends_at=timezone.now())
    assert browser.get(page.url).status_code == 404
