"""A section says how it can be followed, and each of these addresses answers."""

import re

import pytest

from tests.factories import article, restrict

pytestmark = pytest.mark.django_db

OFFERED = re.compile(r'<a href="(/feeds/[^"]+)" type="([^"]+)"')


def test_a_public_section_offers_each_kind_of_feed(client, section):
    article(section, "Dans le fil")

    offered = OFFERED.findall(client.get(section.get_url()).content.decode())

    assert [address.rpartition(".")[2] for address, _ in offered] == ["atom", "rss", "json"]
    for address, kind in offered:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(kind)
        assert "Dans le fil" in answer.content.decode()


def test_a_section_behind_a_gate_offers_no_feed_without_a_name(client, section, staff, make_user):
    restrict(section, staff)
    client.force_login(make_user(groups=[staff]))

    page = client.get(section.get_url()).content.decode()

    assert OFFERED.findall(page) == []
    assert f"/account/feeds/{section.entry_key}/" in page
