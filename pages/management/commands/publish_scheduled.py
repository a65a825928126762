"""``manage.py publish_scheduled``: what is due, here and now; ``manage.py work`` does it by itself.

Wagtail's command of this name ends at the first page that may not be published.
"""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pages.base.schedule import publish_due


class Command(BaseCommand):
    help = "Publish what is scheduled and unpublish what has expired. Ends with 1 if some was not."

    def handle(self, *args: Any, **options: Any) -> None:
        due = publish_due(datetime.now(UTC))
        self.stdout.write(f"{due.published} published, {due.expired} expired")
        if due.failed:
            raise CommandError("Not done: " + ", ".join(due.failed))
