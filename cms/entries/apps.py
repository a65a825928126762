from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EntriesConfig(AppConfig):
    name = "cms.entries"
    label = "entries"

    def ready(self) -> None:
        post_migrate.connect(_first_number, sender=self)


def _first_number(**_kwargs: Any) -> None:
    """The one row that numbers changes."""
    from cms.entries.models import FeedHead

    FeedHead.objects.get_or_create(pk=1)
