"""The sizes of the library's pictures: made once for each recipe, and kept as blobs."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from io import BytesIO
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from media import blobs
from media.metadata.opening import CutShort, NotAPicture, TooManyPixels
from media.metadata.writing import Cleaned, clean_original
from media.models import Derived, Image
from media.renditions import giving_way
from media.renditions.making import Made, made
from media.renditions.recipes import confirmed_of, focus_of, recipe_of
from media.renditions.sizes import ALL, AVIF, SIZES, Size
from media.scanning import may_serve

AT_ONCE = 6_000_000
"""Pixels up to which a size is made while somebody waits for it."""
COPIED = {"image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif"}
"""Originals that are cleaned without being decoded, however large they are."""
ASKED_AGAIN = 600
"""Seconds until a picture that is asked for again is queued again: its worker may be dead."""
_BATCH = 200

_log = logging.getLogger(__name__)


class Trouble(models.TextChoices):
    """Why a picture has no sizes: kept with it as a word, shown to editors as a sentence."""

    NO_PICTURE = "no_picture", _("The file is no picture that can be opened: upload it again.")
    TOO_LARGE = "too_large", _("The picture has too many pixels: make it smaller.")
    CUT_SHORT = "cut_short", _("The file is damaged or was cut off: upload it again.")
    GONE = "gone", _("The file is gone from the storage: upload it again.")
    STORAGE = "storage", _("The storage did not take the sizes made of it; this is tried again.")


_TROUBLES: dict[type[Exception], Trouble] = {
    NotAPicture: Trouble.NO_PICTURE,
    TooManyPixels: Trouble.TOO_LARGE,
    CutShort: Trouble.CUT_SHORT,
    FileNotFoundError: Trouble.GONE,
}


def rendition_of(image: Image, size: str, *, avif: bool = False) -> Derived | None:
    """A named size as it is now, if it is made. One query.

    ``avif``: whether its reader takes AVIF, and gets it where it is made and smaller.
    """
    names = [size, f"{size}.avif"] if avif and f"{size}.avif" in AVIF else [size]
    found = Derived.objects.filter(source=image.blob_id, recipe=recipe_of(image), size__in=names)
    return min(found.select_related("result"), key=lambda one: one.result.size, default=None)


def at_hand(image: Image, size: str, *, avif: bool = False) -> Derived | None:
    """The same; a small picture's size is made at once, and so is a cleaned original.

    Nothing for a large picture, one that may not be served, and one that cannot be rendered: its
    next try is some minutes later.
    """
    found = rendition_of(image, size, avif=avif)
    if found is not None or size not in SIZES or not _is_quick(image, size):
        return found
    failed = f"render-failed-{image.blob_id}-{recipe_of(image)}"
    if cache.get(failed):
        return None
    try:
        make(image, {size: SIZES[size]})
    except OSError:
        _log.exception("rendition_failed image=%s size=%s", image.pk, size)
    if image.render_error:
        cache.set(failed, 1, ASKED_AGAIN)
        return None
    return rendition_of(image, size)


def ask_for(images: Iterable[Image], *, again: bool = False) -> int:
    """Queue what these pictures lack, after the transaction in hand. Gives how many were queued.

    ``again``: also those that were queued a moment ago.
    """
    from media import tasks

    queued = 0
    for image in images:
        if not _may_render(image) or not _lacks(image, ALL):
            continue
        # A page of a hundred pictures is looked at by many before the worker comes to it.
        if cache.add(f"render-{image.pk}-{recipe_of(image)}", 1, ASKED_AGAIN) or again:
            transaction.on_commit(partial(tasks.render.enqueue, image.pk))
            queued += 1
    return queued


def ask_for_missing() -> int:
    """Queue what any picture lacks: for a worker that begins, as one before it may have died."""
    images = Image.objects.select_related("blob").order_by("pk").iterator(_BATCH)
    return ask_for(missing(images), again=True)


def make(
    image: Image,
    sizes: Mapping[str, Size] = SIZES,
    *,
    anew: bool = False,
    gives_way: bool = False,
) -> int:
    """Make and store what is missing of these sizes, each visible once it is whole.

    Gives how many were made. Two at once, or one that is killed, do no harm: what is there already
    is the same. What is wrong with the picture is noted on it, and is no error here; a storage
    that fails is noted too, and raises ``OSError``. ``anew``: also what is there. ``gives_way``:
    when the machine is busy, others go first.
    """
    if not _may_render(image):
        return 0
    wanted = dict(sizes) if anew else _lacks(image, sizes)
    count, trouble = 0, ""
    try:
        for name, file, measured in _made(image, wanted, gives_way=gives_way):
            _keep(image, name, file, measured, anew=anew)
            count += 1
    except tuple(_TROUBLES) as error:
        trouble = next(word for kind, word in _TROUBLES.items() if isinstance(error, kind))
    except OSError:
        _note(image, Trouble.STORAGE)
        raise
    _note(image, trouble)
    return count


def missing(images: Iterable[Image], sizes: Mapping[str, Size] = ALL) -> Iterator[Image]:
    """Those of the pictures that may be rendered and lack one of the sizes. A query per 200."""
    rendered = filter(_may_render, images)
    while some := list(islice(rendered, _BATCH)):
        there = set(
            Derived.objects.filter(
                source__in=[image.blob_id for image in some], size__in=list(sizes)
            ).values_list("source_id", "recipe", "size")
        )
        for image in some:
            recipe = recipe_of(image)
            if any((image.blob_id, recipe, name) not in there for name in sizes):
                yield image


def _made(
    image: Image, wanted: Mapping[str, Size], *, gives_way: bool
) -> Iterator[tuple[str, IO[bytes], Made | Cleaned]]:
    """A size's name, its bytes, and what is known of them; one after another."""
    confirmed, most = confirmed_of(image), settings.UPLOAD_PICTURE_PIXELS
    sizes = {name: size for name, size in wanted.items() if size.form}
    blob: Any = image.blob
    with blobs.opened(blob) as file:
        if sizes:
            rendering = made(file, sizes, confirmed, focus_of(image), most)
            for one in giving_way.each(rendering) if gives_way else rendering:
                yield one.name, BytesIO(one.content), one
        for name in wanted.keys() - sizes.keys():
            cleaned = clean_original(file, confirmed, most)
            with cleaned.file:
                yield name, cleaned.file, cleaned


@transaction.atomic
def _keep(
    image: Image, name: str, file: IO[bytes], measured: Made | Cleaned, *, anew: bool
) -> None:
    """The blob is whole in the storage before anybody can find it, and named before a sweep can."""
    result = blobs.keep(file, content_type=measured.content_type)
    values = {"result": result, "width": measured.width, "height": measured.height}
    keep = Derived.objects.update_or_create if anew else Derived.objects.get_or_create
    keep(source=image.blob, size=name, recipe=recipe_of(image), defaults=values)


def _lacks(image: Image, sizes: Mapping[str, Size]) -> dict[str, Size]:
    there = set(
        Derived.objects.filter(
            source=image.blob_id, recipe=recipe_of(image), size__in=list(sizes)
        ).values_list("size", flat=True)
    )
    return {name: size for name, size in sizes.items() if name not in there}


def _may_render(image: Image) -> bool:
    return image.blob_id is not None and may_serve(image.scan)


def _is_quick(image: Image, size: str) -> bool:
    if not SIZES[size].form and image.content_type in COPIED:
        return True
    return image.width * image.height <= AT_ONCE


def _note(image: Image, trouble: str) -> None:
    if image.render_error != trouble:
        image.render_error = trouble
        Image.objects.filter(pk=image.pk).update(render_error=trouble)
