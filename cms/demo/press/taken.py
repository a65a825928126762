"""What was taken of the kits, by whom and when; and who was told of what changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from cms.accounts.models import User
from cms.demo.people import email_of
from cms.demo.press.kits import Desk, number_of
from media.downloads import logging, looking, recall, telling
from media.downloads.models import Download, Notice, Taken, Told
from media.kits import choosing, desk, reading
from media.kits.choosing import Choice
from media.streaming import Sent
from search.curation import readers

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody at a kit, between one of its versions and the next. No name: a visitor.

    ``share`` of the bytes arrived. ``photos``: only so many; none: everything.
    """

    name: str = ""
    domain: str = ""
    kit: str
    step: int
    days: float
    size: str = "hd"
    photos: int = 0
    share: float = 1.0


VISITS = (
    Visit(name="Nadia Ferrand", domain="ecran-du-matin.example", kit="horlogere", step=1, days=27),
    Visit(name="Simon Vautrin", domain="ecran-du-matin.example", kit="horlogere", step=1, days=24.6,
          size="web"),
    Visit(name="Nadia Ferrand", domain="ecran-du-matin.example", kit="horlogere", step=2, days=13),
    Visit(name="Simon Vautrin", domain="ecran-du-matin.example", kit="horlogere", step=3, days=0.2,
          photos=3),
    Visit(name="Lucie Marchetti", domain="soir-des-salles.example", kit="dernier-bac", step=1,
          days=17),
    Visit(name="Octave Delmas", domain="revue-des-bobines.example", kit="dernier-bac", step=1,
          days=12.4, size="web"),
    Visit(name="Erika Sutter", domain="lakeside-film-weekly.example", kit="dernier-bac", step=2,
          days=2.2),
    Visit(name="Lucie Marchetti", domain="soir-des-salles.example", kit="dernier-bac", step=2,
          days=1.1, photos=4),
    Visit(kit="dernier-bac", step=2, days=1.7, size="web"),
    Visit(kit="ourse", step=1, days=9.2, photos=1),
    Visit(name="Éloïse Carpentier", domain="radio-grand-large.example", kit="ourse", step=1,
          days=8.1, share=0.4),
    Visit(name="Octave Delmas", domain="revue-des-bobines.example", kit="ourse", step=1, days=5.5),
    Visit(name="Nadia Ferrand", domain="ecran-du-matin.example", kit="ourse", step=1, days=3.3,
          size="web"),
)  # fmt: skip


def visit(place: Desk, stem: str, step: int) -> None:
    """Note what was taken while a version was the latest, unless something is noted of it."""
    page = place.pages["fr", stem]
    key = f"press-kit-{page.pk}"
    if number_of(page) != step or Download.objects.filter(kit=key, version=step).exists():
        return
    for one in VISITS:
        if (one.kit, one.step) == (stem, step):
            _take(one, key, place.calendar.ago(one.days))


def _take(one: Visit, key: str, at: datetime) -> None:
    person = User.objects.get(email=email_of(one.name, one.domain)) if one.name else None
    reader = readers.person(person) if person else readers.stranger()
    kit = reading.kit(key, reader)
    photos = [item.anchor for item in kit.items if item.kind == "photo"]
    choice = Choice(size=one.size, anchors=tuple(photos[: one.photos]) if one.photos else None)
    newest = Download.objects.aggregate(last=Max("pk"))["last"] or 0
    if one.photos == 1:
        item = choosing.items_of(kit, choice)[0]
        blob = choosing.blob_of(item, one.size)
        assert blob is not None  # noqa: S101 - its sizes were made just now
        logging.note_item(reader, kit, choice, item, blob)(Sent(0, blob.size, blob.size))
    else:
        behind = desk.of(kit)
        papers = behind.contacts(kit, reader), behind.terms(kit, reader)
        layout = choosing.layout(kit, choice, *papers)
        length = int(layout.length * one.share)
        logging.note_zip(reader, kit, choice, layout)(layout, Sent(0, length, layout.length))
    for download in Download.objects.filter(pk__gt=newest):
        _date(download, at)


def _date(download: Download, at: datetime) -> None:
    done = at + 3 * MINUTE
    download.started_at, download.last_at = at, done
    download.completed_at = done if download.completed_at else None
    download.save(update_fields=["started_at", "last_at", "completed_at"])
    Taken.objects.filter(download=download, completed_at__isnull=False).update(completed_at=done)


def tell(files: Iterable[str], at: datetime, by: User) -> int:
    """The mails that takers of these files were sent at the time. Gives how many people."""
    looking.look(set(files), at)
    waiting: Sequence[Notice] = list(recall.pending().filter(subject__in=list(files)))
    count = telling.send([one.pk for one in waiting], at, by=by.pk)
    rows = Told.objects.filter(notice__in=waiting, sent_at=None)
    rows.update(planned_at=at, sent_at=at + MINUTE)  # before the worker comes to it
    return count
