"""Files of the press room, one by one: what the ZIP asks of accredited people, they ask too."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from cms.accounts import identity
from media.models import Video
from media.renditions.keeping import make
from pages.press.accreditation import terms
from pages.press.accreditation.models import Accreditation, PressTerms
from tests.factories import article
from tests.leaks.kits import FILM
from tests.pages.press.conftest import item, kit, paper, photo

pytestmark = pytest.mark.django_db

SHOWN = ("thumb", "card", "poster", "lead", "wide", "share")
TAKEN = ("web", "press", "original")


def accredit(person, outlet):
    moment = identity.now()
    return Accreditation.objects.create(
        person=person, email=person.email, first_name="Nadia", last_name="Ferrand", outlet=outlet,
        outlet_name=outlet.name, role="critique", beat="cinema", country="FR", language="fr",
        state="approved", requested_at=moment, confirmed_at=moment, decided_at=moment,
        ends_at=moment + timedelta(days=30),
    )  # fmt: skip


@pytest.fixture
def nadia(personas, other_outlet, django_user_model):
    person = django_user_model.objects.get(email="nadia@soir.example")
    accredit(person, other_outlet)
    return person


@pytest.fixture
def new_terms(db):
    return PressTerms.objects.create(
        version=1, locale="fr", text="Créditer.", published_at=identity.now()
    )


@pytest.fixture
def film(db):
    return Video.objects.create(
        title="Bande-annonce", description="Un train", is_confirmed=True,
        file=ContentFile(FILM + b"film", name="film.mp4"),
    )  # fmt: skip


@pytest.fixture
def page(room, film):
    image = photo()
    make(image)
    return kit(room, items=[item("photo", image), item("document", paper()), item("video", film)])


def files_of(page):
    image, document, film = (one.value for one in page.items)
    return image["image"].file_key, document["document"].file_key, film["video"].file_key


def takings(page):
    image, document, film = files_of(page)
    return [
        f"/files/{image}",
        *(f"/files/{image}/{size}" for size in TAKEN),
        f"/files/{image}/card?download",
        f"/files/{document}",
        f"/files/{document}?download",
        f"/files/{film}?download",
    ]


def showings(page):
    image, _document, film = files_of(page)
    return [*(f"/files/{image}/{size}" for size in SHOWN), f"/files/{film}"]


def statuses(browser, addresses):
    return {browser.get(one).status_code for one in addresses}


def test_what_is_taken_waits_for_the_terms_and_what_pages_show_does_not(
    page, personas, nadia, new_terms
):
    browser = personas["journalist"].browser

    assert statuses(browser, takings(page)) == {403}
    assert statuses(browser, showings(page)) == {200}
    assert browser.get(page.get_url()).status_code == 200
    for name in ("anonymous", "employee"):
        assert statuses(personas[name].browser, takings(page)) == {200}

    terms.accept(nadia, new_terms, identity.now())
    assert statuses(browser, takings(page)) == {200}

    PressTerms.objects.create(
        version=2, locale="fr", text="Créditer encore.", published_at=identity.now()
    )
    assert statuses(browser, takings(page)) == {403}


def test_a_file_answers_as_the_archive_does_with_the_same_way_out(page, personas, nadia, new_terms):
    browser = personas["journalist"].browser
    archive = f"/api/v1/kits/{page.entry_key}/v1.zip"
    answers = {one: browser.get(one) for one in (archive, *takings(page))}

    said = {
        (one.status_code, one["Content-Type"], one.json()["type"], one.json()["detail"])
        for one in answers.values()
    }
    assert len(said) == 1
    for address, one in answers.items():
        remedy = urlsplit(one.json()["remedy"])
        assert remedy.path == "/fr/press/accreditation/terms/"
        back = parse_qs(remedy.query)["next"][0]
        assert back.rstrip("=") == address
    accepted = browser.post(
        "/fr/press/accreditation/terms/", {"version": 1, "next": takings(page)[0]}
    )
    assert accepted["Location"] == takings(page)[0]
    assert browser.get(accepted["Location"]).status_code == 200


def test_ranges_heads_and_links_ask_as_well(page, personas, nadia, new_terms, api):
    image, document, _film = files_of(page)
    journalist = personas["journalist"]
    link = api.get(f"files/{document}/link", token=journalist.token).json()["href"]
    shown = api.get(f"files/{image}/link?rendition=card", token=journalist.token).json()["href"]

    assert Client().get(link).status_code == 403
    assert Client().get(shown).status_code == 200
    assert journalist.browser.head(f"/files/{document}").status_code == 403
    ranged = journalist.browser.get(f"/files/{document}", headers={"Range": "bytes=0-3"})
    assert ranged.status_code == 403

    terms.accept(nadia, new_terms, identity.now())
    assert Client().get(link).status_code == 200


def test_whoever_holds_the_file_otherwise_is_not_asked(section, page, personas, nadia, new_terms):
    browser = personas["journalist"].browser
    image, document, _film = files_of(page)
    assert browser.get(f"/files/{document}").status_code == 403

    held = page.items[1].value["document"]
    article(section, "Note", story=[("file", {"document": held, "title": ""})])

    assert browser.get(f"/files/{document}").status_code == 200
    assert browser.get(f"/files/{image}").status_code == 403


def test_editors_are_not_asked(page, make_user, other_outlet, new_terms, press_group):
    officer = make_user("margaux@cabestan.example", is_superuser=True)
    accredit(officer, other_outlet)
    browser = Client()
    browser.force_login(officer)

    assert statuses(browser, takings(page)) == {200}


def test_sizes_that_pages_show_cost_no_query_more(
    page, personas, nadia, new_terms, django_assert_num_queries
):
    image = files_of(page)[0]
    counts = {}
    for name in ("journalist", "employee"):
        browser = personas[name].browser
        browser.get(f"/files/{image}/card")
        with django_assert_num_queries(3):
            assert browser.get(f"/files/{image}/card").status_code == 200
        counts[name] = 3
    assert counts


def test_captions_of_a_film_play_before_the_terms_are_accepted(
    room, film, personas, nadia, new_terms
):
    from tests.factories import document

    captions = document(
        "Sous-titres", name="film.vtt", content=b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n",
        is_confirmed=True,
    )  # fmt: skip
    film.captions = captions
    film.save()
    kit(room, items=[item("video", film)])
    browser = personas["journalist"].browser

    assert browser.get(f"/files/{captions.file_key}").status_code == 200
    assert browser.get(f"/files/{captions.file_key}?download").status_code == 403
