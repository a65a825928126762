"""``manage.py media sweep``: the storage without what nothing names any more."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from tqdm import tqdm

from media import sweeping


class Command(BaseCommand):
    help = "Keep the storage tidy. Ends with 1 if the storage fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        sweep = actions.add_parser(
            "sweep", help="remove sizes of old recipes, and bytes that nothing names"
        )
        sweep.add_argument(
            "--days", type=_days, default=sweeping.DAYS, metavar="N",
            help="only what is older (default: %(default)s)",
        )  # fmt: skip
        sweep.add_argument("--dry-run", action="store_true", help="say what would go")

    def handle(self, *, days: int, dry_run: bool, **options: Any) -> None:
        counts: Counter[str] = Counter()
        sizes: Counter[str] = Counter()
        found = sweeping.sweep(datetime.now(UTC) - timedelta(days=days), is_trial=dry_run)
        # Nobody knows how many there are before they were looked at.
        is_quiet = True if dry_run or options["verbosity"] == 0 else None
        try:
            for one in tqdm(found, unit=" steps", leave=False, disable=is_quiet):
                if one is None:
                    continue
                counts[one.kind] += 1
                sizes[one.kind] += one.bytes
                if dry_run:
                    self.stdout.write(f"{one.kind} {one.name}")
        except OSError as error:
            raise CommandError(f"The storage failed, and the rest stays: {error}") from error
        self.stdout.write(
            f"{'Would remove' if dry_run else 'Removed'} {counts[sweeping.SIZE]} sizes of old "
            f"recipes ({filesizeformat(sizes[sweeping.SIZE])}), {counts[sweeping.BLOB]} blobs "
            f"({filesizeformat(sizes[sweeping.BLOB])}), {counts[sweeping.BYTES]} files without a "
            f"row ({filesizeformat(sizes[sweeping.BYTES])})."
        )


def _days(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("at least 1: what comes in now has no name yet")
    return int(text)
