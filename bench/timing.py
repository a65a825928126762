"""Searching within this process: what each search takes, and which part of it is the database's."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from tqdm import tqdm

from bench.found import AS_TYPED, SUGGESTED, Line, percentile
from bench.questions import KINDS, SHARES, Question
from bench.serving import Backends
from cms.access.reader import Reader
from cms.entries import asking
from search import service
from search.planning import languages_of
from search.query import parse

WARMING = 40
"""Searches before those that count: plans and words are kept by each process."""


@dataclass(slots=True)
class Tally:
    """What the searches of one line took, in milliseconds, and how much each found."""

    times: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    ours: float = 0.0
    database: float | None = None
    statements: int = 0

    def line(self, engine: str, reader: str, kind: str) -> Line:
        number = len(self.times)
        database = None if self.database is None else round(self.database / number, 3)
        return Line(
            engine=engine,
            reader=reader,
            kind=kind,
            number=number,
            p50=round(percentile(self.times, 0.5), 2),
            p90=round(percentile(self.times, 0.9), 2),
            p99=round(percentile(self.times, 0.99), 2),
            ours=round(self.ours / number, 3),
            database=database,
            statements=round(self.statements / number, 2),
            found=round(sum(self.found) / number, 1),
        )


class Stopwatch:
    """Counts the statements of the product, and the CPU that this process spends inside them."""

    def __init__(self) -> None:
        self.inside = 0.0
        self.statements = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        original = asking.rows

        def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
            started = time.thread_time()
            try:
                return original(sql, params)
            finally:
                self.inside += time.thread_time() - started
                self.statements += 1

        asking.rows = rows
        try:
            yield
        finally:
            asking.rows = original


@dataclass(frozen=True, slots=True)
class InProcess:
    """One engine on one database, asked by one reader."""

    label: str
    engine: str
    name: str
    reader: Reader
    backends: Backends | None

    def lines(self, asked: Sequence[Question], typed: Sequence[str]) -> Iterator[Line]:
        """A line for each kind, one for all of them together, one for suggestions."""
        for one in asked[:: max(len(asked) // WARMING, 1)]:
            self._search(one.text)
        together = Tally(database=0.0)
        for kind in KINDS:
            texts = [one.text for one in asked if one.kind == kind]
            if not texts:
                continue
            tally = self._timed(kind, texts, self._search)
            yield tally.line(self.label, self.name, kind)
            _add(together, tally, kind)
        yield together.line(self.label, self.name, AS_TYPED)
        yield self._timed(SUGGESTED, typed, self._suggest).line(self.label, self.name, SUGGESTED)

    def _search(self, text: str) -> int:
        return service.search(service.Asked(text=text), self.reader, engine=self.engine).found.count

    def _suggest(self, text: str) -> int:
        engine = next(one for one in service._all() if one.name == self.engine)
        found = engine.suggest(parse(text, languages_of(())), self.reader, limit=service.SUGGESTED)
        return len(found)

    def _timed(self, kind: str, texts: Sequence[str], ask: Callable[[str], int]) -> Tally:
        tally, watch = Tally(), Stopwatch()
        used_there = self.backends.cpu() if self.backends else None
        used = time.thread_time()
        with watch.watching():
            for text in bar(f"{self.label}, {self.name}, {kind}", len(texts), texts):
                started = time.perf_counter()
                tally.found.append(ask(text))
                tally.times.append(1000 * (time.perf_counter() - started))
        tally.ours = 1000 * (time.thread_time() - used)
        tally.statements = watch.statements
        if self.backends and used_there is not None:
            tally.database = 1000 * ((self.backends.cpu() or 0.0) - used_there)
        elif connection.vendor == "sqlite":
            tally.database = 1000 * watch.inside
            tally.ours -= tally.database
        return tally


def _add(together: Tally, one: Tally, kind: str) -> None:
    """Take a kind in by its share of what people ask."""
    most = max(SHARES.values())
    number = max(len(one.times) * SHARES[kind] // most, 1)
    part = number / len(one.times)
    together.times += one.times[:number]
    together.found += one.found[:number]
    together.ours += one.ours * part
    together.statements += round(one.statements * part)
    if together.database is not None:
        together.database = (
            None if one.database is None else together.database + one.database * part
        )


def bar(label: str, total: int, steps: Iterable[Any]) -> Iterator[Any]:
    """The steps, with a progress bar; a step that is a number counts for so many."""
    with tqdm(total=total, desc=label, leave=False, disable=None) as shown:
        for step in steps:
            yield step
            shown.update(step if isinstance(step, int) else 1)
