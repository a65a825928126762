"""Outcomes of searches that a process keeps, given again only when it is proven that they hold.

The proof is that of lists (``cms.entries.kept``): one small query says that neither access nor
content has changed; curation raises the access version too. Elasticsearch follows the content by a
moment, so what it found is not kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from cms.access.reader import Reader, StaleReader
from cms.entries import read
from cms.entries.kept import Shelf, Versions
from search import service
from search.curation import promotions
from search.service import Asked, Outcome

STEADY = timedelta(minutes=5)
"""Corrections and rarity follow what a process has read of the words: no outcome outlives that."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An outcome, and between which moments and at which versions it holds."""

    outcome: Outcome
    versions: Versions
    made_at: datetime
    valid_until: datetime

    def holds(self, versions: Versions, at: datetime) -> bool:
        """Whether it is still what a new search would find."""
        return self.versions == versions and self.made_at <= at < self.valid_until


OUTCOMES: Shelf[Kept] = Shelf(share=8)


def search(asked: Asked, reader: Reader) -> Outcome:
    """Like ``service.search``: all of an outcome depends on the open gates and the moment alone.

    From the second asking on it is kept, and costs one small query from the third.
    """
    if settings.ELASTICSEARCH_URL:
        return service.search(asked, reader)
    key = asked, reader.grants.open_gates
    was_asked, kept = OUTCOMES.look(key)
    if not was_asked:
        OUTCOMES.note(key, None)
        return service.search(asked, reader)
    if kept is not None and kept.holds(read.versions(), reader.at):
        if kept.versions[0] != reader.grants.version:
            raise StaleReader
        return kept.outcome
    proof = read.proof(reader.at)
    if proof.version != reader.grants.version:
        raise StaleReader
    outcome = service.search(asked, reader)
    steady = promotions.steady_until(proof.version, reader.at)
    until = min(proof.until, steady, reader.at + STEADY)
    OUTCOMES.note(key, Kept(outcome, proof.versions, reader.at, until))
    return outcome
