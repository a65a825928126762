"""``manage.py scan``: asks the virus scanner about the library's files, here and now."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from media import quarantine
from media.library import MODELS
from media.models import Scan
from media.scanning import Verdict


class Command(BaseCommand):
    help = "Scan files that wait. Ends with 1 if the scanner gave no answer to some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--failed", action="store_true", help="those whose scan failed, again")
        which.add_argument("--all", action="store_true", help="every file, whatever is known of it")

    def handle(self, *, all: bool, failed: bool, **options: Any) -> None:  # noqa: A002
        if not settings.CLAMD_URL:
            raise CommandError("There is no scanner: set CLAMD_URL.")
        wanted = [Scan.FAILED] if failed else [Scan.PENDING, Scan.FAILED, Scan.UNSCANNED]
        waiting = [
            (kind, pk)
            for kind, model in MODELS.items()
            for pk in model.objects.exclude(blob=None)
            .filter(**({} if all else {"scan__in": wanted}))
            .values_list("pk", flat=True)
        ]
        counts: Counter[str] = Counter()
        for kind, pk in tqdm(waiting, unit="file", disable=options["verbosity"] == 0):
            verdict = quarantine.scan_now(kind, pk)
            self._note(f"{kind}-{pk}", verdict, counts)
        replaced = quarantine.replaced_bytes().filter(**({} if all else {"scan__in": wanted}))
        for blob in tqdm(replaced, unit="blob", disable=options["verbosity"] == 0):
            verdict = quarantine.scan_bytes(blob, named=f"replaced {blob.sha256}")
            self._note(f"replaced {blob.sha256[:12]}", verdict, counts)
        self.stdout.write(
            f"{counts[Scan.CLEAN]} clean, {counts[Scan.INFECTED]} infected, "
            f"{counts[Scan.UNSCANNED]} too large for the scanner, {counts[Scan.FAILED]} failed."
        )
        if counts[Scan.FAILED]:
            raise SystemExit(1)

    def _note(self, name: str, verdict: Verdict, counts: Counter[str]) -> None:
        counts[verdict.state] += 1
        if verdict.state in {Scan.INFECTED, Scan.FAILED}:
            self.stderr.write(f"{name}: {verdict.state}, {verdict.because}")
