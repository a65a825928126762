"""A restricted section: its words, its place and its files, by every way, for every persona."""

import html
import json
import re

import pytest
from django.db import transaction

from pages.base.topics import Topic
from pages.models import ArticlePage, HomePage
from tests.factories import article, document, picture, restricted_block, subsection
from tests.leaks.world import EDITORS, EVERYBODY, build_people

pytestmark = pytest.mark.django_db

INSIDE = frozenset({"member", "pool_only", "administrator"})
SECRET = "mot-réservé"
LONG = 737_000  # bytes of the file
SIZE = "737\N{NO-BREAK SPACE}k"  # as people read it, which nothing else is
FORMS = ("atom", "rss", "json")


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


class Scene:
    """A public article with a section for Pool A, which holds a picture and a file of its own.

    Around it stands what shows a page in brief: its place, something below it, a page with the same
    topic, one that links to it and its English version.
    """

    def __init__(self):
        home, groups, self.personas = build_people()
        self.image = picture(f"image {SECRET}")
        self.file = document(f"fichier {SECRET}", content=b"%PDF-1.4 ".ljust(LONG))
        self.topic = Topic.objects.create(name="Sujet", slug="sujet")
        self.place = subsection(home, "Lieu")
        page = ArticlePage(
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
        page.topics.add(self.topic)
        self.page = self.place.add_child(instance=page)
        self.below = article(self.page, "Dessous")
        related = ArticlePage(title="Voisin", slug="voisin", locale=home.locale)
        related.topics.add(self.topic)
        self.related = self.place.add_child(instance=related)
        self.carrier = article(self.place, "Porteur", story=[("pages", [self.page])])
        english = HomePage.objects.get(locale__language_code="en")
        self.english = article(english, "Version", translation_key=self.page.translation_key)

    def found(self, persona, **query):
        return persona.call("search", **{"q": f'"{SECRET}"', "exact": "true", **query}).json()

    def body(self, persona):
        return persona.call(f"entries/{self.page.entry_key}").json()

    def portal(self, persona):
        return text_of(persona.open(self.page.get_url()))

    def listed_sizes(self, persona):
        return [one["size"] for one in self.body(persona)["files"]]

    def measured(self, persona):
        """The length that a server says of the file to who only asks for that."""
        return persona.browser.head(f"/files/{self.file.file_key}").get("Content-Length")


def text_of(answer):
    """What an answer says, as a person would read it."""
    said = answer.content.decode()
    if "json" in answer["Content-Type"]:
        said = json.dumps(json.loads(said), ensure_ascii=False)
    return re.sub("</?mark>", "", html.unescape(said))


def feed_of_a_search(form, *, by_token):
    """The feed of a search for the secret."""

    def look(_scene, who):
        query = {"token": who.feed_token} if by_token and who.feed_token else {}
        answer = who.open(f"/fr/search.{form}", q=f'"{SECRET}"', **query)
        assert answer.status_code == 200
        return "Article ouvert" in text_of(answer)

    return look


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
    "listed size": lambda scene, who: scene.listed_sizes(who) == [LONG],
    "any listed size": lambda scene, who: scene.listed_sizes(who) != [],
    "size on the page": lambda scene, who: SIZE in scene.portal(who),
    "measured size": lambda scene, who: scene.measured(who) == str(LONG),
    **{
        f"{form} of a search, by {who}": feed_of_a_search(form, by_token=who == "token")
        for form in FORMS
        for who in ("token", "session")
    },
    "search page beside open words": lambda scene, who: (
        'class="thread infile"' in who.open("/fr/search/", q=f"ouvert {SECRET}").content.decode()
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_restricted_section_is_there_for_its_readers_and_nowhere_for_others(scene, way):
    found = {name for name, who in scene.personas.items() if WAYS[way](scene, who)}

    assert found == INSIDE


def feed(form, *, by_token):
    """The feed of the article's place."""

    def opened(scene, who):
        query = {"token": who.feed_token} if by_token and who.feed_token else {}
        return who.open(f"/feeds/{scene.place.entry_key}.{form}", **query)

    return opened


# What shows a page in brief, and never what is in it.
IN_BRIEF = {
    "list": lambda _scene, who: who.call("entries", limit=100),
    "list below": lambda scene, who: who.call("entries", under=scene.place.entry_key),
    "list of a topic": lambda scene, who: who.call("entries", topic=scene.topic.slug),
    "home": lambda _scene, who: who.call("home"),
    "suggestion": lambda _scene, who: who.call("suggest", q="article ouv"),
    "search for open words": lambda _scene, who: who.call("search", q="article", exact="true"),
    **{
        f"{form} by {who}": feed(form, by_token=who == "token")
        for form in FORMS
        for who in ("token", "session")
    },
    "sitemap": lambda _scene, who: who.open("/sitemap.xml"),
    "related": lambda scene, who: who.open(scene.related.get_url()),
    "topic page": lambda scene, who: who.open(f"/fr/topics/{scene.topic.slug}/"),
    "front page": lambda _scene, who: who.open("/fr/"),
    "section page": lambda scene, who: who.open(scene.place.get_url()),
    "breadcrumb": lambda scene, who: who.call(f"entries/{scene.below.entry_key}"),
    "breadcrumb of a page": lambda scene, who: who.open(scene.below.get_url()),
    "translation": lambda scene, who: who.call(f"entries/{scene.english.entry_key}"),
    "language switch": lambda scene, who: who.open(scene.english.get_url()),
    "page link": lambda scene, who: who.call(f"entries/{scene.carrier.entry_key}"),
    "page link in the portal": lambda scene, who: who.open(scene.carrier.get_url()),
}


@pytest.mark.parametrize("way", IN_BRIEF)
def test_where_a_page_is_shown_in_brief_nobody_is_told_of_its_restricted_section(scene, way):
    files = rf"\b(?:{scene.image.file_key}|{scene.file.file_key})\b"
    told, shown = set(), set()
    for name, who in scene.personas.items():
        text = text_of(IN_BRIEF[way](scene, who))
        if scene.page.get_url() in text:
            shown.add(name)
        if re.search(rf"{SECRET}|{SIZE}|{LONG}|{files}", text):
            told.add(name)

    assert shown == EVERYBODY
    assert told == set()


def test_an_editor_sees_all_in_a_preview_and_on_the_page_only_what_is_theirs(scene):
    address = f"/editor/pages/{scene.page.pk}/view_draft/"
    previewed, read, opened = set(), set(), set()
    for name, who in scene.personas.items():
        draft = text_of(who.open(address))
        if f"Titre {SECRET}" in draft and scene.file.file_key in draft:
            previewed.add(name)
        assert (SECRET in draft) == (name in previewed)
        if SECRET in scene.portal(who):
            read.add(name)
        if scene.file.file_key in scene.portal(who):
            opened.add(name)

    assert previewed == EDITORS
    assert read == opened == INSIDE


def test_everybody_reads_the_rest(scene):
    found = {name for name, who in scene.personas.items() if "Ouvert" in str(scene.body(who))}

    assert found == EVERYBODY
