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
from typing import Generic, TypeVar

from django.conf import settings
from django.utils.http import quote_etag

from cms.access.reader import NEVER, Reader, StaleReader
from cms.entries import read

Versions = tuple[int, int]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Answer:
    """Finished bytes, and between which moments and at which versions they hold."""

    body: bytes
    etag: str
    versions: Versions
    made_at: datetime
    valid_until: datetime

    def holds(self, versions: Versions, at: datetime) -> bool:
        """Whether it is still what a new answer would be; a clock set back makes it anew."""
        return self.versions == versions and self.made_at <= at < self.valid_until


class Shelf(Generic[Thing]):
    """The answers that one process keeps, the least used of them dropped first.

    What was asked once is noted; it is kept from the second time on, so that a question nobody
    asks again costs no query more.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        self._answers: OrderedDict[Hashable, Thing | None] = OrderedDict()
        self._lock = Lock()

    def look(self, key: Hashable) -> tuple[bool, Thing | None]:
        """Whether the question was asked before, and its answer if it was kept."""
        with self._lock:
            return key in self._answers, self._answers.get(key)

    def note(self, key: Hashable, answer: Thing | None) -> None:
        most = settings.API_ANSWER_CACHE // self._share
        if most <= 0:
            return
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > most:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()


def answer(
    shelf: Shelf[Answer],
    key: Hashable,
    reader: Reader,
    produce: Callable[[Reader], bytes],
    *,
    is_worth_it: bool = False,
    until: datetime = NEVER,
) -> Answer:
    """The kept answer, or a new one. Raises ``StaleReader`` when access changed meanwhile."""
    seen, kept = shelf.look(key)
    if not seen and not is_worth_it:
        shelf.note(key, None)
        body = produce(reader)
        return Answer(body, etag_of(body), (reader.grants.version, 0), reader.at, reader.at)
    if kept is not None and (proven := still_good(kept, reader)):
        return proven
    proof = read.proof(reader.at)
    if proof.version != reader.grants.version:
        raise StaleReader
    body = produce(reader)
    valid_until = min(until, proof.until)
    kept = Answer(body, etag_of(body), proof.versions, reader.at, valid_until)
    shelf.note(key, kept)
    return kept


def still_good(kept: Answer, reader: Reader) -> Answer | None:
    """A kept answer, if one small query proves it. Raises ``StaleReader`` like ``answer``."""
    if not kept.holds(read.versions(), reader.at):
        return None
    if kept.versions[0] != reader.grants.version:
        raise StaleReader
    return kept


def etag_of(body: bytes) -> str:
    return quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
