"""The demo's pictures and documents, each stored once."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from anyascii import anyascii
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Collection

from cms.accounts.models import User
from cms.demo import pdf
from cms.demo.content import Raw, Text, pictures_in
from media.admin import proposals
from media.metadata.reading import found_in
from media.metadata.values import Confirmed
from media.metadata.writing import clean_original
from media.models import Document, Image

FOLDER = Path(__file__).parent / "pictures"
PHOTOGRAPHS, POSTERS, DOCUMENTS = "Photographies", "Affiches", "Documents"
COPYRIGHT = "© 2026 Cabestan, tous droits réservés"
TERMS = """fr: Usage presse, pour parler du film, avec le crédit.
en: Press use, to write about the film, with the credit."""
SIGNED = re.compile(r"(?:Photo|Image) (.+) / Cabestan")
TITLES = {
    "poster-kowloon-4h10.jpg": "Kowloon, 4 h 10, affiche",
    "poster-l-horlogere.jpg": "L’Horlogère, affiche",
    "poster-la-cantatrice.jpg": "La Cantatrice, affiche",
    "poster-le-dernier-bac.jpg": "Le Dernier Bac, affiche",
    "poster-ourse.jpg": "Ourse, affiche",
    "poster-tempete-sur-la-7.jpg": "Tempête sur la 7, affiche",
    "poster-une-saison-a-port-blanc.jpg": "Une saison à Port-Blanc, affiche",
    "still-atelier.jpg": "L’Horlogère, l’établi",
    "still-bac.jpg": "Le Dernier Bac, la traversée",
    "still-cabines.jpg": "Une saison à Port-Blanc, les cabines",
    "still-doubs.jpg": "L’Horlogère, Besançon et le Doubs",
    "still-hk.jpg": "Hong Kong, la baie",
    "still-kerjean.jpg": "Maud Kerjean, portrait",
    "still-kowloon.jpg": "Kowloon, 4 h 10, la pluie",
    "still-mouvement.jpg": "L’Horlogère, le mouvement",
    "still-ourse.jpg": "Ourse, sous l’aurore",
    "still-peluche.jpg": "Ourse, la peluche",
    "still-route.jpg": "Tempête sur la 7, la route",
    "still-salle.jpg": "Une salle vue du dernier rang",
    "still-scene.jpg": "La scène, avant la représentation",
    "still-tournage.jpg": "Sur le plateau, à contre-jour",
}


def collections(names: Iterable[str] = (PHOTOGRAPHS, POSTERS, DOCUMENTS)) -> dict[str, Collection]:
    """The library's shelves by name, made where missing."""
    root = Collection.objects.get(depth=1)
    there = {one.name: one for one in root.get_children()}
    for name in names:
        if name not in there:
            there[name] = root.add_child(name=name)
    return there


def pictures(texts: Sequence[Text], by: User) -> dict[str, int]:
    """The primary key of each picture file, described and credited as most texts do."""
    shelves = collections()
    there = dict(Image.objects.filter(title__in=TITLES.values()).values_list("title", "pk"))
    alts: dict[str, Counter[str]] = defaultdict(Counter)
    credits_: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        if text.locale == "fr":
            for file, alt, credit in pictures_in(text.raw):
                alts[file][alt] += 1
                credits_[file][credit or "Cabestan"] += 1
    found = {}
    for name, title in TITLES.items():
        if title in there:
            found[name] = there[title]
            continue
        content = _signed(name, _usual(alts[name]) or title, _usual(credits_[name]) or "Cabestan")
        image = Image(
            title=title,
            collection=shelves[POSTERS if name.startswith("poster") else PHOTOGRAPHS],
            uploaded_by_user=by,
            file=ContentFile(content, name=_named(title)),
        )
        take_over(image, content)
        image.save()
        found[name] = image.pk
    return found


def _named(title: str) -> str:
    """What a picture is called where it is taken: «l-horlogere-l-etabli.jpg»."""
    return f"{slugify(anyascii(title.replace('’', '-')))}.jpg"


def take_over(image: Image, content: bytes) -> None:
    """Read a file as an upload is read, and confirm what it says."""
    said = found_in(BytesIO(content), timezone.get_current_timezone(), "fr")
    image.proposed = said.as_json()
    proposals.fill(image)
    image.is_confirmed = True
    image.file_size = len(content)


def _signed(name: str, alt: str, credit: str) -> bytes:
    """A picture with its rights written in; its pixels stay as they are coded."""
    signed = SIGNED.fullmatch(credit)
    said = Confirmed(
        creator=signed[1] if signed else "Cabestan",
        credit=credit,
        copyright=COPYRIGHT,
        usage_terms=TERMS,
        caption=TITLES[name],
        source_type="digitalCreation" if name.startswith("poster") else "digitalCapture",
        data_mining="DMI-PROHIBITED-AIMLTRAINING",
        alt=alt,
    )
    with clean_original(FOLDER / name, said).file as cleaned:
        return cleaned.read()


def _usual(counted: Mapping[str, int]) -> str:
    return max(counted, key=lambda one: counted[one]) if counted else ""


class Documents:
    """Makes the PDF files that texts hold. Two texts may use one name for two files."""

    def __init__(self, by: User) -> None:
        self.by = by
        self.shelf = collections()[DOCUMENTS]
        self.made: dict[tuple[str, str], int] = {}
        self.names: Counter[str] = Counter()

    def file(self, slug: str, raw: Raw) -> int:
        """The document of a ``file`` block."""
        if (slug, raw["name"]) not in self.made:
            content = pdf.written(raw["title"], raw["pages"])
            self.names[raw["name"]] += 1
            stem, suffix = raw["name"].rsplit(".", 1)
            number = self.names[raw["name"]]
            name = raw["name"] if number == 1 else f"{stem}-{number}.{suffix}"
            document = Document(
                title=raw["title"],
                collection=self.shelf,
                uploaded_by_user=self.by,
                file=ContentFile(content, name=name),
            )
            document.file_size = len(content)
            document.save()
            self.made[slug, raw["name"]] = document.pk
        return self.made[slug, raw["name"]]
