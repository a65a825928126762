"""Page type × persona × state: each type's own fields, by the ways that lead to a page."""

import html
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from wagtail.models import Collection, CollectionViewRestriction, get_page_models

from cms.entries import types
from pages.base.models import BasePage
from pages.models import BriefPage, PressReleasePage, PressRoomPage
from tests.factories import document
from tests.leaks.page_types import (
    INSIDE,
    Case,
    Made,
    build,
    in_bodies,
    in_sections,
    in_titles,
)
from tests.leaks.world import EVERYBODY, NOBODY, Persona

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

Seen = tuple[str, bool, bool]
"""What was looked for, whether it was found, and whether it should be."""
Look = Callable[[Persona, Case], Iterator[Seen]]
WAYS: dict[str, Look] = {}


def way(name: str) -> Callable[[Look], Look]:
    def register(look: Look) -> Look:
        WAYS[name] = look
        return look

    return register


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once: the ways only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def _text(answer):
    return html.unescape(answer.content.decode())


def _told_in(text: str, one: Made, persona: Persona) -> Iterator[Seen]:
    """Every field of a page, and its restricted section, in what somebody got."""
    may = persona.name in one.readers
    for said in one.said:
        yield said, said in text, may
    if one.kind.has_story:
        yield one.told.secret, one.told.secret in text, persona.name in one.insiders


@way("detail")
def in_detail(persona, case):
    for one in case.made:
        answer = persona.call(f"entries/{one.page.entry_key}")
        yield one.type, answer.status_code == 200, persona.name in one.readers
        yield one.told.word, one.told.word in _text(answer), persona.name in one.readers
        yield from _told_in(_text(answer), one, persona)


@way("by path")
def by_path(persona, case):
    for one in case.made:
        answer = persona.call("entries/by-path", path=one.page.get_url())
        yield one.type, answer.status_code == 200, persona.name in one.readers
        yield from _told_in(_text(answer), one, persona)


@way("portal page")
def as_a_page(persona, case):
    for one in case.made:
        answer = persona.open(one.page.get_url())
        may = persona.name in one.readers
        yield one.type, answer.status_code == 200, may
        # A home shows what is below it, and nothing of itself.
        if one.type != "home" or not may:
            yield one.told.word, one.told.word in _text(answer), may
        yield from _told_in(_text(answer), one, persona)


@way("list under a key")
def in_a_list(persona, case):
    answer = persona.call("entries", under=case.place.entry_key, limit=100)
    yield from _found_among(answer.json()["items"], case, persona)
    text = _text(answer)
    for one in case.made:
        yield one.told.word, one.told.word in text, persona.name in one.readers
        yield one.told.secret, one.told.secret in text, False


@way("list of a type")
def in_the_list_of_a_type(persona, case):
    for one in case.made:
        answer = persona.call("entries", type=one.type, under=case.place.get_url(), limit=100)
        keys = {item["key"] for item in answer.json()["items"]}
        yield one.type, one.page.entry_key in keys, persona.name in one.readers


def _found_among(items, case: Case, persona: Persona) -> Iterator[Seen]:
    keys = {item["key"] for item in items}
    for one in case.made:
        yield one.type, one.page.entry_key in keys, persona.name in one.readers


def _searched(persona: Persona, word: str):
    answer = persona.call("search", q=word, exact="true", limit=100)
    found = answer.json()
    assert found["count"] == len(found["items"])
    return found["items"], _text(answer)


@way("search for a word of the titles")
def by_a_word_of_the_title(persona, case):
    items, text = _searched(persona, in_titles(case.state.name))
    yield from _found_among(items, case, persona)
    for one in case.made:
        yield one.told.word, one.told.word in text, persona.name in one.readers


@way("search for a word of the bodies")
def by_a_word_of_the_body(persona, case):
    items, text = _searched(persona, in_bodies(case.state.name))
    keys = {item["key"] for item in items}
    for one in case.made:
        may = persona.name in one.readers and bool(one.said)
        yield one.type, one.page.entry_key in keys, may
        yield one.told.word, one.told.word in text, may


@way("search for a word of the restricted sections")
def by_a_word_of_the_sections(persona, case):
    items, text = _searched(persona, in_sections(case.state.name))
    keys = {item["key"] for item in items}
    for one in case.made:
        may = persona.name in one.insiders and one.kind.has_story
        yield one.type, one.page.entry_key in keys, may
        yield one.told.secret, one.told.secret in text, may


def _links(persona: Persona, case: Case, opened) -> Iterator[Seen]:
    """The addresses that a public page gives of what it points at, by each of its fields."""
    for carrier in {link.carrier.pk: link.carrier for link in case.links}.values():
        text = _text(opened(carrier))
        for link in case.links:
            if link.carrier.pk == carrier.pk:
                where = f"{link.target.type} by {link.field} of {carrier.entry_type_slug}"
                may = persona.name in link.target.readers
                yield where, link.target.page.get_url() in text, may
                yield f"word of {where}", link.target.told.word in text and not may, False


@way("links of public pages")
def in_links(persona, case):
    return _links(persona, case, lambda carrier: persona.call(f"entries/{carrier.entry_key}"))


@way("links of public pages in the portal")
def in_links_of_the_portal(persona, case):
    return _links(persona, case, lambda carrier: persona.open(carrier.get_url()))


@pytest.mark.parametrize("name", WAYS)
def test_each_page_type_is_shown_to_exactly_its_readers(world, name):
    wrong = [
        f"{'LEAK to' if found else 'hidden from'} {persona.name}: {what}, {case.state.name}"
        for case in world.cases
        for persona in world.personas.values()
        for what, found, may in WAYS[name](persona, case)
        if found != may
    ]

    assert wrong == []


def test_every_page_type_is_tried_in_the_matrix(world):
    """What was built, against what there is: a new type fails here until it is built."""
    registered = {one.slug for one in types.all_types()}
    models = {one for one in get_page_models() if issubclass(one, BasePage)}

    assert {one.entry_type_slug for one in models} == registered
    for case in world.cases:
        assert {type(one.page) for one in case.made} == models, case.state.name
        assert {link.target.type for link in case.links} == registered, case.state.name


def test_every_type_with_a_story_is_tried_with_a_restricted_section(world):
    with_stories = {one for one in get_page_models() if hasattr(one, "story")}

    tried = {type(one.page) for one in world.made if one.kind.has_story and one.page.story}
    assert tried == with_stories


def test_what_a_room_says_of_the_company_names_no_page_that_it_links_to(world):
    """It stands on a card, which is the same for whoever may read the room."""
    hidden = next(one for one in world.made if one.type == "brief" and one.readers == NOBODY)
    link = f'<p>Maison <a linktype="page" id="{hidden.page.pk}">fondée ici</a></p>'
    room = world.home.add_child(
        instance=PressRoomPage(
            title="Salle", slug="salle", locale=world.home.locale, boilerplate=link
        )
    )
    release = room.add_child(
        instance=PressReleasePage(title="Annonce", slug="annonce", locale=world.home.locale)
    )

    for persona in world.personas.values():
        for answer in (
            persona.call(f"entries/{room.entry_key}"),
            persona.call("entries", type="press-room"),
            persona.open(room.get_url()),
            persona.open(release.get_url()),
        ):
            assert "fondée ici" in _text(answer)
            assert hidden.page.entry_key not in _text(answer)
            assert 'href="entry:' not in _text(answer)


@pytest.mark.parametrize("name", ["facts", "say", "dont_say"])
def test_lines_of_a_brief_that_link_to_a_private_file_are_set_apart_and_nothing_else(world, name):
    collection = Collection.get_first_root_node().add_child(name="Réservé")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="groups"
    )
    restriction.groups.add(world.groups["Pool A"])
    file = document(collection=collection)
    lines = {one: [("line", f"<p>ligne {one} ouverte</p>")] for one in ("facts", "say", "dont_say")}
    link = f'<p>lien <a linktype="document" id="{file.pk}">réservé</a></p>'
    lines[name].append(("line", link))
    page = world.cases[0].place.add_child(
        instance=BriefPage(
            title="Brève", slug="breve", locale=world.home.locale,
            story=[("text", "<p>ligne story ouverte</p>")], **lines,
        )
    )  # fmt: skip

    words = {one: f"ligne {one} ouverte" for one in ("story", *lines)}
    words["file"] = file.file_key
    wanted = {one: INSIDE if one in {name, "file"} else EVERYBODY for one in words}

    for opened in (
        lambda persona: persona.call(f"entries/{page.entry_key}"),
        lambda persona: persona.open(page.get_url()),
    ):
        texts = {persona.name: _text(opened(persona)) for persona in world.personas.values()}
        found = {
            one: {who for who, text in texts.items() if word in text} for one, word in words.items()
        }
        assert found == wanted
