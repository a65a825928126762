"""What begins when a file came into the library, by whatever way: its scan, and its reading."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from media import quarantine
from media.extraction import keeping
from media.models import Document, Image, Scan, Video


@receiver(post_save, sender=Image)
@receiver(post_save, sender=Document)
@receiver(post_save, sender=Video)
def see_to(instance: Any, *, raw: bool = False, **_: Any) -> None:
    """Queue what the file waits for. Files that wait for nothing cost no query."""
    if raw:
        return
    if instance.scan == Scan.PENDING:
        quarantine.ask(instance)
    if isinstance(instance, Document):
        keeping.ask_for(instance)
