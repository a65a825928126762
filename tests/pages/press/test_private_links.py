"""Links to files that ask for more than the page: to those who may not have them there are none."""

import pytest
from wagtail.models import Collection, CollectionViewRestriction

from tests.factories import document
from tests.pages.press.conftest import kit, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(site, staff):
    collection = Collection.get_first_root_node().add_child(name="Interne")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="groups"
    )
    restriction.groups.add(staff)
    return document("Contrat", collection=collection)


@pytest.fixture
def link(secret):
    return f'<p>Voir <a linktype="document" id="{secret.pk}">le contrat</a>.</p>'


def with_boilerplate(room, link):
    room.boilerplate = link
    room.save_revision().publish()
    return room


PLACES = {
    "a room's words about the company": with_boilerplate,
    "a release's": lambda room, link: release(room, slug="sortie", boilerplate=link),
    "a biography": lambda room, link: kit(
        room,
        slug="horlogere",
        biographies=[("person", {"name": "Maud Kerjean", "role": "", "text": link})],
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_private_file_is_named_to_none_who_may_not_have_it(
    api, client, room, link, secret, staff, make_user, token_of, place
):
    page = PLACES[place](room, link)
    token = token_of(make_user(groups=[staff]))
    address = f"entries/{page.entry_key}"

    outside = api.get(address).content.decode()
    inside = api.get(address, token=token).content.decode()
    shown = client.get(page.get_url()).content.decode()

    assert secret.file_key not in outside
    assert secret.file_key not in shown
    assert api.get(f"/files/{secret.file_key}").status_code == 404
    if place == "a room's words about the company":  # a card is the same for everybody
        assert "le contrat" in outside
    else:
        assert secret.file_key in inside


@pytest.mark.parametrize("place", PLACES)
def test_a_file_for_all_who_read_the_page_is_linked(api, room, place):
    link = f'<p><a linktype="document" id="{document("Plaquette").pk}">la plaquette</a></p>'

    page = PLACES[place](room, link)

    assert 'href=\\"/files/document-' in api.get(f"entries/{page.entry_key}").content.decode()
