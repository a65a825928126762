"""``manage.py uploads``: what is on its way in, and what never came."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat

from media.uploads.places import place


class Command(BaseCommand):
    help = "List large files on their way in; --sweep removes those that nobody finished."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sweep", action="store_true", help="remove what got no byte for 24 hours"
        )

    def handle(self, *, sweep: bool, **_options: Any) -> None:
        if sweep:
            self.stdout.write(f"{place().sweep(datetime.now(UTC))} removed")
            return
        for upload in place().everything():
            self.stdout.write(
                f"{upload.offset * 100 // upload.length:3d} %  {filesizeformat(upload.length)}  "
                f"person {upload.owner}  until {upload.expires_at:%Y-%m-%d %H:%M}  {upload.name}"
            )
