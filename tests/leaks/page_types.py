"""One page of every type in every state, and public pages of every type that point at them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Group

from pages.models import (
    ArticlePage,
    BriefPage,
    GuidancePage,
    HomePage,
    PressContactPage,
    PressKitPage,
    PressReleasePage,
    PressRoomPage,
    RumourPage,
    SectionPage,
)
from tests.factories import restricted_block
from tests.leaks.world import STATES, Persona, State, build_people

# Each says something that no other says of who may read a page.
TRIED = [
    one
    for one in STATES
    if one.name not in {"either-group", "other-pool", "unpublished-parent", "made-public-again"}
]
INSIDE = frozenset({"member", "pool_only", "administrator"})
"""Who is in the group of the restricted sections, which is Pool A."""


@dataclass(frozen=True)
class Told:
    """What a new page is told to say: words of its own, some of them for one group only."""

    type: str
    state: str
    inside: Group

    @property
    def word(self) -> str:
        """Stands in everything that the page says, and in nothing else."""
        return f"marqueur-{self.type}-{self.state}-mot"

    @property
    def secret(self) -> str:
        return f"reserve-{self.type}-{self.state}-mot"

    def named(self, field: str) -> str:
        """What a field says."""
        return f"{field}-{self.word}"

    def body(self, field: str) -> str:
        """The same, with the word by which the bodies of a state are searched for."""
        return f"{field}-{self.word} {in_bodies(self.state)}"

    def line(self, field: str) -> tuple[str, str]:
        return "line", f"<p>{self.body(field)}</p>"

    def story(self) -> list[Any]:
        """An open paragraph, and a section for Pool A."""
        secret = f"<p>{self.secret} {in_sections(self.state)}</p>"
        return [
            ("text", f"<p>{self.body('story')}</p>"),
            restricted_block([self.inside], ("text", secret), title=self.secret),
        ]


def in_titles(state: str) -> str:
    """The words that are searched for: every title, body and restricted section of a state."""
    return f"zibeline{state.replace('-', '')}"


def in_bodies(state: str) -> str:
    return f"hermine{state.replace('-', '')}"


def in_sections(state: str) -> str:
    return f"loutre{state.replace('-', '')}"


@dataclass(frozen=True)
class Kind:
    """How a page of a type is made, and which of its fields readers see in the portal."""

    make: Callable[[Told], Any]
    says: tuple[str, ...] = ()
    has_story: bool = False


def _brief(told: Told) -> BriefPage:
    return BriefPage(
        facts=[told.line("facts")],
        say=[told.line("say")],
        dont_say=[told.line("dont_say")],
        story=told.story(),
    )


def _rumour(told: Told) -> RumourPage:
    item = {"title": told.body("evidence"), "detail": told.body("detail"), "page": None}
    return RumourPage(
        claim=told.body("claim"),
        status="false",
        answer=told.body("answer"),
        evidence=[("item", item)],
        words=told.body("words"),
        story=told.story(),
    )


def _release(told: Told) -> PressReleasePage:
    return PressReleasePage(
        place=told.named("place"),
        story=told.story(),
        boilerplate=f"<p>{told.body('boilerplate')}</p>",
        film_title=told.body("film"),
    )


def _kit(told: Told) -> PressKitPage:
    fact = {"label": told.named("label"), "value": told.body("fact")}
    person = {"name": told.body("person"), "role": "", "text": f"<p>{told.body('biography')}</p>"}
    return PressKitPage(
        film_title=told.body("film"),
        synopsis=told.body("synopsis"),
        facts=[("fact", fact)],
        biographies=[("person", person)],
    )


def _contact(told: Told) -> PressContactPage:
    return PressContactPage(role=told.body("role"), beat=told.body("beat"))


def _room(told: Told) -> PressRoomPage:
    screening = {
        "at": datetime(2099, 1, 1, 10, tzinfo=UTC), "film": told.body("screening"), "place": "",
        "version": "", "note": "",
    }  # fmt: skip
    return PressRoomPage(
        boilerplate=f"<p>{told.named('boilerplate')}</p>", screenings=[("screening", screening)]
    )


KINDS: dict[type[Any], Kind] = {
    ArticlePage: Kind(lambda told: ArticlePage(story=told.story()), ("story",), has_story=True),
    BriefPage: Kind(_brief, ("facts", "say", "dont_say", "story"), has_story=True),
    RumourPage: Kind(
        _rumour, ("claim", "answer", "evidence", "detail", "words", "story"), has_story=True
    ),
    GuidancePage: Kind(lambda told: GuidancePage(story=told.story()), ("story",), has_story=True),
    PressReleasePage: Kind(_release, ("place", "story", "boilerplate", "film"), has_story=True),
    PressKitPage: Kind(_kit, ("film", "synopsis", "fact", "person", "biography")),
    PressContactPage: Kind(_contact, ("role", "beat")),
    PressRoomPage: Kind(_room, ("boilerplate", "screening")),
    SectionPage: Kind(lambda _told: SectionPage()),
    HomePage: Kind(lambda _told: HomePage()),
}


@dataclass(frozen=True)
class Made:
    """A page that was made, what it was told to say, and who reads it."""

    page: Any
    told: Told
    kind: Kind
    readers: frozenset[str]

    @property
    def type(self) -> str:
        return str(self.page.entry_type_slug)

    @property
    def insiders(self) -> frozenset[str]:
        """Who reads its restricted section."""
        return self.readers & INSIDE

    @property
    def said(self) -> list[str]:
        return [self.told.named(field) for field in self.kind.says]


@dataclass(frozen=True)
class Link:
    """A public page that points at another, by one of its fields."""

    carrier: Any
    field: str
    target: Made


@dataclass
class Case:
    """All types in one state, side by side in a section of their own."""

    state: State
    place: SectionPage
    made: list[Made] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass
class World:
    personas: dict[str, Persona]
    groups: dict[str, Group]
    home: HomePage
    cases: list[Case] = field(default_factory=list)

    @property
    def made(self) -> list[Made]:
        return [one for case in self.cases for one in case.made]


def build() -> World:
    home, groups, personas = build_people()
    world = World(personas=personas, groups=groups, home=home)
    for state in TRIED:
        world.cases.append(_case(world, state))
    return world


def _case(world: World, state: State) -> Case:
    place = world.home.add_child(
        instance=SectionPage(
            title=f"Lieu {state.name}", slug=f"lieu-{state.name}", locale=world.home.locale
        )
    )
    case = Case(state=state, place=place)
    for model, kind in KINDS.items():
        told = Told(type=model.entry_type_slug, state=state.name, inside=world.groups["Pool A"])
        page = kind.make(told)
        page.title = f"Page {told.word} {in_titles(state.name)}"
        page.slug = f"{told.type}-{state.name}"
        page.summary = f"Résumé {told.word}"
        page.locale = world.home.locale
        page = state.bring(world, page, place)
        case.made.append(Made(page=page, told=told, kind=kind, readers=state.readers))
    targets = {type(one.page): one for one in case.made}
    for carrier, pointed in _carriers(state.name, targets):
        carrier.locale = world.home.locale
        carrier = place.add_child(instance=carrier)
        case.links += [Link(carrier, field, targets[model]) for field, model in pointed]
    return case


def _carriers(state: str, targets: dict[type[Any], Made]) -> Iterator[tuple[Any, Any]]:
    """Public pages, each with the fields by which it points and at what."""

    def carrier(model: type[Any], **fields: Any) -> Any:
        slug = f"porteur-{model.entry_type_slug}-{state}"
        return model(title=f"Porteur {slug}", slug=slug, **fields)

    def link(model: type[Any]) -> str:
        return f'<p><a linktype="page" id="{targets[model].page.pk}">lien</a></p>'

    yield (
        carrier(
            BriefPage,
            facts=[("line", link(ArticlePage))],
            say=[("line", link(RumourPage))],
            dont_say=[("line", link(GuidancePage))],
        ),
        [("facts", ArticlePage), ("say", RumourPage), ("dont_say", GuidancePage)],
    )
    item = {"title": "pièce", "detail": "", "page": targets[BriefPage].page}
    yield (
        carrier(RumourPage, claim="On dit", status="open", evidence=[("item", item)]),
        [("evidence", BriefPage)],
    )
    yield (
        carrier(
            GuidancePage,
            story=[("pages", [targets[SectionPage].page, targets[HomePage].page])],
        ),
        [("story", SectionPage), ("story", HomePage)],
    )
    yield (
        carrier(
            PressReleasePage,
            kit=targets[PressKitPage].page,
            contacts=[("contact", targets[PressContactPage].page)],
            boilerplate=link(PressRoomPage),
        ),
        [("kit", PressKitPage), ("contacts", PressContactPage), ("boilerplate", PressRoomPage)],
    )
    yield (
        carrier(PressKitPage, film_title="Porteur", release=targets[PressReleasePage].page),
        [("release", PressReleasePage)],
    )
    yield (
        carrier(
            PressRoomPage,
            contacts=[("contact", targets[PressContactPage].page)],
        ),
        [("contacts", PressContactPage)],
    )
