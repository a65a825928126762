"""A press room with its people: an outlet that reads early, another one, and their journalists."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cms.accounts import identity
from cms.accounts.models import Organisation
from pages.models import PressContactPage, PressKitPage, PressReleasePage, PressRoomPage
from tests.factories import document, picture
from tests.pages.conftest import may_do_everything

ROOM = "/fr/presse/"


@pytest.fixture
def press_group(db):
    return Group.objects.get_or_create(name="Presse accréditée")[0]


@pytest.fixture
def room(site, press_group):
    return site.add_child(
        instance=PressRoomPage(
            title="Espace presse",
            slug="presse",
            locale=site.locale,
            show_in_menus=True,
            boilerplate="<p>Cabestan distribue des films.</p>",
        )
    )


@pytest.fixture
def officer(make_user):
    return may_do_everything(make_user("margaux@cabestan.example", is_superuser=True))


@pytest.fixture
def early_outlet(db):
    return Organisation.objects.create(name="L’Écran du matin", kind="outlet")


@pytest.fixture
def other_outlet(db):
    return Organisation.objects.create(name="Le Soir des salles", kind="outlet")


@dataclass
class Persona:
    """Somebody with a browser and, unless anonymous, a token."""

    browser: Client
    token: str | None


@pytest.fixture
def personas(make_user, token_of, press_group, early_outlet, other_outlet, staff):
    """Anonymous, a journalist, one of the outlet that reads early, an employee."""

    def persona(email, **fields):
        user = make_user(email, **fields)
        browser = Client()
        browser.force_login(user)
        return Persona(browser, token_of(user))

    return {
        "anonymous": Persona(Client(), None),
        "journalist": persona(
            "nadia@soir.example", groups=[press_group], organisation=other_outlet
        ),
        "early": persona("jean@ecran.example", groups=[press_group], organisation=early_outlet),
        "unaccredited": persona("ancien@ecran.example", organisation=early_outlet),
        "employee": persona("camille@cabestan.example", groups=[staff]),
    }


@pytest.fixture
def hour():
    return identity.now().replace(microsecond=0) + timedelta(days=1, hours=21, minutes=40)


@pytest.fixture
def at(monkeypatch):
    """Set the clock of every request."""

    def moved(moment):
        monkeypatch.setattr(identity, "now", lambda: moment)

    return moved


def release(room, title="Sortie le 9 décembre", *, early_outlets=(), **fields):
    page = PressReleasePage(title=title, locale=room.locale, **fields)
    page.early_outlets.set(early_outlets)
    return room.add_child(instance=page)


def kit(room, title="L’Horlogère", *, early_outlets=(), **fields):
    fields.setdefault("film_title", title)
    page = PressKitPage(title=title, locale=room.locale, **fields)
    page.early_outlets.set(early_outlets)
    return room.add_child(instance=page)


def contact(room, title="Margaux Delorme", **fields):
    fields.setdefault("email", "m.delorme@cabestan.example")
    return room.add_child(instance=PressContactPage(title=title, locale=room.locale, **fields))


def photo(title="L’établi", **fields):
    """A picture that the press may have."""
    settled = {
        "credit": "© Joachim Serre / Cabestan",
        "description": f"{title}, vu de près",
        "is_confirmed": True,
    }
    return picture(title, **{**settled, **fields})


def paper(title="Dossier", **fields):
    return document(title, **{"is_confirmed": True, **fields})


def item(kind, asset, **fields):
    """An item of a kit as its stream holds it."""
    name = {"photo": "image", "logo": "image", "document": "document", "video": "video"}[kind]
    value = {
        name: asset,
        "title": "",
        "readers": "public",
        "embargo_until": None,
        "early_outlets": [],
    }
    if kind == "photo":
        value["caption"] = ""
    if kind == "logo":
        value["document"] = None
    return (kind, {**value, **fields})
