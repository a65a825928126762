"""The sections of the demo's site, in French and English, with who may read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from wagtail.models import Locale, Page, PageViewRestriction, Site

from cms.accounts.models import User
from cms.demo.content import Calendar
from cms.demo.people import (
    CINEMAS,
    EXHIBITION,
    INTERNATIONAL,
    LICENSING,
    MANAGEMENT,
    PRESS,
    STAFF,
    TELEVISION,
)
from cms.demo.publishing import publish
from pages.base.models import BasePage
from pages.home.models import HomePage
from pages.news.models import SectionPage

FOUNDED_DAYS_AGO = 420


@dataclass(frozen=True, slots=True)
class Place:
    """A section: its address, its words, its readers, and what is below it."""

    slug: str
    title: str
    summary: str
    readers: tuple[str, ...] = ()
    french: str = ""
    """The French section that an English one is a version of."""
    places: tuple["Place", ...] = field(default=())


FRENCH = (
    Place(
        "actualites", "Actualités", "Ce qui s’est passé, ce qui a été décidé, et qui fait quoi ensuite.",
        (STAFF,), places=(
            Place(
                "notes-operationnelles", "Notes opérationnelles",
                "Les faits, ce que l’on dit, ce que l’on ne dit pas : pour répondre dans l’heure.",
            ),
            Place(
                "rumeurs", "Rumeurs",
                "Ce qui se dit, si c’est vrai, et sur quoi la réponse repose.",
            ),
            Place(
                "vie-du-groupe", "Vie du groupe",
                "Décisions, métiers, chiffres, accords : ce qui concerne tous les salariés.",
            ),
            Place(
                "bureaux", "Bureaux",
                "Paris, Londres, Hong Kong : locaux, horaires, personnes, travaux.",
            ),
        ),
    ),
    Place(
        "guides", "Guides",
        "Comment on fait, ici : chaque page a une personne qui la garde juste.", (STAFF,),
    ),
    Place(
        "pools", "Pools", "Les espaces des équipes. Chacun ne voit que les siens.", (STAFF,), places=(
            Place(
                "exploitants", "Exploitants",
                "La bonne copie, la bonne affiche et la bonne date, sans que la salle ait à appeler.",
                (EXHIBITION,), places=(
                    Place(
                        "direction-exploitants", "Direction",
                        "Conditions, arbitrages et chiffres réservés à la direction commerciale.",
                        (MANAGEMENT,),
                    ),
                ),
            ),
            Place(
                "television", "Télévision", "Ventes, échéances de droits et livraisons aux chaînes.",
                (TELEVISION,),
            ),
            Place(
                "international", "International",
                "Ventes par territoire, festivals et marchés, de Paris, Londres et Hong Kong.",
                (INTERNATIONAL,),
            ),
            Place(
                "licences", "Licences & produits dérivés",
                "Contrats, gammes, validations et redevances.", (LICENSING,),
            ),
        ),
    ),
    Place(
        "salles", "Espace salles",
        "Pour les salles partenaires : dates, matériel, clés, avant-premières.", (STAFF, CINEMAS),
    ),
    Place(
        "presse", "Espace presse", "Communiqués, dossiers et contacts, ouverts à tous.", places=(
            Place(
                "accredites", "Accrédités",
                "Projections, entretiens et documents sous embargo, pour la presse accréditée.",
                (STAFF, PRESS),
            ),
        ),
    ),
    Place(
        "groupe", "Le groupe",
        "Distributeur de films depuis 1987, à Paris, Londres et Hong Kong.",
    ),
)  # fmt: skip
ENGLISH = (
    Place(
        "news", "News", "What happened, what was decided, and who does what next.", (STAFF,),
        "actualites", places=(
            Place(
                "briefs", "Operational briefs",
                "The facts, what to say and what not to say, so that you can answer within the hour.",
                french="notes-operationnelles",
            ),
            Place(
                "rumours", "Rumours", "What is being said, whether it is true, and how we know.",
                french="rumeurs",
            ),
            Place(
                "company", "Company", "Decisions, people, figures and agreements that concern everyone.",
                french="vie-du-groupe",
            ),
            Place(
                "offices", "Offices", "Paris, London, Hong Kong: premises, hours, people, works.",
                french="bureaux",
            ),
        ),
    ),
    Place(
        "guides", "Guides", "How we do things. Every page has somebody who keeps it right.", (STAFF,),
        "guides",
    ),
    Place(
        "pools", "Pools", "Team spaces. You see those that you belong to.", (STAFF,), "pools", places=(
            Place(
                "international", "International",
                "Sales by territory, festivals and markets, from Paris, London and Hong Kong.",
                (INTERNATIONAL,), "international",
            ),
        ),
    ),
    Place(
        "cinemas", "For cinemas", "For partner cinemas: dates, materials, keys, previews.",
        (STAFF, CINEMAS), "salles",
    ),
    Place(
        "press", "Press room", "Releases, kits and contacts, open to everybody.", french="presse",
    ),
    Place(
        "group", "The group", "Distributing films since 1987, from Paris, London and Hong Kong.",
        french="groupe",
    ),
)  # fmt: skip
HOMES = {
    "fr": ("Accueil", "Le portail du Groupe Cabestan, pour ses équipes, ses salles et la presse."),
    "en": ("Home", "The portal of Groupe Cabestan, for its teams, its cinemas and the press."),
}


def is_planted() -> bool:
    """Whether the demo's site stands."""
    return HomePage.objects.filter(locale__language_code="fr").exists()


@dataclass(slots=True)
class Gardener:
    """Plants the tree, leaving alone whatever stands already."""

    groups: Mapping[str, Group]
    by: User
    calendar: Calendar
    sections: dict[tuple[str, str], SectionPage] = field(default_factory=dict)

    def plant(self) -> dict[tuple[str, str], SectionPage]:
        """Homes and sections of both languages. Gives the sections by language and slug."""
        for code in ("fr", "en", "zh"):
            Locale.objects.get_or_create(language_code=code)
        homes = self._homes()
        for code, places in (("fr", FRENCH), ("en", ENGLISH)):
            for place in places:
                self._place(place, homes[code], in_menu=True)
        return self.sections

    def _homes(self) -> dict[str, HomePage]:
        there = {home.locale.language_code: home for home in HomePage.objects.filter(depth=2)}
        root = Page.objects.get(depth=1)
        for code, (title, summary) in HOMES.items():
            if code not in there:
                home = HomePage(
                    title=title, slug=code, summary=summary, show_in_menus=False,
                    locale=Locale.objects.get(language_code=code),
                )  # fmt: skip
                if code != "fr":
                    home.translation_key = there["fr"].translation_key
                self._add(root, home)
                there[code] = home
        _only_ours(there["fr"])
        return there

    def _place(self, place: Place, parent: BasePage, *, in_menu: bool) -> None:
        code = parent.locale.language_code
        page = SectionPage.objects.child_of(parent).filter(slug=place.slug).first()
        if page is None:
            page = SectionPage(
                title=place.title, slug=place.slug, summary=place.summary, locale=parent.locale,
                show_in_menus=in_menu,
            )  # fmt: skip
            if place.french:
                page.translation_key = self.sections["fr", place.french].translation_key
            self._add(parent, page)
            self._restrict(page, place.readers)
        self.sections[code, place.slug] = page
        for below in place.places:
            self._place(below, page, in_menu=False)

    def _add(self, parent: Page, page: BasePage) -> None:
        at = self.calendar.ago(FOUNDED_DAYS_AGO)
        page.owner = self.by
        page.first_published_at = page.last_published_at = at
        parent.add_child(instance=page)
        publish(page, by=self.by, at=at)

    def _restrict(self, page: SectionPage, readers: Sequence[str]) -> None:
        if readers:
            restriction = PageViewRestriction.objects.create(
                page=page, restriction_type=PageViewRestriction.GROUPS
            )
            restriction.groups.set([self.groups[name] for name in readers])


def _only_ours(home: HomePage) -> None:
    """Point the site at our home, and take away the page that Wagtail welcomes with."""
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "site_name": "Cabestan", "root_page": home},
    )
    for page in _welcome_pages():
        page.delete()


def _welcome_pages() -> Iterator[Page]:
    for page in Page.objects.filter(depth=2, numchild=0):
        if page.specific_class is Page:
            yield page
