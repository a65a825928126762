"""The people, and one page in every state, each with words and files that occur nowhere else.

Who may read what is written down here by hand, in terms of people. It asks nothing of the product.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
)

from cms.accounts import tokens
from cms.accounts.models import Organisation, User
from pages.base.topics import Topic
from pages.models import ArticlePage, HomePage, PressContactPage, PressKitPage, SectionPage
from search.models import Frequent, Promotion
from tests.conftest import build_site
from tests.factories import document, picture, restrict
from tests.leaks import kits

EVERYBODY = frozenset(
    {
        "anonymous", "stranger", "employee", "member", "other_pool", "pool_only", "partner",
        "journalist", "editor", "administrator",
    }
)  # fmt: skip
SIGNED_IN = EVERYBODY - {"anonymous"}
EMPLOYEES = frozenset({"employee", "member", "other_pool", "editor", "administrator"})
EDITORS = frozenset({"editor", "administrator"})
NOBODY: frozenset[str] = frozenset()


@dataclass
class World:
    """Everything the channels look at."""

    home: HomePage
    english: HomePage
    groups: dict[str, Group]
    personas: dict[str, "Persona"]
    cases: list["Case"] = field(default_factory=list)


@dataclass
class Persona:
    """A person with a browser and a token; anonymous has neither."""

    name: str
    browser: Client
    token: str = ""
    feed_token: str = ""

    def call(self, route: str, **query: Any) -> Any:
        """The reader API, by token."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return Client().get(f"/api/v1/{route}", query, headers=headers)

    def tell(self, route: str, data: dict[str, Any]) -> Any:
        """A POST to the reader API, by token."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return Client().post(
            f"/api/v1/{route}", data, content_type="application/json", headers=headers
        )

    @property
    def user_id(self) -> int:
        return int(self.browser.session[SESSION_KEY])

    def open(self, address: str, **query: Any) -> Any:
        """A page of the portal, by session."""
        return self.browser.get(address, query)


@dataclass
class Case:
    """One page in one state, and its surroundings."""

    state: str
    readers: frozenset[str]
    has_entry: bool
    place: SectionPage  # the top-level section in which it stands
    page: ArticlePage
    parent: SectionPage  # a section in the same state, with a child that only inherits its privacy
    child: ArticlePage
    translation: ArticlePage  # in the same state, the English version of the carrier
    carrier: ArticlePage  # a public page that links to the page and shares its topic
    topic: Topic
    image: Any
    file: Any
    kit: PressKitPage  # in the same state, with a photo, a film and a document of its own
    contact: PressContactPage

    @property
    def word(self) -> str:
        return f"marqueur-{self.state}-mot"

    @property
    def rare(self) -> str:
        """A word that nothing has but the page: one to search for, and to misspell."""
        return _rare(self.state)


@dataclass(frozen=True)
class State:
    """How a page is brought into a state, and who reads it then."""

    name: str
    readers: frozenset[str]
    bring: Callable[[World, Any, SectionPage], Any]
    has_entry: bool = True
    parent_readers: frozenset[str] | None = None


def build() -> World:
    """The whole world, with one case a state."""
    home, groups, personas = build_people()
    english = HomePage.objects.get(locale__language_code="en")
    world = World(home=home, english=english, groups=groups, personas=personas)
    for state in STATES:
        world.cases.append(_case(world, state))
    return world


def build_people() -> tuple[HomePage, dict[str, Group], dict[str, "Persona"]]:
    """A site without content, its groups, and the personas."""
    home = build_site()
    groups = {
        name: Group.objects.create(name=name)
        for name in ("Salariés", "Pool A", "Pool B", "Partenaires", "Presse", "Rédaction")
    }
    _let_edit(groups["Rédaction"])
    return home, groups, _people(groups)


def _let_edit(group: Group) -> None:
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for name in ("change_image", "choose_image", "change_document", "choose_document"):
        permission = Permission.objects.get(codename=name, content_type__app_label="media")
        GroupCollectionPermission.objects.create(
            group=group, collection=Collection.get_first_root_node(), permission=permission
        )
    for codename in ("change_page", "publish_page", "add_page"):
        GroupPagePermission.objects.create(
            group=group,
            page=Page.objects.get(depth=1),
            permission=Permission.objects.get(
                codename=codename, content_type__app_label="wagtailcore"
            ),
        )


def _people(groups: dict[str, Group]) -> dict[str, Persona]:
    cinema = Organisation.objects.create(name="Cinéma du Port", kind="exhibitor")
    cinema.groups.add(groups["Partenaires"])
    joined: dict[str, list[str]] = {
        "stranger": [],
        "employee": ["Salariés"],
        "member": ["Salariés", "Pool A"],
        "other_pool": ["Salariés", "Pool B"],
        "pool_only": ["Pool A"],
        "partner": [],
        "journalist": ["Presse"],
        "editor": ["Salariés", "Rédaction"],
        "administrator": [],
    }
    people = {"anonymous": Persona("anonymous", Client())}
    for name, names in joined.items():
        user = User.objects.create_user(
            f"{name.replace('_', '-')}@cabestan.example",
            "phrase-de-passe",
            is_superuser=name == "administrator",
            organisation=cinema if name == "partner" else None,
        )
        user.groups.set(groups[one] for one in names)
        browser = Client()
        browser.force_login(user)
        people[name] = Persona(name, browser, _token(user, "read"), _token(user, "feed"))
    return people


def _token(user: User, scope: str) -> str:
    return tokens.create(user, name=scope, scopes=[scope], days=9, at=timezone.now()).secret


def _rare(state: str) -> str:
    return f"zibeline{state.replace('-', '')}"


def _case(world: World, state: State) -> Case:
    """Each case stands in a section of its own, so that no list is too short for all of them."""
    place = world.home.add_child(instance=_section(f"Lieu {state.name}", f"lieu-{state.name}"))
    english = world.english.add_child(
        instance=_section(f"Place {state.name}", f"place-{state.name}", "en")
    )
    topic = Topic.objects.create(name=f"Sujet {state.name}", slug=f"sujet-{state.name}")
    word = f"marqueur-{state.name}-mot"
    image = picture(f"image {word}", credit=f"crédit {word}")
    file = document(f"fichier {word}")
    page = ArticlePage(
        title=f"Page {word} {_rare(state.name)}",
        slug=f"page-{word}",
        summary=f"Résumé {word}",
        locale=world.home.locale,
        lead_image=image,
        story=[("file", {"document": file, "title": ""}), ("text", f"<p>Texte {word}</p>")],
    )
    page.topics.add(topic)
    page = state.bring(world, page, place)
    _advise(page, _rare(state.name))
    parent = state.bring(world, _section(f"Rubrique {word}", f"rubrique-{word}"), place)
    child = parent.add_child(
        instance=ArticlePage(
            title=f"Enfant {state.name}", slug=f"enfant-{state.name}", locale=world.home.locale
        )
    )
    carrier = ArticlePage(
        title=f"Porteur {state.name}",
        slug=f"porteur-{state.name}",
        locale=world.home.locale,
        story=[
            ("pages", [page]),
            ("text", f'<p><a linktype="page" id="{page.pk}">lien</a></p>'),
        ],
    )
    carrier.topics.add(topic)
    carrier = place.add_child(instance=carrier)
    translation = ArticlePage(
        title=f"Version {word}",
        slug=f"version-{word}",
        locale=english.locale,
        translation_key=carrier.translation_key,
    )
    translation = state.bring(world, translation, english)
    kit = state.bring(world, kits.new(state.name, word, world.home.locale), place)
    kits.change(kit)
    contact = PressContactPage(
        title=f"Contact {word}",
        slug=f"contact-{word}",
        email="presse@cabestan.example",
        locale=world.home.locale,
    )
    contact = state.bring(world, contact, place)
    return Case(
        state=state.name,
        readers=state.readers,
        has_entry=state.has_entry,
        place=place,
        page=page,
        parent=parent,
        child=child,
        translation=translation,
        carrier=carrier,
        topic=topic,
        image=image,
        file=file,
        kit=kit,
        contact=contact,
    )


def _advise(page: ArticlePage, word: str) -> None:
    """Editors advise the page to whoever looks for its word, which is often."""
    Promotion.objects.create(
        phrases=word, entry_key=page.entry_key, starts_on=date(2020, 1, 1), ends_on=date(2099, 1, 1)
    )
    Frequent.objects.create(folded=word, locale="fr", text=word, people=9)


def _section(title: str, slug: str, language: str = "fr") -> SectionPage:
    locale = Locale.objects.get(language_code=language)
    return SectionPage(title=title, slug=slug, locale=locale, show_in_menus=True)


def _public(world: World, page: Any, place: SectionPage) -> Any:
    return place.add_child(instance=page)


def _restricted_to(*names: str, kind: str = "groups") -> Callable[..., Any]:
    def bring(world: World, page: Any, place: SectionPage) -> Any:
        added = place.add_child(instance=page)
        restrict(added, *(world.groups[name] for name in names), kind=kind)
        return added

    return bring


def _nested(world: World, page: Any, place: SectionPage) -> Any:
    outer = place.add_child(
        instance=_section("Dehors", f"dehors-{page.slug}", page.locale.language_code)
    )
    restrict(outer, world.groups["Salariés"])
    inner = outer.add_child(
        instance=_section("Dedans", f"dedans-{page.slug}", page.locale.language_code)
    )
    restrict(inner, world.groups["Pool A"])
    return inner.add_child(instance=page)


def _draft(world: World, page: Any, place: SectionPage) -> Any:
    page.live = False
    page = place.add_child(instance=page)
    page.save_revision()
    return page


def _scheduled(world: World, page: Any, place: SectionPage) -> Any:
    page = _draft(world, page, place)
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def _unpublished(world: World, page: Any, place: SectionPage) -> Any:
    page = place.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    page.unpublish()
    return page


def _expired(world: World, page: Any, place: SectionPage) -> Any:
    page.expire_at = timezone.now() - timedelta(minutes=1)
    return place.add_child(instance=page)


def _embargoed(*early: str, within: tuple[str, ...] = ()) -> Callable[..., Any]:
    def bring(world: World, page: Any, place: SectionPage) -> Any:
        page.embargo_until = timezone.now() + timedelta(days=1)
        page.early_readers = [world.groups[name] for name in early]
        added = place.add_child(instance=page)
        if within:
            restrict(added, *(world.groups[name] for name in within))
        return added

    return bring


def _below_unpublished_parent(world: World, page: Any, place: SectionPage) -> Any:
    parent = _section("Parent retiré", f"retire-{page.slug}", page.locale.language_code)
    parent = place.add_child(instance=parent)
    added = parent.add_child(instance=page)
    parent.unpublish()
    return added


def _moved_into_private(world: World, page: Any, place: SectionPage) -> Any:
    added = place.add_child(instance=page)
    private = place.add_child(
        instance=_section("Privé", f"prive-{page.slug}", page.locale.language_code)
    )
    restrict(private, world.groups["Pool B"])
    added.move(private, pos="last-child")
    return type(added).objects.get(pk=added.pk)


def _made_public_again(world: World, page: Any, place: SectionPage) -> Any:
    added = place.add_child(instance=page)
    restrict(added, world.groups["Pool A"]).delete()
    return added


STATES = [
    State("public", EVERYBODY, _public),
    State("signed-in", SIGNED_IN, _restricted_to(kind="login")),
    State("one-group", EMPLOYEES, _restricted_to("Salariés")),
    State(
        "by-organisation", frozenset({"partner", "administrator"}), _restricted_to("Partenaires")
    ),
    State(
        "either-group",
        frozenset({"partner", "journalist", "administrator"}),
        _restricted_to("Partenaires", "Presse"),
    ),
    State("nested-groups", frozenset({"member", "administrator"}), _nested),
    State("other-pool", frozenset({"other_pool", "administrator"}), _restricted_to("Pool B")),
    State("password", NOBODY, _restricted_to(kind="password")),
    State("no-group", NOBODY, _restricted_to()),
    State("draft", NOBODY, _draft, has_entry=False),
    State("unpublished", NOBODY, _unpublished, has_entry=False),
    State("scheduled", NOBODY, _scheduled),
    State("expired", NOBODY, _expired),
    State("embargoed", NOBODY, _embargoed()),
    State("embargoed-early", frozenset({"journalist", "administrator"}), _embargoed("Presse")),
    State(
        "embargoed-early-inside",
        frozenset({"member", "administrator"}),
        _embargoed("Pool A", within=("Salariés",)),
    ),
    State("unpublished-parent", EVERYBODY, _below_unpublished_parent),
    State("moved-into-private", frozenset({"other_pool", "administrator"}), _moved_into_private),
    State("made-public-again", EVERYBODY, _made_public_again),
]
