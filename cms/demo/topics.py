"""The subjects of the demo, in French and English."""

from pages.base.topics import Topic

TOPICS = {
    "sorties": ("Sorties", "Releases"),
    "exploitation": ("Exploitation", "Exhibition"),
    "marketing": ("Marketing", "Marketing"),
    "presse": ("Presse", "Press"),
    "television": ("Télévision", "Television"),
    "ventes-internationales": ("Ventes internationales", "International sales"),
    "licences": ("Licences", "Licensing"),
    "programmation": ("Programmation", "Programming"),
    "jeune-public": ("Jeune public", "Young audiences"),
    "restauration": ("Restauration", "Restoration"),
    "festivals": ("Festivals", "Festivals"),
    "rh": ("Ressources humaines", "Human resources"),
    "locaux": ("Locaux", "Premises"),
    "outils": ("Outils", "Tools"),
    "juridique": ("Juridique", "Legal"),
    "embargo": ("Embargo", "Embargo"),
    "chiffres": ("Chiffres", "Figures"),
    "formation": ("Formation", "Training"),
    "l-horlogere": ("L’Horlogère", "L’Horlogère"),
    "le-dernier-bac": ("Le Dernier Bac", "Le Dernier Bac"),
    "ourse": ("Ourse", "Ourse"),
    "kowloon-4-h-10": ("Kowloon, 4 h 10", "Kowloon 4:10"),
    "tempete-sur-la-7": ("Tempête sur la 7", "Tempête sur la 7"),
    "une-saison-a-port-blanc": ("Une saison à Port-Blanc", "Une saison à Port-Blanc"),
    "la-cantatrice": ("La Cantatrice", "La Cantatrice"),
}


def topics() -> dict[str, Topic]:
    """Every topic by slug, made where missing."""
    there = {topic.slug: topic for topic in Topic.objects.filter(slug__in=TOPICS)}
    for slug, (name, english) in TOPICS.items():
        if slug not in there:
            there[slug] = Topic.objects.create(slug=slug, name=name, english=english)
    return there
