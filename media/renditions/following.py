"""A picture that changed gets the sizes it lacks."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from media.blobs import Blob
from media.models import Image
from media.quarantine import on_scanned
from media.renditions import keeping


@receiver(post_save, sender=Image)
def image_saved(sender: type[Image], instance: Image, raw: bool, **_kwargs: Any) -> None:  # noqa: FBT001
    """Another file, focal point or confirmed credit is another recipe."""
    if not raw:
        keeping.ask_for([instance])


@on_scanned
def image_scanned(blob: Blob, state: str) -> None:
    """Nothing is made of a file that may not be served, so that now is the time."""
    keeping.ask_for(Image.objects.filter(blob=blob).select_related("blob"))
