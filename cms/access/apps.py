from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "cms.access"
    label = "access"

    def ready(self) -> None:
        post_migrate.connect(_first_state, sender=self)


def _first_state(**_kwargs: Any) -> None:
    """The one row of access state, and the public gate. Without them nothing is shown."""
    from cms.access.gates import intern
    from cms.access.models import AccessState
    from cms.access.rule import PUBLIC

    AccessState.objects.get_or_create(pk=1)
    intern(PUBLIC)
