"""``manage.py renditions``: the sizes of the library's pictures, made here and now."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from tqdm import tqdm

from media.models import Image
from media.renditions import keeping
from media.renditions.sizes import ALL
from media.scanning import may_serve


class Command(BaseCommand):
    help = "Make the sizes that pictures lack. Ends with 1 if some could not be made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--missing", action="store_true", help="make what is not there yet (default)"
        )
        which.add_argument(
            "--all", action="store_true", help="make everything again, even what is there"
        )
        which.add_argument("--image", type=int, metavar="ID", help="one picture, everything of it")

    def handle(self, *, all: bool, image: int | None, **options: Any) -> None:  # noqa: A002
        images: QuerySet[Image] = Image.objects.select_related("blob").order_by("pk")
        if image is not None:
            images = images.filter(pk=image)
            if not images:
                raise CommandError(f"There is no picture {image}.")
        counts: Counter[str] = Counter()
        bar = tqdm(images.iterator(), total=images.count(), disable=options["verbosity"] == 0)
        for one in bar:
            self.render(one, counts, anew=all or image is not None)
        self.stdout.write(
            f"{counts['made']} sizes made, {counts['whole']} pictures had all, "
            f"{counts['closed']} not scanned or without a file, {counts['failed']} failed."
        )
        if counts["failed"]:
            raise SystemExit(1)

    def render(self, image: Image, counts: Counter[str], *, anew: bool) -> None:
        if image.blob_id is None or not may_serve(image.scan):
            counts["closed"] += 1
            return
        number = 0
        try:
            number = keeping.make(image, ALL, anew=anew)
        except OSError as error:
            self.stderr.write(f"image {image.pk}: {error}")
        counts["made"] += number
        if image.render_error:
            self.stderr.write(f"image {image.pk}: {keeping.Trouble(image.render_error).label}")
            counts["failed"] += 1
        elif not number:
            counts["whole"] += 1
