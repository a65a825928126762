"""Names and trades of the people who only make up the numbers. All of them are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """People of one place, and the language they work in."""

    people: int
    language: str
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    trades: tuple[str, ...]


PARIS = Office(
    people=148,
    language="fr",
    firsts=(
        "Adèle", "Agathe", "Alban", "Amandine", "Amir", "Anouk", "Arthur", "Aurélie", "Bérénice",
        "Blaise", "Capucine", "Cécile", "Clément", "Damien", "Delphine", "Diane", "Elsa", "Émile",
        "Étienne", "Fanny", "Farid", "Félix", "Flora", "Gabriel", "Gaëlle", "Hugo", "Ibrahim",
        "Irène", "Jeanne", "Karim", "Léa", "Lucien", "Madeleine", "Malik", "Marius", "Nicolas",
        "Noémie", "Odile", "Pauline", "Quentin", "Rachida", "Romane", "Sacha", "Salomé", "Thibault",
        "Ursule", "Valentin", "Victoire", "Yann", "Zoé",
    ),
    lasts=(
        "Abadie", "Balmain", "Barros", "Belkacem", "Bouvard", "Carlier", "Chastel", "Colin",
        "Coulon", "Daumier", "Delaunay", "Diallo", "Dréan", "Escande", "Fabre", "Favreau",
        "Garnault", "Gosselin", "Guérin", "Hamel", "Imbert", "Jourdan", "Kermarec", "Lacaze",
        "Lanoë", "Le Bihan", "Leroux", "Maillard", "Marchetti", "Mercadier", "Nguyen", "Oudin",
        "Pasquier", "Perrault", "Quéméner", "Ravel", "Rivoire", "Sabatier", "Sauvage", "Sylla",
        "Tavernier", "Teissier", "Urvoy", "Vallet", "Vidal", "Weber", "Xuereb", "Yvon", "Zidane",
    ),
    trades=(
        "Programmation", "Fabrication et matériel", "Marketing salles", "Comptabilité auteurs",
        "Contrôle de gestion", "Juridique et droits", "Achats de films", "Post-production",
        "Communication interne", "Informatique", "Ressources humaines", "Catalogue et patrimoine",
        "Publicité et médias", "Partenariats", "Statistiques de fréquentation",
    ),
)  # fmt: skip
LONDON = Office(
    people=29,
    language="en",
    firsts=(
        "Aisha", "Beatrice", "Callum", "Dilys", "Edmund", "Fiona", "Gareth", "Harriet", "Imogen",
        "Joel", "Kit", "Leonie", "Maeve", "Nikhil", "Orla", "Rupert", "Sunita", "Theo",
    ),
    lasts=(
        "Adeyemi", "Bracewell", "Carmody", "Dunmore", "Eastwell", "Fairlie", "Garrick", "Holroyd",
        "Iyer", "Kerrigan", "Lathom", "Merriman", "Okafor", "Penrose", "Sandhu", "Thackray",
    ),
    trades=(
        "Theatrical sales", "Marketing", "Press and publicity", "Legal", "Finance",
        "Post-production", "Festivals",
    ),
)  # fmt: skip
HONG_KONG = Office(
    people=17,
    language="en",
    firsts=(
        "Ah-Yin", "Benedict", "Carmen", "Chi-Wai", "Ho-Yin", "Ka-Man", "Kelvin", "Lok-Yee",
        "Siu-Ling", "Vivian", "Wing-Sze", "Yuk-Fai",
    ),
    lasts=("Au", "Chau", "Fong", "Hui", "Kwan", "Leung", "Mak", "Poon", "Siu", "Tse", "Yip"),
    trades=("Asian sales", "Acquisitions", "Subtitling", "Festivals", "Finance"),
)  # fmt: skip
OFFICES = (PARIS, LONDON, HONG_KONG)

# How many of them are in which group besides everybody's.
SEATS = {
    "Pool Exploitants": (10, "Exploitation"),
    "Pool Télévision": (8, "Ventes télévision"),
    "Pool International": (13, "Ventes internationales"),
    "Pool Licences & produits dérivés": (11, "Licences et produits dérivés"),
    "Direction commerciale": (3, "Direction commerciale"),
    "Rédaction": (2, "Communication interne"),
    "Contributeurs": (6, "Correspondance de service"),
}
