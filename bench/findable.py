"""How soon Elasticsearch finds what is published: ``python -m bench.findable``, during a storm."""

import os
import statistics
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from datetime import UTC, datetime

import django

from bench import database, machine
from bench.machine import CannotMeasure

NAME = "filrouge_bench_findable"
GIVE_UP = 60.0


def main(arguments: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m bench.findable", description=__doc__)
    parser.add_argument("--entries", type=int, default=1000, help="published one by one")
    parser.add_argument("--a-second", type=float, default=50.0, help="at most")
    options = parser.parse_args(arguments)
    try:
        server = machine.server_url()
        version = machine.require_postgresql(server)
        url = os.environ.get("ELASTICSEARCH_URL") or _complain("ELASTICSEARCH_URL names no server.")
    except CannotMeasure as problem:
        print(problem, file=sys.stderr)
        return 2
    print(machine.line(machine.facts(version)))
    database.create(server, NAME)
    with database.own(server, NAME, keep=False) as (address, folder):
        os.environ.update(database.environment(address, folder))
        os.environ.update(ELASTICSEARCH_URL=url, ELASTICSEARCH_PREFIX=f"bench-{os.getpid()}")
        database.manage("migrate")
        django.setup()
        worker = subprocess.Popen([sys.executable, str(database.ROOT / "manage.py"), "work"])
        try:
            report(measure(options.entries, options.a_second))
        finally:
            worker.terminate()
            worker.wait()
            _tidy()
    return 0


def measure(entries: int, a_second: float) -> list[float]:
    """Seconds from each commit until a search finds the entry. What never was found is infinite."""
    from cms.entries import ingest

    _wait_for_index()
    published: dict[str, float] = {}
    found: dict[str, float] = {}
    ended = threading.Event()
    looking = threading.Thread(target=_look, args=(published, found, ended))
    looking.start()
    for number in range(entries):
        began = time.monotonic()
        ingest.store("storm", [_record(number)], at=datetime.now(UTC))
        published[f"storm-{number}"] = time.monotonic()
        time.sleep(max(1 / a_second - (time.monotonic() - began), 0))
    ended.set()
    looking.join()
    return [found.get(key, float("inf")) - at for key, at in published.items()]


def report(seconds: list[float]) -> None:
    parts = statistics.quantiles(seconds, n=100)
    lost = sum(one == float("inf") for one in seconds)
    print(f"published      {len(seconds)}, of which never found: {lost}")
    print(f"findable after p50 {parts[49]:.2f} s, p95 {parts[94]:.2f} s, max {max(seconds):.2f} s")


def _look(published: dict[str, float], found: dict[str, float], ended: threading.Event) -> None:
    from search.engines.elastic import client

    deadline = None
    while True:
        waiting = [key for key in list(published) if key not in found][:1000]
        if ended.is_set():
            deadline = deadline or time.monotonic() + GIVE_UP
            if not waiting or time.monotonic() > deadline:
                return
        answer = client.for_writing().search(
            index=client.read_alias(),
            query={"terms": {"key": waiting}},
            source=False,
            size=1000,
        )
        now = time.monotonic()
        found.update({hit["_id"]: now for hit in answer["hits"]["hits"]})
        time.sleep(0.05)


def _wait_for_index() -> None:
    from search.engines.elastic import indices

    deadline = time.monotonic() + GIVE_UP
    while not indices.are_there():
        if time.monotonic() > deadline:
            raise CannotMeasure("The worker made no index.")
        time.sleep(0.2)


def _record(number: int) -> dict[str, object]:
    return {
        "id": str(number),
        "type": "order",
        "locale": "fr",
        "title": f"Commande {number}",
        "body": "Douze présentoirs pour la salle de L’Estaque. " * 20,
        "topics": ["presentoirs"],
        "readers": [],
        "published_at": "2026-11-20T09:00:00Z",
    }


def _tidy() -> None:
    from search.engines.elastic import client, indices

    for name in indices.ours():
        client.for_writing().indices.delete(index=name)


def _complain(message: str) -> str:
    raise CannotMeasure(message)


if __name__ == "__main__":
    sys.exit(main())
