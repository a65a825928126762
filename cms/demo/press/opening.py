"""Opening the press room: kits with their versions, the desk, and what was taken meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any

from cms.accounts.models import User
from cms.demo.content import Calendar
from cms.demo.press import papers, photos, room, taken, trailer
from cms.demo.press.kits import Desk, number_of
from cms.demo.press.trailer import Filming
from cms.demo.press.wanted import Kit, kits
from media.models import Document, Image
from pages.base.topics import Topic
from pages.models import PressKitPage, PressRoomPage

LEAD = "horlogere-etabli.jpg"


def furnish(
    rooms: Mapping[str, PressRoomPage],
    people: Mapping[str, User],
    topics: Mapping[str, Topic],
    library: Mapping[str, int],
    calendar: Calendar,
) -> Desk:
    """Contacts, files and bare kits, where they are missing."""
    by = people["Margaux Delorme"]
    contacts = room.staff(rooms, people, calendar)
    place = Desk(
        rooms=rooms,
        people=people,
        topics=topics,
        contacts={key: page.pk for key, page in contacts.items()},
        images=photos.pictures(kits(), dict(library), by, calendar),
        documents=papers.documents(kits(), by),
        calendar=calendar,
    )
    place.plant(kits())
    return place


def is_done() -> bool:
    """Whether every kit has come to its last version."""
    wanted = {
        (code, words["slug"]): len(kit.steps) if code == "fr" else 1
        for kit in kits()
        for code, words in kit.words.items()
    }
    pages = PressKitPage.objects.filter(slug__in=[slug for _code, slug in wanted])
    made = {
        (page.locale.language_code, page.slug): number_of(page) or 0
        for page in pages.select_related("locale")
    }
    return all(made.get(key, 0) >= number for key, number in wanted.items())


def publish(place: Desk, releases: Mapping[tuple[str, str], Any], film: Filming) -> list[Kit]:
    """The first version of every French kit that has none. Gives these."""
    by = place.people["Margaux Delorme"]
    place.video = trailer.kept(film.finished(), _film(), place.images[LEAD], by)
    place.releases = releases
    return [kit for kit in kits() if place.publish_first(kit, "fr")]


def go_on(place: Desk, begun: Sequence[Kit]) -> int:
    """The further versions, each after what was taken of the one before; then translations.

    Gives how many pages were added or taken further.
    """
    for kit in begun:
        place.date_first(kit, "fr")
    place.render(kits())
    count = place.added
    for kit in kits():
        taken.visit(place, kit.stem, 1)
        for step in range(2, len(kit.steps) + 1):
            if place.publish_next(kit, step):
                place.render([kit])
                _tell(place, kit, step)
                count += 1
            taken.visit(place, kit.stem, step)
        if "en" in kit.words and place.publish_first(kit, "en"):
            place.date_first(kit, "en")
    return count


def _tell(place: Desk, kit: Kit, step: int) -> None:
    """Those who took what was withdrawn or replaced in a version."""
    withdrawn = [one for one in kit.photos if one.withdrawn and one.until_step == step - 1]
    replaced = [one for one in kit.photos if one.replaced and one.replaced[0] == step]
    pks = [place.images[photos.file_name(kit, one)] for one in (*withdrawn, *replaced)]
    files = [one.file_key for one in Image.objects.filter(pk__in=pks)]
    new = [place.documents[one.file] for one in kit.papers if one.replaced_in == step]
    files += [one.file_key for one in Document.objects.filter(pk__in=new)]
    if files:
        at = place.calendar.ago(kit.steps[step - 1])
        taken.tell(files, at, place.people["Margaux Delorme"])


def _film() -> Kit:
    """The kit that has the trailer."""
    return next(kit for kit in kits() if kit.film.get("trailer"))
