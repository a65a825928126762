"""A press kit of one case: a photo, a film with its poster, a document whose words are known."""

import hashlib

from django.core.files.base import ContentFile

from media.models import FileText, Video
from media.renditions.keeping import make
from media.renditions.sizes import SIZES
from pages.models import PressKitPage
from tests.factories import document, picture

MADE = ("original", "web", "lead", "share", "card")
# The smallest thing that libmagic takes for a film.
FILM = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x00\x00\x08free"


def new(state, word, locale):
    """The kit, not yet in the tree."""
    photo = _photo(f"photo {word}")
    poster = _photo(f"poster {word}")
    film = Video.objects.create(
        title=f"film {word}",
        description=f"film {word}",
        poster=poster,
        is_confirmed=True,
        file=ContentFile(FILM + word.encode(), name=f"film-{word}.mp4"),
    )
    paper = document(f"dossier {word}", content=f"%PDF-1.4 {word}".encode(), is_confirmed=True)
    FileText.objects.filter(blob=paper.blob).update(
        state=FileText.State.READ, pages=[[1, f"dedans {_inside(state)}"]]
    )
    return PressKitPage(
        title=f"Dossier de presse {word}",
        slug=f"dossier-{word}",
        film_title=f"Film {word}",
        summary=f"Présentation {word}",
        locale=locale,
        lead_image=photo,
        items=[
            ("photo", _item(image=photo, caption="")),
            ("video", _item(video=film)),
            ("document", _item(document=paper)),
        ],
    )


def change(kit):
    """A second version, so that there is something that changed."""
    kit.refresh_from_db()
    raw = kit.items.get_prep_value()
    raw[0]["value"]["caption"] = f"{kit.film_title}, corrigé"
    kit.items = raw
    if kit.live or kit.scheduled_revision:
        kit.save()


def inside(case):
    """A word that stands in the document of a kit, and nowhere else."""
    return _inside(case.state)


def anchors(case):
    return [one["id"] for one in case.kit.items.get_prep_value()]


def files(case):
    """The photo, the film and the document of the kit, by their keys."""
    photo, film, paper = (one.value for one in case.kit.items)
    return photo["image"], film["video"], paper["document"]


def _inside(state):
    return f"hermine{state.replace('-', '')}"


def _photo(title):
    colour = f"#{hashlib.sha256(title.encode()).hexdigest()[:6]}"
    image = picture(
        title, size=(300, 200), colour=colour, credit=f"crédit {title}", description=title,
        is_confirmed=True,
    )  # fmt: skip
    make(image, {name: SIZES[name] for name in MADE})
    return image


def _item(**file):
    return {"title": "", "readers": "public", "embargo_until": None, "early_outlets": [], **file}
