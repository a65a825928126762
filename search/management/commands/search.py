"""``manage.py search rebuild|status|verify``: the indices, from the operator's side."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cms.entries.models import Entry
from search.contract import EngineFailed
from search.engines import breaker
from search.engines.elastic import client, operating
from search.engines.embedded import filing
from search.models import Lagging, Passage


class Command(BaseCommand):
    help = "Make the search indices anew, say how they are, or compare them with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        rebuild = actions.add_parser("rebuild", help="make the indices anew while all goes on")
        rebuild.add_argument("--embedded", action="store_true", help="only the embedded engine's")
        rebuild.add_argument("--elasticsearch", action="store_true", help="only Elasticsearch's")
        actions.add_parser("status", help="engines, indices, and how far they are behind")
        verify = actions.add_parser("verify", help="compare Elasticsearch with the database")
        verify.add_argument("--repair", action="store_true", help="feed again whatever differs")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        try:
            if action == "rebuild":
                self._rebuild(**options)
            elif action == "status":
                self._status()
            else:
                self._verify(repairing=options["repair"])
        except EngineFailed as failure:
            raise CommandError(str(failure)) from failure

    def _rebuild(self, *, embedded: bool, elasticsearch: bool, **_options: Any) -> None:
        both = not embedded and not elasticsearch
        if elasticsearch:
            self._require()
        if embedded or both:
            self._progress("embedded", filing.rebuild())
        if elasticsearch or (both and client.is_enabled()):
            from search.engines.elastic import rebuilding

            self._progress("elasticsearch", rebuilding.rebuild())

    def _status(self) -> None:
        entries = Entry.objects.count()
        filed = Passage.objects.filter(part="", start=0).count()
        self.stdout.write(f"embedded: {filed} of {entries} entries")
        if behind := Lagging.objects.count():
            self.stdout.write(
                f"  {behind} changed together, asked themselves until a worker files them"
            )
        if not client.is_enabled():
            self.stdout.write("elasticsearch: not in use (ELASTICSEARCH_URL is not set)")
            return
        self.stdout.write("elasticsearch:")
        for name, value in operating.status(at=datetime.now(UTC)).items():
            self.stdout.write(f"  {name}: {value}")
        state = breaker.state("elasticsearch")
        self.stdout.write(f"  breaker: {'open' if state.is_open else 'closed'} in this process")

    def _verify(self, *, repairing: bool) -> None:
        self._require()
        from search.engines.elastic import checking

        drift = checking.Drift()
        self._progress("verify", checking.compare(drift))
        for name in ("missing", "extra", "stale", "ahead"):
            for key in getattr(drift, name):
                self.stdout.write(f"{name}: {key}")
        found = len(drift.keys)
        self.stdout.write(
            f"{drift.compared} entries, {found} drifted, {drift.pending} waiting to be fed, "
            f"{drift.refused} refused by the server"
        )
        if drift.ahead:
            self.stderr.write(
                "Documents are newer than the database, which was put back: search rebuild"
            )
        if repairing and found:
            self.stdout.write(f"{checking.repair(drift, at=datetime.now(UTC))} fed again")
        if found:
            raise CommandError(f"{found} of {drift.compared} entries drifted.")

    def _progress(self, what: str, steps: Iterator[int]) -> None:
        total = Entry.objects.count()
        with tqdm(total=total, unit="entry", desc=what, disable=not sys.stderr.isatty()) as bar:
            for done in steps:
                bar.update(done)

    def _require(self) -> None:
        if not client.is_enabled():
            raise CommandError("ELASTICSEARCH_URL is not set.")
