"""Seeing the portal as somebody else: exactly theirs, read-only, an administrator's alone."""

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry

from cms.accounts import identity, viewing
from cms.accounts.models import Organisation
from search.insight.models import Asked
from tests.factories import article, restrict

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_user):
    return make_user("admin@cabestan.example", is_superuser=True)


@pytest.fixture
def browser(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def look(browser, kind, pk):
    return browser.post(f"/editor/view-as/{kind}/{pk}/")


def test_an_administrator_sees_what_the_person_sees_and_then_their_own_again(
    section, browser, make_user, staff, press
):
    person = make_user("lea@cabestan.example", groups=[press])
    for_press = article(section, "Pour la presse")
    restrict(for_press, press)
    for_staff = article(section, "Pour les salariés")
    restrict(for_staff, staff)
    assert browser.get(for_staff.url).status_code == 200

    assert look(browser, "user", person.pk).status_code == 302

    assert browser.get(for_press.url).status_code == 200
    assert browser.get(for_staff.url).status_code == 404
    assert browser.get("/api/v1/me").json()["email"] == "lea@cabestan.example"
    assert b'class="urgent"' in browser.get(for_press.url).content
    browser.get("/as-yourself/")
    assert browser.get(for_staff.url).status_code == 200
    assert b'class="urgent"' not in browser.get(for_staff.url).content


def test_the_person_never_gets_the_page_that_was_made_for_the_administrator(
    section, browser, make_user, press
):
    person = make_user("lea@cabestan.example", groups=[press])
    page = article(section, "Ouvert")
    look(browser, "user", person.pk)
    own = Client()
    own.force_login(person)
    for _ in range(3):
        assert b'class="urgent"' in browser.get(page.url).content
        assert b'class="urgent"' not in own.get(page.url).content


def test_an_organisation_is_seen_as_its_members_see_it_and_a_visitor_as_anybody(
    section, browser, press
):
    outlet = Organisation.objects.create(name="L’Écran du matin", kind="outlet")
    outlet.groups.add(press)
    page = article(section, "Pour la presse")
    restrict(page, press)

    look(browser, "organisation", outlet.pk)
    assert browser.get(page.url).status_code == 200
    look(browser, "visitor", 0)
    assert browser.get(page.url).status_code == 404
    assert browser.get("/api/v1/me").json()["email"] is None


def test_nothing_is_changed_in_somebody_elses_name(section, browser, make_user, press):
    person = make_user("lea@cabestan.example", groups=[press])
    look(browser, "user", person.pk)

    assert browser.post("/fr/search/saved/", {"q": "affiche"}).status_code == 403
    assert browser.get("/account/tokens/").status_code == 403
    browser.get("/fr/search/", {"q": "affiche"})
    assert not Asked.objects.exists()
    assert browser.get("/editor/").status_code == 200


def test_only_an_administrator_may_and_the_log_says_so(browser, administrator, make_user, press):
    person = make_user("lea@cabestan.example", groups=[press])
    curious = Client()
    curious.force_login(make_user("curieux@cabestan.example", groups=[press]))

    assert look(curious, "user", person.pk).status_code in {302, 403}
    assert viewing.COOKIE not in curious.cookies
    look(browser, "user", person.pk)

    entry = ModelLogEntry.objects.get(action="cms.view_as")
    assert (entry.user, entry.data["name"]) == (administrator, str(person))


def test_the_cookie_is_good_for_one_session_of_an_administrator_and_for_an_hour(
    section, browser, make_user, staff, press, monkeypatch
):
    person = make_user("lea@cabestan.example", groups=[press])
    other = make_user("paul@cabestan.example", groups=[staff])
    page = article(section, "Pour la presse")
    restrict(page, press)
    look(browser, "user", person.pk)
    cookie = browser.cookies[viewing.COOKIE].value

    thief = Client()
    thief.force_login(other)
    thief.cookies[viewing.COOKIE] = cookie
    assert thief.get(page.url).status_code == 404
    anonymous = Client()
    anonymous.cookies[viewing.COOKIE] = cookie
    assert anonymous.get(page.url).status_code == 404

    later = identity.now() + viewing.LASTS
    monkeypatch.setattr(identity, "now", lambda: later)
    assert browser.get("/api/v1/me").json()["email"] == "admin@cabestan.example"


def test_who_ceases_to_be_an_administrator_sees_their_own_at_once(
    section, browser, administrator, make_user, press
):
    person = make_user("lea@cabestan.example", groups=[press])
    page = article(section, "Pour la presse")
    restrict(page, press)
    look(browser, "user", person.pk)
    assert browser.get(page.url).status_code == 200

    administrator.is_superuser = False
    administrator.save()
    assert browser.get(page.url).status_code == 404
