"""A film that came in is measured, and gets a poster of its own, in the background."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import copyfileobj
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django_tasks import task

from media import blobs
from media.admin import proposals
from media.models import Image, Video
from media.rights import Rights
from media.videos import probing
from media.videos.probing import Probed, Unreadable

_log = logging.getLogger(__name__)

RIGHTS = [
    field.name
    for field in Rights._meta.get_fields()
    if field.name not in {"proposed", "persons", "caption", "source_type"}
]
"""What a frame has from its film: credit, terms, and where and when it may be seen."""


@receiver(post_save, sender=Video)
def see_to(instance: Video, *, raw: bool = False, **_kwargs: Any) -> None:
    """Queue what the film lacks; where ffprobe is missing it is shown without."""
    if not raw and instance.blob_id and instance.duration is None and probing.can_probe():
        measure.enqueue(instance.pk)


@task(priority=-5)
def measure(pk: int) -> str:
    """Measure a film and take its poster. Says what came of it."""
    film = Video.objects.select_related("blob").filter(pk=pk).first()
    if film is None or film.blob is None:
        return "gone"
    try:
        with _as_file(film) as file:
            probed = probing.probe(file, film.content_type)
            picture = _poster(file, film, probed) if film.poster_id is None else None
    except (Unreadable, FileNotFoundError) as error:
        _log.warning("film_unreadable film=%s reason=%s", film.file_key, error)
        return "unreadable"
    return _noted(film, probed, picture)


@transaction.atomic
def _noted(measured: Video, probed: Probed, picture: bytes | None) -> str:
    """Written into the film as it is by now: measuring took a while, and editors did not wait."""
    film = Video.objects.select_for_update().filter(pk=measured.pk, blob=measured.blob).first()
    if film is None:
        return "gone"
    _note(film, probed)
    if picture is not None and film.poster_id is None:
        film.poster = _kept(picture, film)
    film.save()
    return "measured"


def _note(film: Video, probed: Probed) -> None:
    film.duration = probed.duration
    film.width, film.height = probed.width, probed.height
    film.codecs = probed.codecs
    film.proposed = probed.as_found
    proposals.fill(film)


def _poster(file: IO[bytes], film: Video, probed: Probed) -> bytes | None:
    try:
        return probing.poster(file, film.content_type, duration=probed.duration)
    except Unreadable:
        return None  # the film can be shown without


def _kept(picture: bytes, film: Video) -> Image:
    """A picture of the library, as free and as closed as its film."""
    stem = film.filename.rpartition(".")[0] or film.filename
    image = Image(
        title=(_("Poster: %(title)s") % {"title": film.title})[:255],
        file=ContentFile(picture, name=f"{stem[:80]}-poster.jpg"),
        collection=film.collection,
        description=film.description,
        uploaded_by_user=film.uploaded_by_user,
        **{name: getattr(film, name) for name in RIGHTS},
    )
    image.save()
    return image


@contextmanager
def _as_file(film: Video) -> Iterator[IO[bytes]]:
    """The film as a file of the system, which other processes can be given."""
    with blobs.opened(film.blob) as stored:  # type: ignore[arg-type]
        try:
            stored.fileno()
        except (OSError, AttributeError):
            with tempfile.TemporaryFile() as copy:
                copyfileobj(stored, copy, 1 << 20)
                yield copy
        else:
            yield stored
