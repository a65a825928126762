"""Who is accredited, who asks, and on which terms. Decisions of the past: nobody is mailed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from wagtail.log_actions import log

from cms.accounts.models import Membership, Organisation, User
from cms.demo.content import Calendar
from cms.demo.people import email_of
from pages.press.accreditation import joining, states
from pages.press.accreditation.models import Accreditation, PressTerms, TermsAccepted
from pages.press.accreditation.states import Stored

TERMS_DAYS = {1: 400, 2: 45}
TERMS = {
    ("fr", 1): (
        "Les fichiers de l’espace presse servent à parler du film, avec leur crédit.\n\n"
        "Rien ne se publie avant la fin d’un embargo."
    ),
    ("en", 1): (
        "The files of the press room are for writing about the film, with their credit.\n\n"
        "Nothing is published before an embargo ends."
    ),
    ("fr", 2): (
        "Les photographies, vidéos et dossiers de l’espace presse sont à vous pour parler du "
        "film, jusqu’à la date que chaque fichier porte. Le crédit se publie avec l’image.\n\n"
        "Rien ne se publie avant la fin d’un embargo, réseaux compris. Le partage d’un fichier "
        "avant cette heure ferme l’accès de toute la rédaction.\n\n"
        "Pas de recadrage qui change le sens, pas de générique ajouté, pas d’usage publicitaire. "
        "Les fichiers ne servent pas à entraîner des modèles.\n\n"
        "Quand un fichier est retiré ou corrigé, nous écrivons à celles et ceux qui l’ont pris. "
        "Nous gardons trace des téléchargements pendant deux ans."
    ),
    ("en", 2): (
        "The photographs, videos and press books of the press room are yours for writing about "
        "the film, until the date that each file carries. The credit goes with the picture.\n\n"
        "Nothing is published before an embargo ends, social networks included. Sharing a file "
        "before that hour closes the access of the whole newsroom.\n\n"
        "No crop that changes the meaning, no added titles, no advertising. The files are not for "
        "training models.\n\n"
        "When a file is withdrawn or corrected, we write to those who took it. We keep a record "
        "of downloads for two years."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A journalist's request, and what became of it. Days are counted back from the loading."""

    name: str
    domain: str
    outlet: str
    role: str
    days: float
    state: Stored = Stored.APPROVED
    beat: str = "cinema"
    country: str = "FR"
    language: str = "fr"
    ends_days: int | None = None  # ahead; below zero: it has ended
    accepted: int = 2  # version of the terms; 0: none
    renewal_days: float | None = None
    phone: str = ""
    message: str = ""
    reason: str = ""
    links: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return email_of(self.name, self.domain)


ASKED = (
    Asking(
        name="Nadia Ferrand", domain="ecran-du-matin.example", outlet="L’Écran du matin",
        role="Journaliste, cinéma", days=320, phone="01 99 00 62 10",
    ),
    Asking(
        name="Simon Vautrin", domain="ecran-du-matin.example", outlet="L’Écran du matin",
        role="Chef de rubrique", days=318, accepted=1,
    ),
    Asking(
        name="Lucie Marchetti", domain="soir-des-salles.example", outlet="Le Soir des salles",
        role="Critique", days=210,
    ),
    Asking(
        name="Éloïse Carpentier", domain="radio-grand-large.example", outlet="Radio Grand Large",
        role="Productrice", days=356, ends_days=9, beat="culture", renewal_days=1.2,
    ),
    Asking(
        name="Octave Delmas", domain="revue-des-bobines.example", outlet="La Revue des bobines",
        role="Critique", days=120,
    ),
    Asking(
        name="Sarah Lindon", domain="revue-des-bobines.example", outlet="La Revue des bobines",
        role="Critique", days=385, ends_days=-20, accepted=1,
    ),
    Asking(
        name="Erika Sutter", domain="lakeside-film-weekly.example", outlet="Lakeside Film Weekly",
        role="Film editor", days=60, country="CH", language="en",
    ),
    Asking(
        name="Hugo Bertin", domain="soir-des-salles.example", outlet="Le Soir des salles",
        role="Pigiste", days=200, state=Stored.REVOKED,
        reason="Photo 9 de L’Horlogère publiée après son retrait, malgré deux rappels.",
    ),
    Asking(
        name="Kévin Morel", domain="bobine-express.example", outlet="Bobine Express",
        role="Community manager", days=26, state=Stored.REFUSED, beat="other",
        message="On fait des concours : il nous faudrait les affiches sans le titre.",
        reason="Nos fichiers ne servent pas à des opérations commerciales. Les affiches en haute "
        "définition restent ouvertes à tous dans chaque dossier.",
        links=("https://bobine-express.example/concours",),
    ),
    Asking(
        name="Mathis Roubaud", domain="gazette-du-leman.example", outlet="La Gazette du Léman",
        role="Journaliste culture", days=1.4, state=Stored.REQUESTED, beat="culture", country="CH",
        phone="022 555 01 47",
        message="Je prépare quatre pages sur le cinéma d’horlogerie pour le 10 décembre et "
        "j’aimerais les portraits de Maud Kerjean. Ma rédactrice en chef confirme sur demande.",
        links=(
            "https://gazette-du-leman.example/culture/besancon-a-l-heure",
            "https://gazette-du-leman.example/auteurs/mathis-roubaud",
        ),
    ),
    Asking(
        name="Claire Abadie", domain="courrier-des-iles.example", outlet="Le Courrier des îles",
        role="Photographe", days=0.15, state=Stored.REQUESTED, beat="photo",
        message="Pour la projection de Groix : je suis déjà passée par Thibault Nguyen.",
        links=("https://courrier-des-iles.example/portfolio/abadie",),
    ),
)  # fmt: skip


def terms(calendar: Calendar) -> dict[tuple[str, int], PressTerms]:
    """Every version in both languages, published where it is missing."""
    return {
        (code, version): PressTerms.objects.get_or_create(
            locale=code,
            version=version,
            defaults={"text": text, "published_at": calendar.ago(TERMS_DAYS[version])},
        )[0]
        for (code, version), text in TERMS.items()
    }


def accredit(press: Group, by: User, calendar: Calendar) -> int:
    """Every request of the past, where its sender has none. Gives how many were added."""
    texts = terms(calendar)
    there = set(Accreditation.objects.values_list("email", flat=True))
    missing = [one for one in ASKED if one.email not in there]
    for one in missing:
        _keep(one, press, by, texts, calendar)
    return len(missing)


def _keep(
    one: Asking,
    press: Group,
    by: User,
    texts: dict[tuple[str, int], PressTerms],
    calendar: Calendar,
) -> None:
    asked_at = calendar.ago(one.days)
    decided_at = asked_at + timedelta(hours=5)
    first, _, last = one.name.partition(" ")
    person = User.objects.filter(email=one.email).first()
    outlet = Organisation.objects.filter(name=one.outlet).first() if person else None
    record = Accreditation(
        person=person,
        email=one.email,
        first_name=first,
        last_name=last,
        outlet_name=one.outlet,
        outlet=outlet,
        role=one.role,
        beat=one.beat,
        country=one.country,
        phone=one.phone,
        links="\n".join(one.links),
        message=one.message,
        language=one.language,
        terms=texts[one.language, max(one.accepted, 1)],
        state=one.state,
        requested_at=asked_at,
        confirmed_at=asked_at + timedelta(minutes=4),
        reason=one.reason,
        opened_account=person is not None,
    )
    if one.state != Stored.REQUESTED:
        record.decided_at, record.decided_by = decided_at, by
    if person is not None:
        _open(record, one, person, press, calendar)
        _accept(person, one, texts, calendar)
    if one.renewal_days is not None:
        record.renewal_asked_at = calendar.ago(one.renewal_days)
    record.save()
    log(record, "press.request", timestamp=record.confirmed_at)
    if one.state != Stored.REQUESTED:
        log(record, VERBS[one.state], user=by, data=_said(record), timestamp=record.decided_at)


VERBS = {
    Stored.APPROVED: "press.approve",
    Stored.REFUSED: "press.refuse",
    Stored.REVOKED: "press.revoke",
}


def _open(
    record: Accreditation, one: Asking, person: User, press: Group, calendar: Calendar
) -> None:
    """The membership that an approval made, until its end."""
    start: datetime = record.decided_at or record.requested_at
    if one.state == Stored.REVOKED:
        ends = calendar.ago(11)
        record.decided_at = ends
        person.organisation = joining.without_outlet()
        person.save(update_fields=["organisation"])
    elif one.ends_days is None:
        last = states.usual_last_day(calendar.now.date())
        ends = states.end_of(last, settings.TIME_ZONE)
    else:
        last = (calendar.now + timedelta(days=one.ends_days)).date()
        ends = states.end_of(last, settings.TIME_ZONE)
    record.ends_at = ends
    record.membership = Membership.objects.create(
        user=person, group=press, starts_at=start, ends_at=ends
    )


def _accept(
    person: User,
    one: Asking,
    texts: dict[tuple[str, int], PressTerms],
    calendar: Calendar,
) -> None:
    for version in range(1, one.accepted + 1):
        at = max(calendar.ago(one.days), calendar.ago(TERMS_DAYS[version] - 1))
        TermsAccepted.objects.get_or_create(
            user=person, terms=texts[one.language, version], defaults={"at": at}
        )


def _said(record: Accreditation) -> dict[str, Any]:
    if record.state == Stored.APPROVED and record.ends_at:
        return {"until": record.ends_at.isoformat()}
    return {"reason": record.reason}
