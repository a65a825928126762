"""The words of files, kept for the same bytes once, and telling those who wait for them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from media import blobs
from media.blobs import Blob
from media.extraction.cage import reader_of, text_of
from media.extraction.extracted import FAILED, SAID, Extracted
from media.models import FileText

_told: list[Callable[[Blob], object]] = []


def on_read(listener: Callable[[Blob], object]) -> Callable[[Blob], object]:
    """Have a function called with the blob, whenever the words of a file were read."""
    _told.append(listener)
    return listener


def ask_for(document: Any) -> None:
    """Queue the reading of a document, after the transaction in hand.

    Not of one whose bytes were read already, or are no text.
    """
    from media.extraction.tasks import read_text  # it calls back here

    if document.blob is None or not reader_of(document.blob.content_type):
        return
    text, is_new = FileText.objects.get_or_create(blob=document.blob)
    if is_new or text.state == FileText.State.PENDING:
        transaction.on_commit(partial(read_text.enqueue, document.blob.pk))


def extract(blob_id: int) -> FileText | None:
    """Read the words of a blob now, in the cage, and keep them. Nothing where there is no blob."""
    blob = Blob.objects.filter(pk=blob_id).first()
    if blob is None:
        return None
    found = _found(blob)
    kept, _ = FileText.objects.update_or_create(
        blob=blob,
        defaults={
            "state": found.state,
            "note": found.note,
            "pages": [list(page) for page in found.pages],
        },
    )
    for told in _told:
        told(blob)
    return kept


def said_of(text: FileText) -> str:
    """The state of a file's words for editors, in their language."""
    return gettext(text.note) if text.note else str(FileText.State(text.state).label)


def _found(blob: Blob) -> Extracted:
    try:
        with blobs.opened(blob) as file:
            return text_of(file, blob.content_type)
    except FileNotFoundError:
        return Extracted(FAILED, note=SAID["missing"])
