"""From a world to measured lines: load it, serve it, ask in interleaved rounds."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg
from tqdm import tqdm

from bench import cases, counting, data, database, people, serving
from bench.cases import Row
from bench.counting import NotServed
from bench.people import Asker
from bench.report import Measured
from bench.serving import Backends, Server
from bench.world import World
from bench.wrk import Run, Wrk

WARMING_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, and what."""

    seconds: int
    rounds: int
    only: tuple[str, ...] = ()

    def estimate(self, world: World) -> int:
        """Seconds that measuring a world takes, loading left out."""
        return len(cases.rows(world, self.only)) * (WARMING_SECONDS + self.seconds * self.rounds)


@dataclass(slots=True)
class Tally:
    """What the rounds of one row saw."""

    runs: list[Run] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    postgresql: list[float] = field(default_factory=list)
    rss: int = 0


def world(world: World, plan: Plan, *, server: str, url: str, folder: Path) -> list[Measured]:
    """Measure every row of one world in a database of its own."""
    from django.db import connections

    from cms.accounts import identity

    connections.close_all()
    identity.forget_all()
    database.create(server, url.rpartition("/")[2])
    database.manage("migrate", "--verbosity", "0")
    data.load(url, world)
    askers = people.make(world)
    rows = cases.rows(world, plan.only)
    statements = dict(_queries(rows, askers))
    rows = list(statements)
    connections.close_all()
    tallies = _measure(rows, askers, plan, url=url, folder=folder)
    return [_line(world, row, statements[row], tallies[row]) for row in rows]


def _queries(rows: Sequence[Row], askers: Mapping[str, Asker]) -> Iterator[tuple[Row, int]]:
    """The statements of each row's first address. What is not served is named and left out."""
    for row in rows:
        asker, is_on = askers[row.reader], row.cache == "on"
        try:
            yield row, counting.queries(row.paths[0], asker, answer_cache=is_on)
        except NotServed as problem:
            print(f"Left out: {row.case}. {problem}", file=sys.stderr)


def _measure(
    rows: Sequence[Row], askers: Mapping[str, Asker], plan: Plan, *, url: str, folder: Path
) -> dict[Row, Tally]:
    """Rounds go over all rows in turn, so that a noisy minute does not fall on one row alone."""
    tallies = {row: Tally() for row in rows}
    with ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        backends = Backends(connection)
        servers = {
            cache: stack.enter_context(
                serving.served(answer_cache=cache == "on", log=folder / f"server-{cache}.log")
            )
            for cache in {row.cache for row in rows}
        }
        bench = Bench(Wrk(folder), backends, plan)
        for row in _with_bar(rows, plan):
            bench.ask(row, askers[row.reader], servers[row.cache], tallies[row])
    return tallies


def _with_bar(rows: Sequence[Row], plan: Plan) -> Iterator[Row]:
    with tqdm(total=len(rows) * plan.rounds, leave=False, disable=None) as bar:
        for round_ in range(plan.rounds):
            for row in rows:
                bar.set_description(f"round {round_ + 1}: {row.case}, {row.reader}, {row.cache}")
                yield row
                bar.update()


@dataclass(frozen=True, slots=True)
class Bench:
    """What every run needs."""

    wrk: Wrk
    backends: Backends
    plan: Plan

    def ask(self, row: Row, asker: Asker, server: Server, tally: Tally) -> None:
        """One round of one row."""
        headers = asker.headers_for(row.paths[0])
        if not tally.runs:
            self.wrk.run(server.address, row.paths, headers, seconds=WARMING_SECONDS)
        used, used_there = server.cpu(), self.backends.cpu()
        run = self.wrk.run(server.address, row.paths, headers, seconds=self.plan.seconds)
        spent, spent_there = server.cpu() - used, self.backends.cpu()
        tally.runs.append(run)
        tally.rss = server.memory()
        if run.requests:
            tally.cpu.append(1000 * spent / run.requests)
            if used_there is not None and spent_there is not None:
                tally.postgresql.append(1000 * (spent_there - used_there) / run.requests)


def _line(world: World, row: Row, statements: int, tally: Tally) -> Measured:
    return Measured(
        case=row.case,
        reader=row.reader,
        cache=row.cache,
        size=world.size,
        pools=world.pools,
        rate=round(median(run.rate for run in tally.runs), 1),
        p50=round(median(run.p50 for run in tally.runs), 2),
        p99=round(median(run.p99 for run in tally.runs), 2),
        cpu_ms=round(median(tally.cpu), 3) if tally.cpu else 0.0,
        postgresql_ms=round(median(tally.postgresql), 3) if tally.postgresql else None,
        queries=statements,
        rss_mb=round(tally.rss / 2**20),
        bad=sum(run.bad for run in tally.runs),
    )
