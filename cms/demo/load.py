"""Loading Groupe Cabestan, its pages in one transaction. What is there is left as it is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tqdm import tqdm

from cms.demo import indexes, library, orders, people, rights, searches, tree
from cms.demo.content import Calendar, dated, texts
from cms.demo.press import opening, outlets, trailer
from cms.demo.stories import Newsroom
from cms.demo.topics import topics
from pages.base import publishing


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much a loading added."""

    pages: int
    records: int


def is_complete() -> bool:
    """Whether an earlier loading came to its end."""
    return tree.is_planted() and opening.is_done()


def load(*, quiet: bool = False) -> Loaded:
    """Add whatever of the demo is missing."""
    calendar = Calendar(datetime.now(UTC))
    written = dated(texts(), calendar)
    with (
        trailer.filming() as film,
        indexes.written_later(),
        tqdm(total=len(written), desc="Groupe Cabestan", disable=quiet or None) as bar,
    ):
        with publishing.batch():
            if not tree.is_planted():
                rights.retire_wagtails_own_groups()
            signing = people.company(calendar)
            groups = people.groups()
            administrator = signing[people.ADMINISTRATOR.name]
            sections = tree.Gardener(groups=groups, by=administrator, calendar=calendar).plant()
            rights.grant(groups, sections)
            outlets.accredit(groups[people.PRESS], signing["Margaux Delorme"], calendar)
            images = library.pictures(written, administrator)
            subjects = topics()
            rooms = {code: sections[code, slug] for code, slug in rights.ROOMS}
            kits = opening.furnish(rooms, signing, subjects, images, calendar)
            newsroom = Newsroom(
                sections=sections,
                people=signing,
                groups=groups,
                topics=subjects,
                images=images,
                documents=library.Documents(administrator),
                calendar=calendar,
                kits=kits.by_slug,
            )
            made = newsroom.publish(written, bar.update)
            begun = opening.publish(kits, newsroom.pages, film)
            records = orders.load(calendar)
        added = made + opening.go_on(kits, begun)
        if added:
            indexes.write()
        bar.update(len(written) - bar.n)
    searches.load(calendar)  # its searches need the entries, which are stored by now
    return Loaded(pages=added, records=records)
