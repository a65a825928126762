"""Answers that are kept, and sent again only when it is proven that they would be the same.

Proof is one small query: neither access nor content has changed since; and no entry has opened or
closed in between.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Generic, Self, TypeVar

from django.conf import settings
from django.utils.http import quote_etag

from cms.access.reader import NEVER, Reader, StaleReader
from cms.entries import read

Versions = tuple[int, int]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Thing]):
    """What was made, and between which moments and at which versions it holds."""

    thing: Thing
    versions: Versions
    made_at: datetime
    valid_until: datetime

    def holds(self, versions: Versions, at: datetime) -> bool:
        """Whether it is still what would be made anew; a clock set back makes it anew."""
        return self.versions == versions and self.made_at <= at < self.valid_until


@dataclass(frozen=True, slots=True)
class Answer:
    """Finished bytes."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> Self:
        return cls(body, etag_of(body))


class Shelf(Generic[Thing]):
    """What one process keeps, the least used of it dropped first.

    What was asked once is noted; it is kept from the second time on, so that a question nobody
    asks again costs no query more.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        self._kept: OrderedDict[Hashable, Kept[Thing] | None] = OrderedDict()
        self._lock = Lock()

    def look(self, key: Hashable) -> tuple[bool, Kept[Thing] | None]:
        """Whether the question was asked before, and its answer if it was kept."""
        with self._lock:
            return key in self._kept, self._kept.get(key)

    def note(self, key: Hashable, kept: Kept[Thing] | None) -> None:
        most = settings.API_ANSWER_CACHE // self._share
        if most <= 0:
            return
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def made(
    shelf: Shelf[Thing],
    key: Hashable,
    reader: Reader,
    produce: Callable[[Reader], Thing],
    *,
    is_worth_it: bool = False,
    until: Callable[[], datetime] = lambda: NEVER,
) -> Kept[Thing]:
    """What is kept, or made now. Raises ``StaleReader`` when access changed meanwhile.

    ``until`` is asked only when something is to be kept, and for how long at most.
    """
    seen, kept = shelf.look(key)
    if not seen and not is_worth_it:
        shelf.note(key, None)
        return Kept(produce(reader), (reader.grants.version, 0), reader.at, reader.at)
    if kept is not None and (proven := still_good(kept, reader)):
        return proven
    proof = read.proof(reader.at)
    if proof.version != reader.grants.version:
        raise StaleReader
    thing = produce(reader)
    kept = Kept(thing, proof.versions, reader.at, min(until(), proof.until))
    shelf.note(key, kept)
    return kept


def still_good(kept: Kept[Thing], reader: Reader) -> Kept[Thing] | None:
    """What is kept, if one small query proves it. Raises ``StaleReader`` like ``made``."""
    if not kept.holds(read.versions(), reader.at):
        return None
    if kept.versions[0] != reader.grants.version:
        raise StaleReader
    return kept


def etag_of(body: bytes) -> str:
    return quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
