"""One's own accreditation on the press pages, and the terms before a download."""

from datetime import timedelta

import pytest

from cms.accounts import identity
from cms.accounts.models import User
from media.renditions.keeping import make
from pages.press.accreditation import terms
from pages.press.accreditation.models import Accreditation, PressTerms
from tests.pages.press.conftest import item, kit, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(personas, other_outlet):
    """The journalist, accredited until a month from now."""
    person = User.objects.get(email="nadia@soir.example")
    person.first_name, person.last_name = "Nadia", "Ferrand"
    person.save()
    moment = identity.now()
    Accreditation.objects.create(
        person=person,
        email=person.email,
        first_name="Nadia",
        last_name="Ferrand",
        outlet=other_outlet,
        outlet_name=other_outlet.name,
        role="critique",
        beat="cinema",
        country="FR",
        language="fr",
        state="approved",
        requested_at=moment,
        confirmed_at=moment,
        decided_at=moment,
        ends_at=moment + timedelta(days=30),
    )
    return person


def test_the_room_says_how_ones_accreditation_stands(room, personas, nadia):
    own = personas["journalist"].browser.get("/fr/presse/").content.decode()
    others = personas["anonymous"].browser.get("/fr/presse/").content.decode()

    assert "Nadia Ferrand, Le Soir des salles" in own
    assert "Le Soir des salles" not in others
    assert "/press/accreditation/" in others


def test_the_present_terms_come_before_a_download(room, personas, nadia, api):
    image = photo()
    make(image)
    page = kit(room, items=[item("photo", image)])
    href = f"/api/v1/kits/{page.entry_key}/v1.zip"
    journalist, anonymous = personas["journalist"], personas["anonymous"]
    assert journalist.browser.get(href).status_code == 200
    text = PressTerms.objects.create(
        version=1, locale="fr", text="Créditer.", published_at=identity.now()
    )

    refused = journalist.browser.get(href)

    assert refused.status_code == 403
    assert refused.json()["type"].endswith("terms-to-accept")
    assert anonymous.browser.get(href).status_code == 200
    assert "/press/accreditation/terms/" in journalist.browser.get(page.get_url()).content.decode()

    terms.accept(nadia, text, identity.now())
    assert journalist.browser.get(href).status_code == 200
