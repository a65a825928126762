"""Project pages anew: one, a subtree, or all. Reports drift: nightly, the proof of none."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm
from wagtail.models import Page

from pages.base import drift, publishing
from pages.base.drift import Drift


class Command(BaseCommand):
    help = "Bring entries in step with their pages, and say what was not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--page", type=int, metavar="ID", help="one page")
        which.add_argument("--subtree", type=int, metavar="ID", help="a page and all below it")
        which.add_argument("--all", action="store_true", help="every page, and what is left over")
        parser.add_argument(
            "--check", action="store_true", help="only report; exit 1 when anything drifted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = Drift()
        at = datetime.now(UTC)
        if options["all"] and not options["check"]:
            publishing.realign_everything()
        ids = self._ids(options)
        with tqdm(
            total=len(ids), unit="page", desc="project", disable=not sys.stderr.isatty()
        ) as bar:
            for done in drift.mend(ids, at=at, drift=found, only_report=options["check"]):
                bar.update(done)
        if options["all"]:
            drift.drop_strangers(at=at, drift=found, only_report=options["check"])
        self._report(found)
        if found.failed or (options["check"] and found.total):
            raise CommandError(f"{found.total} of {found.checked} entries drifted.")

    def _ids(self, options: dict[str, Any]) -> list[int]:
        if options["all"]:
            return drift.pages_below("")
        pk = options["page"] or options["subtree"]
        path = Page.objects.filter(pk=pk).values_list("path", flat=True).first()
        if path is None:
            raise CommandError(f"There is no page {pk}.")
        return [pk] if options["page"] else drift.pages_below(path)

    def _report(self, found: Drift) -> None:
        for name in ("missing", "differing", "left_over", "failed"):
            for one in getattr(found, name):
                self.stdout.write(f"{name.replace('_', ' ')}: {one}")
        self.stdout.write(f"{found.checked} pages, {found.total} drifted")
