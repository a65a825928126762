"""Files wait until the scanner has answered: asking it, asking again, telling who waits."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django_tasks import task

from media import blobs, scanning
from media.blobs import Blob
from media.kits.models import KitItem
from media.library import MODELS
from media.models import Scan
from media.scanning import Verdict

TRIES = 12
LONGEST_WAIT = timedelta(hours=1)

_log = logging.getLogger(__name__)
_told: list[Callable[[Blob, str], object]] = []


def on_scanned(listener: Callable[[Blob, str], object]) -> Callable[[Blob, str], object]:
    """Have a function called with the blob and its state, whenever the scanner has answered."""
    _told.append(listener)
    return listener


def ask(asset: Any) -> None:
    """Queue a scan of an image, document or video that waits for one."""
    if asset.scan == Scan.PENDING:
        scan.enqueue(asset.kind, asset.pk)


@task(priority=20)
def scan(kind: str, pk: int, tries: int = 0) -> str:
    """Scan a file. Returns its state. Asks again later, ever less often, while there is no answer.

    Between two tries the file is not served: its state is ``failed``.
    """
    verdict = scan_now(kind, pk)
    if verdict.state == Scan.FAILED and tries < TRIES and scan.get_backend().supports_defer:
        later = datetime.now(UTC) + min(timedelta(minutes=2**tries), LONGEST_WAIT)
        scan.using(run_after=later).enqueue(kind, pk, tries + 1)
    return verdict.state


def scan_now(kind: str, pk: int) -> Verdict:
    """Ask the scanner about a file, and note its answer at every file with the same bytes.

    Bytes that came in while it was answering keep waiting for an answer of their own.
    """
    asset = MODELS[kind].objects.select_related("blob").filter(pk=pk).first()
    if asset is None or asset.blob is None:
        return Verdict(Scan.UNSCANNED, "gone")
    return scan_bytes(asset.blob, named=asset.file_key)


def scan_bytes(blob: Blob, *, named: str) -> Verdict:
    """Ask about stored bytes, whether a file holds them now or only an older version of a kit."""
    try:
        with blobs.opened(blob) as file:
            verdict = scanning.scan(file)
    except FileNotFoundError:
        verdict = Verdict(Scan.FAILED, "the bytes are missing")
    if verdict.state != Scan.CLEAN:
        _log.warning("Scan of %s: %s, %s", named, verdict.state, verdict.because)
    Blob.objects.filter(pk=blob.pk).update(scan=verdict.state)
    for model in MODELS.values():
        model.objects.filter(blob=blob).update(scan=verdict.state)
    for told in _told:
        told(blob, verdict.state)
    return verdict


def replaced_bytes() -> QuerySet[Blob]:
    """Bytes that no file of the library holds any more, and an older version of a kit does."""
    held = [model.objects.exclude(blob=None).values("blob") for model in MODELS.values()]
    in_kits = Blob.objects.filter(pk__in=KitItem.objects.values("source"))
    for blobs_held in held:
        in_kits = in_kits.exclude(pk__in=blobs_held)
    return in_kits.order_by("pk")
