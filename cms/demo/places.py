"""The sections of the demo's site, in French and English, with who may read them."""

from dataclasses import dataclass, field

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
    is_press_room: bool = False


FRENCH = (
    Place(
        "actualites", "Actualités",
        "Ce qui s’est passé, ce qui a été décidé, et qui fait quoi ensuite.",
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
        "pools", "Pools", "Les espaces des équipes. Chacun ne voit que les siens.", (STAFF,),
        places=(
            Place(
                "exploitants", "Exploitants",
                "La bonne copie, la bonne affiche, la bonne date, sans que la salle ait à appeler.",
                (EXHIBITION,), places=(
                    Place(
                        "direction-exploitants", "Direction",
                        "Conditions, arbitrages et chiffres réservés à la direction commerciale.",
                        (MANAGEMENT,),
                    ),
                ),
            ),
            Place(
                "television", "Télévision",
                "Ventes, échéances de droits et livraisons aux chaînes.",
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
        is_press_room=True,
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
                "The facts, what to say and what not to say, to answer within the hour.",
                french="notes-operationnelles",
            ),
            Place(
                "rumours", "Rumours", "What is being said, whether it is true, and how we know.",
                french="rumeurs",
            ),
            Place(
                "company", "Company",
                "Decisions, people, figures and agreements that concern everyone.",
                french="vie-du-groupe",
            ),
            Place(
                "offices", "Offices", "Paris, London, Hong Kong: premises, hours, people, works.",
                french="bureaux",
            ),
        ),
    ),
    Place(
        "guides", "Guides", "How we do things. Every page has somebody who keeps it right.",
        (STAFF,), "guides",
    ),
    Place(
        "pools", "Pools", "Team spaces. You see those that you belong to.", (STAFF,), "pools",
        places=(
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
        is_press_room=True,
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
