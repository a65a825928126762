"""Load records of an outside system from a file of JSON Lines."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cms.entries import ingest
from cms.entries.ingest import Tally
from cms.problems import InvalidParameters


class Command(BaseCommand):
    help = "records load SOURCE FILE [--sweep]: upsert by key, one JSON record a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        load = actions.add_parser("load", help="upsert every record of a file")
        load.add_argument("source", help="a slug, such as orders: keys begin with it")
        load.add_argument("file", type=Path)
        load.add_argument("--sweep", action="store_true", help="delete what the file no longer has")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        tally = Tally()
        try:
            self._load(options["source"], path, sweep=options["sweep"], tally=tally)
        except InvalidParameters as problem:
            raise CommandError(
                " ".join(f"{error.field}: {error.message}" for error in problem.errors)
            ) from problem
        self.stdout.write(
            f"{tally.stored} stored, {tally.unchanged} unchanged, {tally.deleted} deleted, "
            f"{tally.swept} swept, {tally.refused} refused"
        )
        for line in tally.bad:
            self.stderr.write(line)
        if tally.refused:
            swept = " Nothing was swept." if options["sweep"] else ""
            raise CommandError(f"{tally.refused} lines were skipped.{swept}", returncode=1)

    def _load(self, source: str, path: Path, *, sweep: bool, tally: Tally) -> None:
        size = path.stat().st_size
        with (
            path.open("rb") as lines,
            tqdm(
                total=size, unit="B", unit_scale=True, desc=source, disable=not sys.stderr.isatty()
            ) as bar,
        ):
            at = datetime.now(UTC)
            for read in ingest.load(source, lines, at=at, sweep=sweep, tally=tally):
                bar.update(read)
