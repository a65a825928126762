"""The photos of the kits: crops with their rights written in, read as uploads are."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image as Pillow
from PIL import ImageEnhance, ImageOps

from cms.accounts.models import User
from cms.demo.content import Calendar
from cms.demo.library import FOLDER, collections, take_over
from cms.demo.press.wanted import Crop, Kit, Photo
from media.metadata.values import Confirmed
from media.metadata.writing import options
from media.models import Image

SHELF = "Dossiers de presse"
QUALITY = 90
AT_ONCE = 2
"""Pictures that are cropped at the same time: what draws them lets go of the interpreter."""
TERMS = {
    "fr": "Usage presse, pour parler du film, avec le crédit, jusqu’au {until}.",
    "en": "Press use, to write about the film, with the credit, until {until}.",
}
WEB_STATEMENT = "https://presse.cabestan.example/conditions"
NIGHT = ((10, 16, 40), (176, 196, 226))
WARM = ((30, 14, 8), (255, 240, 214))


def file_name(kit: Kit, photo: Photo) -> str:
    return f"{kit.stem}-{photo.name}.jpg"


def credit_of(creator: str) -> str:
    kind = "Image" if creator.startswith("Studio") else "Photo"
    return f"{kind} {creator} / Cabestan"


def terms_of(kit: Kit) -> str:
    """What the press may do with the kit's files, in each of its languages."""
    until = {"fr": kit.film["rights_until"], "en": kit.film.get("rights_until_en", "")}
    said = {code: TERMS[code].format(until=until[code]) for code in kit.words}
    if len(said) == 1:
        return said["fr"]
    return "\n".join(f"{code}: {line}" for code, line in said.items())


def drawn(crop: Crop) -> Pillow.Image:
    """The part of the picture, never enlarged. The same pixels each time."""
    with Pillow.open(FOLDER / crop.source) as whole:
        part = whole.convert("RGB").crop(crop.box)
    if crop.mirrored:
        part = ImageOps.mirror(part)
    match crop.grade:
        case "mono":
            return ImageOps.autocontrast(ImageOps.grayscale(part), cutoff=1).convert("RGB")
        case "night":
            return Pillow.blend(part, _toned(part, *NIGHT), 0.8)
        case "warm":
            return ImageEnhance.Color(Pillow.blend(part, _toned(part, *WARM), 0.35)).enhance(1.15)
        case _:
            return part


def _toned(part: Pillow.Image, dark: tuple[int, ...], light: tuple[int, ...]) -> Pillow.Image:
    return ImageOps.colorize(ImageOps.grayscale(part), dark, light)


def coded(crop: Crop, said: Confirmed) -> bytes:
    """The JPEG, with what is said of it in XMP, IPTC and EXIF."""
    out = BytesIO()
    drawn(crop).save(out, "JPEG", quality=QUALITY, **options(said, "JPEG"))
    return out.getvalue()


def said_of(kit: Kit, photo: Photo, calendar: Calendar) -> Confirmed:
    """What a photographer's agency would write into the file."""
    ended = calendar.ago(photo.ended_days) if photo.ended_days else None
    return Confirmed(
        creator=photo.creator,
        credit=credit_of(photo.creator),
        copyright=f"© {photo.taken.year if photo.taken else 2026} Cabestan, tous droits réservés",
        usage_terms=terms_of(kit),
        web_statement=WEB_STATEMENT,
        caption=photo.caption,
        persons=tuple(photo.persons),
        taken_on=photo.taken,
        expires=ended.replace(microsecond=0) if ended else None,
        source_type="digitalCapture",
        data_mining="DMI-PROHIBITED-AIMLTRAINING",
        alt=photo.alt,
    )


def pictures(
    kits: Iterable[Kit], library: dict[str, int], by: User, calendar: Calendar
) -> dict[str, int]:
    """The primary key of each photo by its file name, made where missing."""
    wanted = {file_name(kit, one): (kit, one) for kit in kits for one in kit.photos}
    shelf = collections([SHELF])[SHELF]
    rows = Image.objects.filter(collection=shelf, name__in=wanted).values_list("name", "pk")
    found = dict(rows) | {
        name: library[one.library] for name, (_kit, one) in wanted.items() if one.library
    }
    missing = [
        (name, kit, one)
        for name, (kit, one) in wanted.items()
        if name not in found and one.crop is not None
    ]
    sayings = [said_of(kit, one, calendar) for _name, kit, one in missing]
    contents = _coded([one.crop for _name, _kit, one in missing if one.crop], sayings)
    for (name, kit, one), content in zip(missing, contents, strict=True):
        image = Image(
            title=f"{kit.film['title']}, {one.title[0].lower()}{one.title[1:]}"[:255],
            file=ContentFile(content, name=name),
            collection=shelf,
            uploaded_by_user=by,
            territories=one.territories,
            uses="internal press",
        )
        take_over(image, content)
        image.save()
        Image.objects.filter(pk=image.pk).update(
            created_at=calendar.ago(kit.steps[one.step - 1] + 1)
        )
        found[name] = image.pk
    return found


def _coded(crops: Iterable[Crop], sayings: Iterable[Confirmed]) -> Iterator[bytes]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(coded, crops, sayings)


def replace(image: Image, kit: Kit, photo: Photo, crop: Crop, calendar: Calendar) -> None:
    """Other bytes for a photo that keeps its name and its place."""
    content = coded(crop, said_of(kit, photo, calendar))
    image.file = ContentFile(content, name=file_name(kit, photo))
    take_over(image, content)
    image.save()
