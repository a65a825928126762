"""A refused download in a browser: a page of the portal with the way on. Programs get a problem."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.html import escape

from cms.accounts import identity
from media import streaming
from media.renditions.keeping import make
from pages.press.accreditation import terms
from pages.press.accreditation.models import PressTerms
from tests.pages.press.conftest import item, kit, paper, photo
from tests.pages.press.test_terms_of_files import accredit

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
PROGRAMS = (
    None, "*/*", "application/json", "image/avif,image/webp,*/*;q=0.8",
    "application/problem+json, text/html;q=0.5",
)  # fmt: skip
HOST = "http://testserver"


@pytest.fixture
def page(room):
    image = photo()
    make(image)
    return kit(room, items=[item("photo", image), item("document", paper())])


def asked(browser, address, *, accept=BROWSER, tongue="fr", came="", **headers):
    found = {"Accept-Language": tongue, **headers}
    if accept is not None:
        found["Accept"] = accept
    if came:
        found["Referer"] = came
    return browser.get(address, headers=found)


def is_a_page(answer):
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    assert "</html>" in text
    assert 'id="main"' in text
    assert "no-store" in answer["Cache-Control"]
    assert "Accept" in answer["Vary"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    return text


def ways(text):
    """The address of each button, in order."""
    main = text.partition('id="main"')[2]
    return [
        one.replace("&amp;", "&")
        for one in re.findall(r'class="btn(?: main)?" href="([^"]+)"', main)
    ]


def test_terms_not_accepted_lead_to_the_terms_and_back_to_the_download(
    page, personas, other_outlet, django_user_model
):
    person = django_user_model.objects.get(email="nadia@soir.example")
    accredit(person, other_outlet)
    text = PressTerms.objects.create(
        version=1, locale="fr", text="Créditer.", published_at=identity.now()
    )
    browser = personas["journalist"].browser
    anchors = [one["id"] for one in page.items.get_prep_value()]
    image = page.items[0].value["image"]
    addresses = [
        f"/api/v1/kits/{page.entry_key}/v1.zip",
        f"/api/v1/kits/{page.entry_key}/v1.zip?items={anchors[0]}&size=web",
        f"/files/{image.file_key}/original",
    ]
    for address in addresses:
        answer = asked(browser, address)
        way = urlsplit(ways(is_a_page(answer))[0])
        assert answer.status_code == 403
        assert way.path == "/fr/press/accreditation/terms/"
        (back,) = parse_qs(way.query)["next"]
        assert (urlsplit(back).path, parse_qs(urlsplit(back).query)) == (
            urlsplit(address).path, parse_qs(urlsplit(address).query),
        )  # fmt: skip
        assert browser.get(f"{way.path}?{way.query}").status_code == 200

    accepted = browser.post(way.path, {"version": "1", "next": addresses[1]})
    assert accepted["Location"] == addresses[1]
    terms.accept(person, text, identity.now())
    for address in addresses:
        answer = asked(browser, address)
        assert answer.status_code == 200
        assert not answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("came", "tongue", "words", "home"),
    [
        ("", "fr", "Le fil s’arrête ici.", "/fr/"),
        ("", "en", "The thread ends here.", "/en/"),
        ("", "de", None, "/fr/"),
        (f"{HOST}/en/press/kit/", "fr", "The thread ends here.", "/en/"),
        ("https://elsewhere.example/en/", "fr", "Le fil s’arrête ici.", "/fr/"),
    ],
)
def test_the_page_speaks_the_language_of_the_page_one_came_from(page, came, tongue, words, home):
    answer = asked(Client(), "/files/image-999999", came=came, tongue=tongue)

    text = is_a_page(answer)
    assert answer.status_code == 404
    assert f'lang="{home.strip("/")}"' in text
    assert ways(text)[-1] == home
    if words:
        assert escape(words) in text or words in text


def test_missing_and_hidden_give_the_same_page_with_a_way_to_sign_in_and_come_back(
    room, page, personas
):
    secret = paper("Secret")
    kit(room, "Autre", items=[item("document", secret, readers="accredited")])
    hidden = asked(Client(), f"/files/{secret.file_key}")
    missing = asked(Client(), "/files/document-999999")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    theirs, nobodys = is_a_page(hidden), is_a_page(missing)
    assert theirs.replace(secret.file_key, "") == nobodys.replace("document-999999", "")
    way = urlsplit(ways(theirs)[0])
    assert way.path == "/account/login/"
    assert parse_qs(way.query)["next"] == [f"/files/{secret.file_key}"]
    signed_in = asked(personas["employee"].browser, f"/files/{secret.file_key}")
    assert signed_in.status_code == 404
    assert ways(is_a_page(signed_in)) == ["/fr/"]
    assert asked(personas["journalist"].browser, f"/files/{secret.file_key}").status_code == 200


def test_an_archive_that_changed_leads_to_the_kit(page):
    address = f"/api/v1/kits/{page.entry_key}/v1.zip?tag=another"

    answer = asked(Client(), address)

    assert answer.status_code == 412
    assert ways(is_a_page(answer))[0] == page.get_url()


def test_a_wrong_choice_of_a_kit_one_may_not_read_names_no_kit(room, page, hour):
    hidden = kit(room, "Caché", items=[item("document", paper("Caché"))], embargo_until=hour)
    for one in (page, hidden):
        answer = asked(Client(), f"/api/v1/kits/{one.entry_key}/v1.zip?size=huge")
        assert answer.status_code == 422
        assert (ways(is_a_page(answer))[0] == one.get_url()) is (one is page)
        assert "Caché" not in answer.content.decode()


def test_too_many_requests_lead_to_another_try(page, settings):
    settings.API_RATE = 1
    address = f"/api/v1/kits/{page.entry_key}/v1.zip"
    answers = [asked(Client(), address) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 429]
    assert int(answers[1]["Retry-After"]) > 0
    assert ways(is_a_page(answers[1]))[0] == address
    program = asked(Client(), address, accept="*/*")
    assert program.status_code == 429
    assert program["Content-Type"] == "application/problem+json"


def test_what_is_being_made_leads_to_another_try(room):
    image = photo("Immense", size=(3200, 2400))
    page = kit(room, items=[item("photo", image)])
    for address in (f"/api/v1/kits/{page.entry_key}/v1.zip", f"/files/{image.file_key}/press"):
        answer = asked(Client(), address)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert ways(is_a_page(answer))[0] == address


def test_no_place_among_the_downloads_leads_to_another_try(room, settings, monkeypatch):
    settings.DOWNLOADS_AT_ONCE = 1
    monkeypatch.setattr(streaming, "AT_ONCE", 16)
    page = kit(room, items=[item("document", paper())])
    address = f"/api/v1/kits/{page.entry_key}/v1.zip"
    running = asked(Client(), address)
    assert running.status_code == 200

    answer = asked(Client(), address)

    assert answer.status_code == 503
    assert ways(is_a_page(answer))[0] == address
    running.close()


def test_a_link_that_expired_is_not_told_on_and_leads_to_signing_in(page, personas, api, at):
    image = page.items[0].value["image"]
    link = api.get(f"files/{image.file_key}/link", token=personas["employee"].token).json()["href"]
    broken = link[:-2] + ("aa" if not link.endswith("aa") else "bb")

    answer = asked(Client(), broken)

    text = is_a_page(answer)
    assert answer.status_code == 401
    assert parse_qs(urlsplit(ways(text)[0]).query)["next"] == [f"/files/{image.file_key}"]


@pytest.mark.parametrize("accept", PROGRAMS)
def test_programs_pictures_and_players_get_a_problem(page, accept):
    for address in ("/files/image-999999", f"/api/v1/kits/{page.entry_key}/v9.zip"):
        answer = asked(Client(), address, accept=accept)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].endswith("nothing-here")


def test_calls_that_no_link_leads_to_answer_browsers_as_they_answer_programs(page):
    for address in ("/api/v1/entries/never", "/api/v1/kits/never", "/api/v1/files/image-9/link"):
        assert asked(Client(), address)["Content-Type"] == "application/problem+json"
    head = Client().head("/files/image-999999", headers={"Accept": BROWSER})
    assert (head.status_code, head["Content-Type"]) == (404, "application/problem+json")


def test_a_bad_token_of_a_browser_still_gives_a_page(page):
    answer = asked(Client(), "/files/image-1", Authorization="Bearer fr_never")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    is_a_page(answer)
