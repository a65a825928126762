"""``manage.py texts``: reads the words of the library's documents, here and now."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from media.extraction import keeping
from media.extraction.cage import reader_of
from media.models import Document, FileText

NOT_READ = [FileText.State.PENDING, FileText.State.FAILED]


class Command(BaseCommand):
    help = "Read documents that were not read yet, or could not be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="every document, again")

    def handle(self, *, all: bool, **options: Any) -> None:  # noqa: A002
        held = Document.objects.exclude(blob=None).values_list("blob", "blob__content_type")
        wanted = {blob for blob, content_type in held.distinct() if reader_of(content_type)}
        if not all:
            done = FileText.objects.exclude(state__in=NOT_READ).values_list("blob", flat=True)
            wanted -= set(done)
        counts: Counter[str] = Counter()
        for blob in tqdm(sorted(wanted), unit="file", disable=options["verbosity"] == 0):
            text = keeping.extract(blob)
            if text is None:
                continue
            counts[text.state] += 1
            if text.state != FileText.State.READ:
                self.stderr.write(f"blob {blob}: {text.state}. {text.note}")
        said = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        self.stdout.write(said or "Every document was read already.")
