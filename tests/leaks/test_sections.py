"""A restricted section: its words, its place and its files, by every way, for every persona."""

import pytest
from django.db import transaction

from pages.models import ArticlePage
from tests.factories import document, picture, restricted_block
from tests.leaks.world import EVERYBODY, build_people

pytestmark = pytest.mark.django_db

INSIDE = frozenset({"member", "pool_only", "administrator"})
SECRET = "mot-réservé"


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


class Scene:
    """A public article with a section for Pool A, which holds a picture and a file of its own."""

    def __init__(self):
        home, groups, self.personas = build_people()
        self.image = picture(f"image {SECRET}")
        self.file = document(f"fichier {SECRET}")
        self.page = home.add_child(
            instance=ArticlePage(
                title="Article ouvert",
                slug="article-ouvert",
                locale=home.locale,
                story=[
                    ("text", "<p>Ouvert</p>"),
                    restricted_block(
                        [groups["Pool A"]],
                        ("text", f"<p>{SECRET}</p>"),
                        ("image", {"image": self.image, "alt": "", "caption": SECRET}),
                        ("file", {"document": self.file, "title": SECRET}),
                        title=f"Titre {SECRET}",
                    ),
                ],
            )
        )

    def found(self, persona, **query):
        return persona.call("search", **{"q": f'"{SECRET}"', "exact": "true", **query}).json()

    def body(self, persona):
        return persona.call(f"entries/{self.page.entry_key}").json()


WAYS = {
    "detail": lambda scene, who: SECRET in str(scene.body(who)),
    "place": lambda scene, who: len(scene.body(who)["body"]) > 1,
    "list of files": lambda scene, who: scene.body(who)["files"] != [],
    "portal page": lambda scene, who: SECRET in who.open(scene.page.get_url()).content.decode(),
    "picture": lambda scene, who: who.open(f"/files/{scene.image.file_key}").status_code == 200,
    "size": lambda scene, who: who.open(f"/files/{scene.image.file_key}/lead").status_code == 200,
    "file": lambda scene, who: who.open(f"/files/{scene.file.file_key}").status_code == 200,
    "search": lambda scene, who: scene.found(who)["count"] == 1,
    "facet": lambda scene, who: scene.found(who)["facets"]["type"] != [],
    "section of a hit": lambda scene, who: "sections" in str(scene.found(who)),
    "highlight": lambda scene, who: "<mark>réservé</mark>" in str(scene.found(who)),
    "correction": lambda scene, who: scene.found(who, q="resreve", exact="false")["count"] == 1,
    "section beside open words": lambda scene, who: (
        "sections" in scene.found(who, q=f"ouvert {SECRET}")["items"][0]
    ),
    "search page": lambda scene, who: (
        "Article ouvert" in who.open("/fr/search/", q=f'"{SECRET}"').content.decode()
    ),
    "search page beside open words": lambda scene, who: (
        'class="thread infile"' in who.open("/fr/search/", q=f"ouvert {SECRET}").content.decode()
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_restricted_section_is_there_for_its_readers_and_nowhere_for_others(scene, way):
    found = {name for name, who in scene.personas.items() if WAYS[way](scene, who)}

    assert found == INSIDE


@pytest.mark.parametrize("address", ["entries?limit=100", "home", "entries/by-path?path=/fr/"])
def test_its_words_are_in_no_list_of_anybody(scene, address):
    found = {
        name
        for name, who in scene.personas.items()
        if SECRET in who.open(f"/api/v1/{address}").content.decode()
    }

    assert found == set()


def test_everybody_reads_the_rest(scene):
    found = {name for name, who in scene.personas.items() if "Ouvert" in str(scene.body(who))}

    assert found == EVERYBODY
