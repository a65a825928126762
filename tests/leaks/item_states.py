"""One public kit whose items are in every state, each with words that occur nowhere else.

Who may have what is written down here by hand, in terms of people. It asks nothing of the product.
Each state is an item of every kind: a photo, a film with a poster, a document with known words.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.contrib.auth.models import Group
from django.core import mail
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from wagtail.models import Collection, CollectionViewRestriction

from cms.accounts import identity, tokens
from cms.accounts.models import Membership, Organisation, User
from media import quarantine
from media.downloads import following
from media.models import Document, FileText, Image, Video
from media.renditions.keeping import make
from media.renditions.sizes import SIZES
from pages.base import publishing
from pages.models import PressKitPage, PressRoomPage
from pages.press.accreditation import deciding
from pages.press.accreditation.models import Accreditation
from tests.conftest import build_site
from tests.factories import jpeg
from tests.leaks.world import Persona

EVERYBODY = frozenset(
    {
        "anonymous", "employee", "administrator", "journalist", "early", "early_unaccredited",
        "swiss", "ended", "revoked", "partner",
    }
)  # fmt: skip
ACCREDITED = frozenset({"journalist", "early", "swiss", "administrator"})
EARLY = frozenset({"early", "administrator"})
COMPANY = frozenset({"employee", "administrator"})
SWISS = COMPANY | {"swiss"}
EDITORS = frozenset({"administrator"})
NOBODY: frozenset[str] = frozenset()
# The smallest thing that libmagic takes for a film.
FILM = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x00\x00\x08free"
KINDS = ("photo", "video", "document")

Fields = Mapping[str, Any]


def _nothing(_world: "World") -> Fields:
    return {}


@dataclass(frozen=True, kw_only=True)
class State:
    """What becomes of an item: fields of its files and of the item, and what the kit does to it."""

    name: str
    readers: frozenset[str]
    file: Callable[["World"], Fields] = _nothing
    item: Callable[["World"], Fields] = _nothing
    is_replaced: bool = False
    is_removed: bool = False
    told: frozenset[str] = NOBODY  # who reads, in the list of versions, that it was taken out
    is_left_out: bool = False  # the kit is published without it; held by it is nothing but itself


@dataclass
class Case:
    """The three items of a state, and their files."""

    state: State
    photo: Image
    film: Video
    paper: Document
    poster: Image
    anchors: tuple[str, ...] = ()
    was_public: bool = False
    old_sums: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def readers(self) -> frozenset[str]:
        return self.state.readers

    @property
    def file_readers(self) -> frozenset[str]:
        """What no entry holds any more is for editors only."""
        return EDITORS if self.state.is_removed else self.state.readers

    @property
    def told(self) -> frozenset[str]:
        """Who learns that it is there no more: those who could have it, of what is gone."""
        left_out = EVERYBODY if self.state.is_left_out and self.was_public else NOBODY
        return self.state.told | left_out

    @property
    def poster_readers(self) -> frozenset[str]:
        """What is left out holds no poster."""
        is_loose = self.name in {"not-cleared", "not-confirmed"}
        return self.file_readers | (EDITORS if is_loose else NOBODY)

    @property
    def word(self) -> str:
        """In the names, titles, captions and descriptions of its files."""
        return f"zz{self._plain}zz"

    @property
    def new(self) -> str:
        """In the credits, which were corrected after everybody took the kit."""
        return f"nn{self._plain}nn"

    @property
    def inside(self) -> str:
        """In the text of its document."""
        return f"qq{self._plain}qq"

    @property
    def _plain(self) -> str:
        return self.name.replace("-", "")

    @property
    def files(self) -> tuple[Any, ...]:
        return self.photo, self.film, self.paper


@dataclass
class World:
    """Everything the channels look at. ``twins`` are the same people, who took the kit at once."""

    at: datetime
    press: Group
    outlets: dict[str, Organisation]
    private: Collection
    room: PressRoomPage
    personas: dict[str, Persona] = field(default_factory=dict)
    twins: dict[str, Persona] = field(default_factory=dict)
    accreditations: list[Accreditation] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    links: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    kit: Any = None
    before: int = 1  # the last version before the files were corrected and replaced

    @property
    def latest(self) -> int:
        told = self.personas["anonymous"].call(f"kits/{self.kit.entry_key}").json()
        return int(told["version"])

    def named(self, name: str) -> Case:
        return next(case for case in self.cases if case.name == name)


def build(*, is_born_so: bool) -> World:
    """The kit, with items that were always in their state, or that everybody could have before."""
    world = build_first(STATES, is_in_state=is_born_so)
    sent = len(mail.outbox)
    _end_accreditations(world)
    world.before = world.latest
    with transaction.atomic(), publishing.batch():  # as a POST of an editor: one new version
        _correct(world, is_born_so=is_born_so)
    _take_out(world)
    # What waits for the commit happens at once here: the world's transaction never commits.
    with mock.patch.object(transaction, "on_commit", lambda done, **_kwargs: done()):
        following.sweep(identity.now())
        following.turn(identity.now())
        following.turn(identity.now() + timedelta(hours=3))
    for message in mail.outbox[sent:]:
        world.mails[message.to[0]] = world.mails.get(message.to[0], "") + (
            f"{message.subject}\n{message.body}\n"
        )
    return world


def build_first(states: Sequence[State], *, is_in_state: bool = True) -> World:
    """The kit in its first version; everybody is accredited, and everybody's twin took it."""
    world = _place()
    _people(world)
    world.cases = [_case(state, world, is_in_state=is_in_state) for state in states]
    world.kit = world.room.add_child(instance=_kit(world, is_in_state=is_in_state))
    if is_in_state:
        _make_unfit(world)
    world.kit.refresh_from_db()
    ids = [one["id"] for one in world.kit.items.get_prep_value()]
    for number, case in enumerate(world.cases):
        case.anchors = tuple(ids[3 * number : 3 * number + 3])
    _take(world)
    _links(world)
    return world


def _place() -> World:
    home = build_site()
    press, _ = Group.objects.get_or_create(name="Presse accréditée")
    staff = Group.objects.create(name="Salariés")
    outlets = {
        name: Organisation.objects.create(name=called, kind=kind, territory=territory)
        for name, called, kind, territory in (
            ("soir", "Le Soir des salles", "outlet", "FR"),
            ("morning", "L’Écran du matin", "outlet", "FR"),
            ("swiss", "La Gazette du Léman", "outlet", "CH"),
            ("cinema", "Cinéma du Port", "exhibitor", "FR"),
        )
    }
    private = Collection.get_first_root_node().add_child(name="Réservé au personnel")
    restriction = CollectionViewRestriction.objects.create(
        collection=private, restriction_type="groups"
    )
    restriction.groups.add(staff)
    room = home.add_child(
        instance=PressRoomPage(title="Espace presse", slug="presse", locale=home.locale)
    )
    return World(identity.now(), press, outlets, private, room)


def _people(world: World) -> None:
    outlet_of = {
        "journalist": "soir", "early": "morning", "early_unaccredited": "morning",
        "swiss": "swiss", "ended": "soir", "revoked": "soir", "partner": "cinema",
    }  # fmt: skip
    for people, mark in ((world.personas, ""), (world.twins, "-b")):
        for name in sorted(EVERYBODY - {"anonymous"}):
            user = User.objects.create_user(
                f"{name}{mark}@presse.example",
                "phrase-de-passe",
                is_superuser=name == "administrator",
                organisation=world.outlets.get(outlet_of.get(name, "")),
            )
            if name == "employee":
                user.groups.add(Group.objects.get(name="Salariés"))
            if name in ("journalist", "early", "swiss", "ended", "revoked"):
                world.accreditations.append(_accredited(world, name, user))
            browser = Client()
            browser.force_login(user)
            people[name] = Persona(name, browser, _token(user, "read"), _token(user, "feed"))
    world.personas["anonymous"] = Persona("anonymous", Client())


def _accredited(world: World, name: str, user: User) -> Accreditation:
    ends_at = world.at + timedelta(days=30)
    membership = Membership.objects.create(
        user=user, group=world.press, starts_at=world.at, ends_at=ends_at
    )
    return Accreditation.objects.create(
        person=user, email=user.email, first_name=name, last_name="Ferrand",
        outlet=user.organisation, outlet_name=str(user.organisation), role="critique",
        beat="cinema", country="FR", language="fr", state="approved", requested_at=world.at,
        confirmed_at=world.at, decided_at=world.at, ends_at=ends_at, membership=membership,
    )  # fmt: skip


def _token(user: User, scope: str) -> str:
    return tokens.create(user, name=scope, scopes=[scope], days=9, at=identity.now()).secret


def _end_accreditations(world: World) -> None:
    """One ends by its date, one is revoked."""
    desk = User.objects.create_user("bureau@cabestan.example", "phrase-de-passe", is_superuser=True)
    for one in world.accreditations:
        if one.first_name == "ended":
            one.membership.ends_at = one.ends_at = identity.now()
            one.membership.save()
            one.save()
        elif one.first_name == "revoked":
            deciding.revoke(one.pk, reason="Embargo rompu.", by=desk, at=identity.now())


def _case(state: State, world: World, *, is_in_state: bool) -> Case:
    found = Case(state, None, None, None, None)  # type: ignore[arg-type] - filled below
    states = dict(state.file(world)) if is_in_state else {}
    more = {name: said for name, said in states.items() if name not in UNFIT}
    found.was_public = not is_in_state or more != states
    said = {
        "credit": f"crédit avant {found.word}",
        "caption": f"légende {found.word}",
        "usage_terms": f"conditions {found.word}",
        "is_confirmed": True,
    } | more
    found.poster = _picture(f"poster-{found.word}", **said)
    found.photo = _picture(f"photo-{found.word}", **said)
    name = f"film-{found.word}"
    found.film = Video.objects.create(
        title=name, description=f"alt {name}", poster=found.poster, **said,
        file=ContentFile(FILM + name.encode(), name=f"{name}.mp4"),
    )  # fmt: skip
    name = f"dossier-{found.word}"
    found.paper = Document.objects.create(
        title=name, file=ContentFile(f"%PDF-1.4 {name}".encode(), name=f"{name}.pdf"),
        **said,
    )  # fmt: skip
    _words_inside(found)
    _keep_state_of_scan(found, more)
    found.old_sums = tuple(one.sha256 for one in found.files)
    return found


UNFIT = ("is_confirmed", "uses", "withdrawn_at", "withdrawn_because")
"""What keeps a kit from being published: it comes about while the kit is out."""


def _make_unfit(world: World) -> None:
    for case in world.cases:
        fields = {name: said for name, said in case.state.file(world).items() if name in UNFIT}
        for one in (*case.files, case.poster) if fields else ():
            for name, value in fields.items():
                setattr(one, name, value)
            one.save()


def _keep_items(world: World, raw: Sequence[Any]) -> None:
    """Other items, while some of what stands beside them is unfit: no publishing of an editor."""
    world.kit.items = raw
    PressKitPage.objects.filter(pk=world.kit.pk).update(items=world.kit.items)
    world.kit.refresh_from_db()


def _picture(name: str, **fields: Any) -> Image:
    colour = f"#{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    file = jpeg((60, 40), colour)
    file.name = f"{name}.jpg"
    image = Image.objects.create(title=name, description=f"alt {name}", file=file, **fields)
    _render(image)
    return image


def _render(file: Any) -> None:
    """The sizes that kits give; the others are made when somebody asks."""
    if isinstance(file, Image):
        make(file, {name: SIZES[name] for name in ("original", "web")})


def _words_inside(case: Case) -> None:
    FileText.objects.update_or_create(
        blob=case.paper.blob,
        defaults={"state": FileText.State.READ, "pages": [[1, f"dedans {case.inside}"]]},
    )


def _keep_state_of_scan(case: Case, fields: Fields) -> None:
    """What the scanner says of bytes that are there, or that they wait for it."""
    if scan := fields.get("scan"):
        for one in (*case.files, case.poster):
            type(one).objects.filter(pk=one.pk).update(scan=scan)
            for told in quarantine._told:
                told(one.blob, scan)


def _kit(world: World, *, is_in_state: bool) -> PressKitPage:
    items = []
    for case in world.cases:
        more = case.state.item(world) if is_in_state else {}
        for kind, asset in zip(KINDS, case.files, strict=True):
            items.append((kind, _value(kind, asset, more)))
    return PressKitPage(
        title="L’Horlogère", slug="horlogere", film_title="L’Horlogère", summary="Un film.",
        locale=world.room.locale, items=items,
    )  # fmt: skip


def _value(kind: str, asset: Any, more: Fields) -> dict[str, Any]:
    name = {"photo": "image"}.get(kind, kind)
    value = {"title": "", "readers": "public", "embargo_until": None, "early_outlets": []}
    return {**value, **({"caption": ""} if kind == "photo" else {}), name: asset, **more}


def _take(world: World) -> None:
    """Each twin downloads all they are given."""
    for twin in world.twins.values():
        taken = twin.call(f"kits/{world.kit.entry_key}/v1.zip")
        assert taken.status_code == 200
        b"".join(taken)


def _links(world: World) -> None:
    """Everybody who may asks for links to every file, which they keep."""
    for name, persona in world.personas.items():
        world.links[name] = {case.name: [] for case in world.cases}
        for case in world.cases:
            for file, size in ((case.photo, "press"), (case.film, ""), (case.paper, "")):
                query = {"rendition": size} if size else {}
                answer = persona.call(f"files/{file.file_key}/link", seconds=86_400, **query)
                if answer.status_code == 200:
                    world.links[name][case.name].append(answer.json()["href"])


def _correct(world: World, *, is_born_so: bool) -> None:
    """Credits are corrected, and items come into their states, if they were not born so."""
    for case in world.cases:
        fields = dict(case.state.file(world))
        for one in (*case.files, case.poster):
            one.refresh_from_db()
            if is_born_so and "scan" in fields:
                continue  # nobody corrects what nobody has
            one.credit = f"crédit après {case.new}"
            if case.state.is_replaced:
                _replace(one)
            one.save()
            _render(one)
            for name, value in ({} if is_born_so else fields).items():
                setattr(one, name, value if name != "scan" else one.scan)
            if fields and not is_born_so:
                one.save()
                _render(one)
        if case.state.is_replaced:
            _words_inside(case)
            case.paper.save()
        if not is_born_so:
            _keep_state_of_scan(case, fields)
    world.kit.refresh_from_db()
    raw = world.kit.items.get_prep_value()
    for one in raw:
        case = next(case for case in world.cases if one["id"] in case.anchors)
        one["value"] |= _stored(case.state.item(world))
    _keep_items(world, raw)


def _replace(one: Any) -> None:
    name = one.filename
    if isinstance(one, Image):
        one.file = jpeg((61, 41), f"#{hashlib.sha256(name[::-1].encode()).hexdigest()[:6]}")
        one.file.name = name
    else:
        one.file = ContentFile(one.file.read() + b" corrected", name=name)


def _stored(fields: Fields) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def _take_out(world: World) -> None:
    gone = {id_ for case in world.cases if case.state.is_removed for id_ in case.anchors}
    world.kit.refresh_from_db()
    raw = world.kit.items.get_prep_value()
    _keep_items(world, [one for one in raw if one["id"] not in gone])


MOMENT = timedelta(hours=2)
"""After the beginning of the world: when something of it opens or closes."""


def until_early(world: World) -> Fields:
    """An embargo until ``MOMENT`` that one outlet need not wait for."""
    return {
        "embargo_until": world.at + MOMENT,
        "early_outlets": [str(world.outlets["morning"].pk)],
    }


def _tomorrow(world: World) -> datetime:
    return world.at + timedelta(days=1)


def _an_hour_ago(world: World) -> datetime:
    return world.at - timedelta(hours=1)


STATES = [
    State(name="public", readers=EVERYBODY),
    State(name="accredited", readers=ACCREDITED, item=lambda _world: {"readers": "accredited"}),
    State(name="embargoed", readers=NOBODY, item=lambda world: {"embargo_until": _tomorrow(world)}),
    State(
        name="embargoed-early",
        readers=EARLY,
        item=lambda world: {
            "embargo_until": _tomorrow(world),
            "early_outlets": [str(world.outlets["morning"].pk)],
        },
    ),
    State(
        name="embargoed-accredited",
        readers=EARLY,
        item=lambda world: {
            "readers": "accredited",
            "embargo_until": _tomorrow(world),
            "early_outlets": [str(world.outlets["morning"].pk)],
        },
    ),
    State(name="file-embargoed", readers=NOBODY, file=lambda world: {"opens_at": _tomorrow(world)}),
    State(
        name="rights-over", readers=NOBODY, file=lambda world: {"closes_at": _an_hour_ago(world)}
    ),
    State(
        name="rights-last-hour",
        readers=EVERYBODY,
        file=lambda world: {"closes_at": world.at + timedelta(hours=1)},
    ),
    State(name="only-swiss", readers=SWISS, file=lambda _world: {"territories": "CH"}),
    State(
        name="withdrawn",
        readers=NOBODY,
        file=lambda world: {
            "withdrawn_at": _an_hour_ago(world),
            "withdrawn_because": "Accord retiré.",
        },
    ),
    State(
        name="infected", readers=NOBODY, is_left_out=True, file=lambda _world: {"scan": "infected"}
    ),
    State(
        name="pending", readers=NOBODY, is_left_out=True, file=lambda _world: {"scan": "pending"}
    ),
    State(
        name="not-cleared",
        readers=NOBODY,
        is_left_out=True,
        file=lambda _world: {"uses": "internal"},
    ),
    State(
        name="not-confirmed",
        readers=NOBODY,
        is_left_out=True,
        file=lambda _world: {"is_confirmed": False},
    ),
    State(name="private-shelf", readers=COMPANY, file=lambda world: {"collection": world.private}),
    State(name="replaced", readers=EVERYBODY, is_replaced=True),
    State(
        name="replaced-accredited",
        readers=ACCREDITED,
        is_replaced=True,
        item=lambda _world: {"readers": "accredited"},
    ),
    State(name="removed", readers=NOBODY, is_removed=True, told=EVERYBODY),
    State(
        name="accredited-removed",
        readers=NOBODY,
        is_removed=True,
        item=lambda _world: {"readers": "accredited"},
    ),
    State(
        name="withdrawn-removed",
        readers=NOBODY,
        is_removed=True,
        file=lambda world: {"withdrawn_at": _an_hour_ago(world)},
    ),
    State(
        name="private-removed",
        readers=NOBODY,
        is_removed=True,
        file=lambda world: {"collection": world.private},
    ),
]
