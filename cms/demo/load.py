"""Loading Groupe Cabestan, its pages in one transaction. What is there is left as it is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tqdm import tqdm

from cms.demo import indexes, library, orders, people, rights, searches, tree
from cms.demo.content import Calendar, texts
from cms.demo.stories import Newsroom
from cms.demo.topics import topics
from pages.base import publishing


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much a loading added."""

    pages: int
    records: int


def load(*, quiet: bool = False) -> Loaded:
    """Add whatever of the demo is missing."""
    calendar = Calendar(datetime.now(UTC))
    written = texts()
    with (
        publishing.batch(),
        indexes.written_later(),
        tqdm(total=len(written), desc="Groupe Cabestan", disable=quiet or None) as bar,
    ):
        if not tree.is_planted():
            rights.retire_wagtails_own_groups()
        signing = people.company(calendar)
        groups = people.groups()
        administrator = signing[people.ADMINISTRATOR.name]
        sections = tree.Gardener(groups=groups, by=administrator, calendar=calendar).plant()
        rights.grant(groups, sections)
        newsroom = Newsroom(
            sections=sections,
            people=signing,
            groups=groups,
            topics=topics(),
            images=library.pictures(written, administrator),
            documents=library.Documents(administrator),
            calendar=calendar,
        )
        made = newsroom.publish(written, bar.update)
        records = orders.load(calendar)
        if made:
            indexes.write()
        bar.update(len(written) - bar.n)
    searches.load(calendar)  # its searches need the entries, which are stored by now
    return Loaded(pages=made, records=records)
