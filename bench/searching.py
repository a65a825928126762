"""Searching on one database, in a process of its own: ``python -m bench search`` starts it."""

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import django
import psycopg

from bench import found, serving
from bench.found import OVER_HTTP, USUAL, Line
from bench.people import Asker
from bench.serving import Backends
from bench.world import World
from bench.wrk import Wrk

READERS = (USUAL, found.NARROW, "everybody")
ADDRESSES = 1000
COMPILED = 1500
"""Searches until a Java machine has compiled what they run. Before, they take twice as long."""
PUBLISHED, AT_ONCE = 400, 100
"""Records that are published to see what it costs, and how many of them in one transaction."""


@dataclass(slots=True)
class Bench:
    """What every measurement needs, and what it found."""

    world: World
    folder: Path
    seconds: int
    vendor: str
    backends: Backends | None = None
    lines: list[Line] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    django.setup()
    from django.db import connection

    from bench import filling, questions, timing  # noqa: F401 - nothing is read in the middle
    from search import service

    service.engines()
    world = World(options.entries, options.gates)
    bench = Bench(world, Path(os.environ["VAR_DIR"]), options.seconds, connection.vendor)
    _fill(bench)
    if bench.vendor == "postgresql":
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
            bench.backends = Backends(other)
            _measure(bench, options.each)
    else:
        _measure(bench, options.each)
    found.save(options.json, {}, bench.lines)
    width = max(len(what) for what, _ in bench.notes)
    print("\n".join(f"{what:{width}}  {value}" for what, value in bench.notes), flush=True)
    return 0


def _options(arguments: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m bench.searching", description=__doc__)
    parser.add_argument("--entries", type=int, required=True)
    parser.add_argument("--gates", type=int, required=True)
    parser.add_argument("--each", type=int, required=True, help="questions of each kind")
    parser.add_argument("--seconds", type=int, required=True, help="of a run of wrk")
    parser.add_argument("--json", type=Path, required=True, help="where the lines are kept")
    return parser.parse_args(arguments)


def _fill(bench: Bench) -> None:
    from bench import filling
    from bench.timing import bar

    started = time.process_time()
    filling.fill(bench.world)
    filled = time.process_time()
    for _ in bar(f"{bench.vendor}, embedded index", bench.world.size, filling.index()):
        pass
    rate = bench.world.size / max(time.process_time() - filled, 0.001)
    bench.notes += [
        (f"{bench.vendor}: filling the tables", f"{filled - started:.0f} s of our CPU"),
        (f"{bench.vendor}: index made anew", f"{rate:,.0f} entries a second of our CPU"),
        *((f"{bench.vendor}: {what}", f"{size / 2**20:,.0f} MB") for what, size in _sizes()),
    ]


def _measure(bench: Bench, each: int) -> None:
    from bench import people
    from bench.questions import Questions

    questions = Questions(bench.world)
    asked = questions.of_each_kind(each)
    typed = list(questions.typed(2 * each))
    askers = {name: people.account(name, bench.world.gates_of(name)) for name in READERS}
    addresses = [f"/api/v1/search?q={quote(text)}" for text in as_typed(asked, ADDRESSES)]
    # What is started without it knows no other engine.
    elasticsearch = os.environ.pop("ELASTICSEARCH_URL", "")
    _in_process(bench, bench.vendor, "embedded", asked, typed)
    _over_http(bench, bench.vendor, addresses, askers[USUAL])
    if elasticsearch and bench.vendor == "postgresql":
        os.environ["ELASTICSEARCH_URL"] = elasticsearch
        with _indexed(bench):
            _warmed(bench, questions.of_each_kind(each))
            _in_process(bench, "elasticsearch", "elasticsearch", asked, typed)
            _over_http(bench, "elasticsearch", addresses, askers[USUAL])
    _publishing(bench)


def as_typed(asked: Sequence[Any], number: int) -> list[str]:
    """Questions in the shares in which people ask them, none twice in a row."""
    from bench.questions import SHARES

    rng = Random(3)
    by_kind = {kind: [one.text for one in asked if one.kind == kind] for kind in SHARES}
    known = [kind for kind in SHARES if by_kind[kind]]
    kinds = rng.choices(known, weights=[SHARES[kind] for kind in known], k=number)
    texts = [rng.choice(by_kind[kind]) for kind in kinds]
    return [text for place, text in enumerate(texts) if text != texts[place - 1]]


def _in_process(
    bench: Bench, label: str, engine: str, asked: Sequence[Any], typed: Sequence[str]
) -> None:
    from bench.timing import InProcess
    from cms.accounts.models import User
    from search.curation import readers

    for name in READERS:
        user = User.objects.get(email=f"{name}@bench.example")
        asking = InProcess(label, engine, name, readers.person(user), bench.backends)
        bench.lines += asking.lines(asked, typed)


def _warmed(bench: Bench, others: Sequence[Any]) -> None:
    """Elasticsearch as it is on any other day: questions beside those that are timed."""
    from bench.timing import bar
    from cms.accounts.models import User
    from search import service
    from search.curation import readers

    reader = readers.person(User.objects.get(email=f"{USUAL}@bench.example"))
    for text in bar(
        "Elasticsearch, warming", COMPILED, islice(cycle(as_typed(others, ADDRESSES)), COMPILED)
    ):
        service.search(service.Asked(text=text), reader, engine="elasticsearch")


def _over_http(bench: Bench, label: str, addresses: Sequence[str], asker: Asker) -> None:
    headers, wrk = asker.headers_for(addresses[0]), Wrk(bench.folder)
    backends = bench.backends
    with serving.served(answer_cache=False, log=bench.folder / f"{label}.log") as server:
        wrk.run(server.address, addresses, headers, seconds=2)
        used, there = server.cpu(), backends.cpu() if backends else None
        run = wrk.run(server.address, addresses, headers, seconds=bench.seconds)
        spent = server.cpu() - used
        spent_there = (backends.cpu() or 0.0) - there if backends and there is not None else None
    asked = max(run.requests, 1)
    line = Line(
        engine=label,
        reader=asker.name,
        kind=OVER_HTTP,
        number=run.requests,
        p50=run.p50,
        p90=0.0,
        p99=run.p99,
        ours=round(1000 * spent / asked, 3),
        database=None if spent_there is None else round(1000 * spent_there / asked, 3),
        bad=run.bad,
        rate=round(run.rate, 1),
    )
    bench.lines.append(line)


@contextmanager
def _indexed(bench: Bench) -> Iterator[None]:
    """Elasticsearch with an index of our own, which is gone afterwards."""
    from bench.timing import bar
    from search.engines.elastic import client, indices, rebuilding

    size, started = bench.world.size, time.perf_counter()
    try:
        for _ in bar("Elasticsearch index", size, rebuilding.rebuild()):
            pass
        rate = size / (time.perf_counter() - started)
        stats = client.for_writing().indices.stats(index=client.read_alias())
        megabytes = stats["_all"]["primaries"]["store"]["size_in_bytes"] / 2**20
        bench.notes += [
            ("elasticsearch: index made anew", f"{rate:,.0f} entries a second"),
            ("elasticsearch: index", f"{megabytes:,.0f} MB"),
        ]
        yield
    finally:
        for name in indices.ours():
            client.for_writing().indices.delete(index=name)


def _publishing(bench: Bench) -> None:
    """What it costs to publish records, with the embedded index and without it."""
    from cms.entries import followers, ingest
    from search.engines.embedded import filing

    for what, follow in (("with", [filing.file]), ("without", [])):
        kept, followers._stored[:] = list(followers._stored), follow
        records = [_record(bench.world, what, number) for number in range(PUBLISHED)]
        used = time.process_time()
        there = bench.backends.cpu() if bench.backends else None
        for start in range(0, PUBLISHED, AT_ONCE):
            ingest.store(what, records[start : start + AT_ONCE], at=datetime.now(UTC))
        spent = time.process_time() - used
        if bench.backends and there is not None:
            spent += (bench.backends.cpu() or 0.0) - there
        followers._stored[:] = kept
        rate = f"{PUBLISHED / spent:,.0f} records a second of CPU, ours and the database’s"
        bench.notes.append((f"{bench.vendor}: publishing {what} search", rate))


def _record(world: World, source: str, number: int) -> dict[str, Any]:
    from bench.filling import Library

    facts = world.facts(number + 1, Random())
    title, summary, text = Library(world).titled(number + 1, facts)
    return {
        "id": f"{source}-{number}",
        "type": "order",
        "locale": facts.locale,
        "title": title,
        "summary": summary,
        "body": text,
        "topics": ["commandes"],
        "readers": [],
        "published_at": "2026-11-20T09:00:00Z",
    }


def _sizes() -> Iterator[tuple[str, int]]:
    """What the embedded index takes on the disk, in bytes."""
    from django.db import connection

    sizes = (
        "SELECT 'passages, with their terms', pg_table_size('search_passage') "
        "UNION ALL SELECT 'index of terms', pg_relation_size('passage_terms') "
        "UNION ALL SELECT 'other indexes', pg_indexes_size('search_passage') "
        "- pg_relation_size('passage_terms')"
        if connection.vendor == "postgresql"
        else "SELECT CASE WHEN name LIKE 'search_t%' THEN 'index of terms' "
        "ELSE 'passages' END AS what, sum(pgsize) FROM dbstat "
        "WHERE name LIKE 'search_t%' OR name LIKE '%passage%' GROUP BY what"
    )
    with connection.cursor() as cursor:
        cursor.execute(sizes)
        yield from cursor.fetchall()


if __name__ == "__main__":
    sys.exit(main())
