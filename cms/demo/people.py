"""The people of Groupe Cabestan, its partners and its press, each in their groups."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from anyascii import anyascii
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.text import slugify

from cms.accounts.models import Organisation, User
from cms.demo.content import Calendar
from cms.demo.names import OFFICES, SEATS, Office

PASSWORD = "cabestan-demo-26"  # noqa: S105 - printed on purpose: the demo runs on one's own machine
STAFF = "Salariés"
CINEMAS, PRESS = "Salles partenaires", "Presse accréditée"
EDITORS, CONTRIBUTORS = "Rédaction", "Contributeurs"
EXHIBITION, TELEVISION = "Pool Exploitants", "Pool Télévision"
INTERNATIONAL, LICENSING = "Pool International", "Pool Licences & produits dérivés"
MANAGEMENT = "Direction commerciale"
PRESS_DESK = "Service de presse"
GROUPS = (
    STAFF, EXHIBITION, TELEVISION, INTERNATIONAL, LICENSING, MANAGEMENT, CINEMAS, PRESS, EDITORS,
    CONTRIBUTORS, PRESS_DESK,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of the company who signs texts."""

    name: str
    job_title: str
    groups: tuple[str, ...] = ()
    language: str = "fr"

    @property
    def email(self) -> str:
        return email_of(self.name)


@dataclass(frozen=True, slots=True)
class Company:
    """A partner or an outlet, and its people as name and trade.

    An outlet has no group: each of its journalists is accredited for themselves.
    """

    name: str
    kind: str
    domain: str
    group: str
    sponsor: str
    people: tuple[tuple[str, str], ...]
    valid_days: int = 400
    territory: str = "FR"
    language: str = "fr"


COLLEAGUES = (
    Colleague("Camille Aubry", "Chargée de programmation"),
    Colleague("Idriss Mahé", "Chef de produit salles", (EXHIBITION,)),
    Colleague("Solène Garrec", "Licences et produits dérivés", (LICENSING,)),
    Colleague("Margaux Delorme", "Cheffe de presse", (EDITORS, PRESS_DESK)),
    Colleague("Thibault Nguyen", "Attaché de presse", (PRESS_DESK,)),
    Colleague("Hélène Vasseur", "Directrice de la distribution", (EXHIBITION, MANAGEMENT)),
    Colleague("Antoine Reverdy", "Secrétaire général", (EDITORS,)),
    Colleague("Priya Raman", "Office manager, London", (CONTRIBUTORS,), "en"),
    Colleague("Tom Ashdown", "Head of UK distribution", (INTERNATIONAL, CONTRIBUTORS), "en"),
    Colleague("Mei-Ling Kwok", "Ventes Asie, Hong Kong", (INTERNATIONAL,), "en"),
    Colleague("Joël Tran", "Remontées de recettes", (EXHIBITION,)),
    Colleague("Bastien Luce", "Ventes télévision", (TELEVISION,)),
    Colleague("Nadia Ferhat", "Ressources humaines", (CONTRIBUTORS,)),
    Colleague("Yann Le Goff", "Technique et KDM", (EXHIBITION,)),
    Colleague("Inès Carvalho", "Ventes internationales", (INTERNATIONAL, MANAGEMENT)),
    Colleague("Paul Strand", "Legal counsel", (INTERNATIONAL,), "en"),
)
ADMINISTRATOR = Colleague("Élise Tournier", "Administration du portail")
COMPANIES = (
    Company(
        "Le Goéland, Saint-Nazaire", "exhibitor", "le-goeland.example", CINEMAS, "Idriss Mahé",
        (
            ("Maïwenn Guillou", "Directrice"), ("Loïc Priser", "Projection"),
            ("Anna Le Tallec", "Accueil"),
        ),
    ),
    Company(
        "Le Fanal, Lyon", "exhibitor", "le-fanal.example", CINEMAS, "Idriss Mahé",
        (("Baptiste Chazel", "Programmation"), ("Nour Haddad", "Jeune public")),
    ),
    Company(
        "Le Casier, Île d’Yeu", "exhibitor", "le-casier.example", CINEMAS, "Hélène Vasseur",
        (("Yvette Turbé", "Présidente de l’association"),),
    ),
    Company(
        "Studio Vauban, Besançon", "exhibitor", "studio-vauban.example", CINEMAS, "Joël Tran",
        (("Gilles Ormond", "Exploitant"),), valid_days=-12,
    ),
    Company(
        "L’Écran du matin", "outlet", "ecran-du-matin.example", "", "Margaux Delorme",
        (("Nadia Ferrand", "Journaliste, cinéma"), ("Simon Vautrin", "Chef de rubrique")),
    ),
    Company(
        "Radio Grand Large", "outlet", "radio-grand-large.example", "", "Margaux Delorme",
        (("Éloïse Carpentier", "Productrice"),),
    ),
    Company(
        "La Revue des bobines", "outlet", "revue-des-bobines.example", "", "Margaux Delorme",
        (("Octave Delmas", "Critique"), ("Sarah Lindon", "Critique")),
    ),
    Company(
        "Le Soir des salles", "outlet", "soir-des-salles.example", "", "Margaux Delorme",
        (("Lucie Marchetti", "Critique"), ("Hugo Bertin", "Pigiste")),
    ),
    Company(
        "Lakeside Film Weekly", "outlet", "lakeside-film-weekly.example", "", "Thibault Nguyen",
        (("Erika Sutter", "Film editor"),), territory="CH", language="en",
    ),
)  # fmt: skip


def email_of(name: str, domain: str = "cabestan.example") -> str:
    """First name, dot, last name."""
    first, _, last = name.partition(" ")
    return f"{slugify(anyascii(first))}.{slugify(anyascii(last))}@{domain}"


# Who the demo lets you sign in as, and what each is there to show.
PERSONAS = {
    "employee": (email_of("Camille Aubry"), "salariée, dans aucun pool"),
    "pool-exploitants": (email_of("Idriss Mahé"), "salarié, membre du pool Exploitants"),
    "pool-licences": (email_of("Solène Garrec"), "salariée, membre du pool Licences"),
    "editor": (email_of("Antoine Reverdy"), "rédaction : publie dans /editor/"),
    "administrator": (email_of("Élise Tournier"), "administre tout, dans /editor/"),
    "partner": (email_of("Maïwenn Guillou", "le-goeland.example"), "salle partenaire"),
    "journalist": (
        email_of("Lucie Marchetti", "soir-des-salles.example"),
        "presse accréditée, Le Soir des salles",
    ),
    "journalist-early": (
        email_of("Nadia Ferrand", "ecran-du-matin.example"),
        "presse accréditée, lit L’Horlogère avant l’embargo",
    ),
    "press-officer": (
        email_of("Margaux Delorme"),
        "service de presse : dossiers, accréditations, téléchargements, dans /editor/",
    ),
}


def groups() -> dict[str, Group]:
    """Every group by name, made where missing."""
    return {name: Group.objects.get_or_create(name=name)[0] for name in GROUPS}


def company(calendar: Calendar) -> dict[str, User]:
    """Everybody, made where missing; those who sign texts by name."""
    known = groups()
    colleagues = [*COLLEAGUES, ADMINISTRATOR]
    _add({one.email: _user(one) for one in colleagues})
    _join([(one.email, (STAFF, *one.groups)) for one in colleagues], known)
    if not known[PRESS_DESK].user_set.exists():
        desk = [one.email for one in colleagues if PRESS_DESK in one.groups]
        known[PRESS_DESK].user_set.add(*User.objects.filter(email__in=desk))
    extras = list(_extras())
    _add({one.email: _user(one) for one in extras})
    _join([(one.email, (STAFF, *one.groups)) for one in extras], known)
    signing = {
        user.get_full_name(): user
        for user in User.objects.filter(email__in=[one.email for one in colleagues])
    }
    for partner in COMPANIES:
        _partner(partner, known, signing, calendar)
    return signing


def _user(one: Colleague) -> User:
    first, _, last = one.name.partition(" ")
    return User(
        email=one.email,
        first_name=first,
        last_name=last,
        job_title=one.job_title,
        language=one.language,
        is_superuser=one is ADMINISTRATOR,
        is_staff=one is ADMINISTRATOR,
    )


def _partner(
    one: Company, known: dict[str, Group], signing: dict[str, User], calendar: Calendar
) -> None:
    organisation, is_new = Organisation.objects.get_or_create(
        name=one.name,
        defaults={
            "kind": one.kind,
            "sponsor": signing[one.sponsor],
            "expires_at": calendar.now + timedelta(days=one.valid_days),
            "territory": one.territory,
        },
    )
    if is_new and one.group:
        organisation.groups.add(known[one.group])
    people = {}
    for name, trade in one.people:
        first, _, last = name.partition(" ")
        email = email_of(name, one.domain)
        people[email] = User(
            email=email,
            first_name=first,
            last_name=last,
            job_title=trade,
            language=one.language,
            organisation=organisation,
        )
    _add(people)


def _add(people: dict[str, User]) -> None:
    """Those who are missing. Only the demo's own accounts can be signed in with."""
    there = set(User.objects.filter(email__in=people).values_list("email", flat=True))
    open_to_all = {email for email, _ in PERSONAS.values()}
    missing = [user for email, user in people.items() if email not in there]
    for user in missing:
        user.password = _known() if user.email in open_to_all else make_password(None)
    User.objects.bulk_create(missing)


@cache
def _known() -> str:
    """Hashed once: it is the same for all of them, and hashing is slow on purpose."""
    return make_password(PASSWORD)


def _join(memberships: list[tuple[str, tuple[str, ...]]], known: dict[str, Group]) -> None:
    """Put people who are in no group yet into theirs; whoever was moved since stays there."""
    emails = [email for email, _ in memberships]
    users = dict(User.objects.filter(email__in=emails, groups=None).values_list("email", "pk"))
    through = User.groups.through
    through.objects.bulk_create(
        [
            through(user_id=users[email], group_id=known[name].pk)
            for email, names in memberships
            if email in users
            for name in names
        ]
    )


def _extras() -> Iterator[Colleague]:
    """The other employees: the same people each time."""
    seats = [(name, trade) for name, (count, trade) in SEATS.items() for _ in range(count)]
    taken = {one.email for one in (*COLLEAGUES, ADMINISTRATOR)}
    for office in OFFICES:
        for number, name in enumerate(itertools.islice(_names(office, taken), office.people)):
            seat = seats.pop(0) if seats and number % 2 else None
            trade = office.trades[number % len(office.trades)]
            yield Colleague(
                name, seat[1] if seat else trade, (seat[0],) if seat else (), office.language
            )


def _names(office: Office, taken: set[str]) -> Iterator[str]:
    """First and last names in ever new pairs, each pair once."""
    for turn in range(len(office.lasts)):
        for place, first in enumerate(office.firsts):
            name = f"{first} {office.lasts[(place * 7 + turn * 3) % len(office.lasts)]}"
            if email_of(name) not in taken:
                taken.add(email_of(name))
                yield name
