"""How fast readers are answered: lists and pages, trees, search, downloads. No clock fails it.

One of them looks for faults instead, and fails by them: the soak of the demo.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

import django

from bench import cases, database, found, machine, report
from bench.machine import CannotMeasure
from bench.world import World

NAME = "filrouge_bench"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.what in WITHOUT_SERVER:
        return WITHOUT_SERVER[options.what](options)
    try:
        server = machine.server_url()
        version = machine.require_postgresql(server)
        if options.what not in {"tree", "downloads"}:
            machine.require_wrk()
        if options.what in {"readers", "search"}:
            _require_space(
                server, max(options.sizes) if options.what == "readers" else options.entries
            )
    except CannotMeasure as problem:
        print(problem, file=sys.stderr)
        return 2
    print(machine.line(machine.facts(version)))
    with database.own(server, NAME, keep=options.keep) as (url, folder):
        os.environ.update(database.environment(url, folder))
        # Before the product starts here: it reads once which static files there are.
        database.manage("collectstatic", "--noinput", "--verbosity", "0")
        django.setup()
        try:
            _measure(options, server, version, url, folder)
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
            return 130
    if options.keep:
        print(f"Kept: {NAME}")
    return 0


def _measure(options: Namespace, server: str, version: str, url: str, folder: Path) -> None:
    if options.what == "tree":
        _tree(options, server, url, folder)
    elif options.what == "search":
        _search(options, server, version, url, folder)
    elif options.what == "downloads":
        _downloads(options, server, url, folder)
    elif options.what == "photos":
        _photos(options, server, url, folder)
    else:
        _readers(options, server, version, url, folder)


def _options(arguments: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what", nargs="?",
        choices=("readers", "tree", "search", "downloads", "photos", *WITHOUT_SERVER),
        default="readers",
        help="readers (default); tree: moving, publishing, loading; search: both databases; "
        "zip: what a kit costs; downloads: lists beside forty slow downloads; "
        "renditions: sizes of a photo; photos: lists while a hundred of them come in; "
        "soak: the demo under sixteen readers and two editors, which fails by faults",
    )  # fmt: skip
    parser.add_argument("--sizes", type=_numbers, default="5000,100000,1000000")
    parser.add_argument("--pools", type=_numbers, default="10,100,1000")
    parser.add_argument("--seconds", type=int, help="of one run of wrk (6), of the soak (60)")
    parser.add_argument("--rounds", type=int, default=3, help="their median counts")
    parser.add_argument("--only", type=_cases, default=(), help=", ".join(cases.names()))
    parser.add_argument("--keep", action="store_true", help=f"leave the database {NAME}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="ratios against kept figures")
    parser.add_argument("--pages", type=int, default=10_000, help="tree: pages of the subtree")
    parser.add_argument("--records", type=int, default=100_000, help="tree: records to load")
    parser.add_argument("--people", type=int, default=30_000, help="tree: people who read")
    parser.add_argument("--entries", type=int, default=100_000, help="search: how many")
    parser.add_argument("--gates", type=int, default=1000, help="search: behind how many gates")
    parser.add_argument("--each", type=int, default=100, help="search: questions of each kind")
    parser.add_argument("--photos", type=int, default=100, help="photos: how many")
    parser.add_argument("--sqlite", action="store_true", help="search: on SQLite too")
    options = parser.parse_args(arguments)
    options.seconds = options.seconds or (60 if options.what == "soak" else 6)
    return options


def _numbers(text: str) -> list[int]:
    parts = text.replace("_", "").split(",")
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise ArgumentTypeError("write numbers with commas between them, such as 5000,100000")
    return [int(part) for part in parts]


def _cases(text: str) -> tuple[str, ...]:
    wanted = tuple(text.split(","))
    if unknown := set(wanted) - set(cases.names()):
        raise ArgumentTypeError(f"no case {', '.join(sorted(unknown))}: {', '.join(cases.names())}")
    return wanted


def _require_space(server: str, size: int) -> None:
    from bench.data import BYTES_AN_ENTRY

    folder = database.data_folder(server)
    if folder is not None:
        machine.require_space(folder, size * BYTES_AN_ENTRY)


def _readers(options: Namespace, server: str, version: str, url: str, folder: Path) -> None:
    from bench import measure

    before = report.read(options.compare) if options.compare else None
    plan = measure.Plan(options.seconds, options.rounds, options.only)
    worlds = [World(size, pools) for size in options.sizes for pools in options.pools]
    minutes = sum(plan.estimate(one) for one in worlds) / 60
    print(f"About {minutes:.0f} minutes of measuring, and the time to load.", file=sys.stderr)
    known = machine.facts(version)
    found: list[report.Measured] = []
    for one in worlds:
        measured = measure.world(one, plan, server=server, url=url, folder=folder)
        found += measured
        print(f"\n{report.measured_table(measured)}", flush=True)
        if options.json:
            report.save(options.json, known, found)
    if before is not None:
        print(f"\nAgainst {machine.line(before[0])}:\n{report.comparison(before[1], found)}")


def _tree(options: Namespace, server: str, url: str, folder: Path) -> None:
    from bench import tree

    database.create(server, url.rpartition("/")[2])
    database.manage("migrate", "--verbosity", "0")
    lines = tree.measure(
        folder, pages=options.pages, records=options.records, people=options.people
    )
    print(report.table(tree.HEADINGS, lines))


def _zip(options: Namespace) -> int:
    from bench import zip_generator

    print(report.table(zip_generator.HEADINGS, zip_generator.measure(options.rounds)))
    return 0


def _renditions(options: Namespace) -> int:
    from bench import renditions

    print(report.table(renditions.HEADINGS, renditions.measure(options.rounds)))
    return 0


def _soak(options: Namespace) -> int:
    from bench import soak

    seen = soak.measure(options.seconds)
    print(f"{report.table(soak.HEADINGS, soak.lines(seen))}\n\n{soak.told(seen)}")
    return 0 if seen.is_good else 1


WITHOUT_SERVER = {"zip": _zip, "renditions": _renditions, "soak": _soak}
"""What needs no PostgreSQL server."""


def _downloads(options: Namespace, server: str, url: str, folder: Path) -> None:
    from bench import data, people, zip_kit, zip_readers

    database.create(server, url.rpartition("/")[2])
    database.manage("migrate", "--verbosity", "0")
    world = World(5000, 10)
    data.load(url, world)
    asker = people.make(world)["employee"]
    zip_kit.make(folder / "media")
    path = "/api/v1/entries?limit=20"
    lines = zip_readers.measure(
        folder,
        path,
        asker.headers_for(path),
        seconds=options.seconds,
        rounds=options.rounds,
    )
    print(report.table(zip_readers.HEADINGS, lines))


def _photos(options: Namespace, server: str, url: str, folder: Path) -> None:
    from bench import data, people, photos

    database.create(server, url.rpartition("/")[2])
    database.manage("migrate", "--verbosity", "0")
    world = World(5000, 100)
    data.load(url, world)
    data.make_room(url)
    photos.room()
    path = "/api/v1/entries?limit=20"
    lines, facts = photos.measure(
        folder,
        path,
        people.make(world)["employee"].headers_for(path),
        people.editor().session,
        photos=options.photos,
        seconds=options.seconds,
        rounds=options.rounds,
    )
    print(f"{report.table(photos.HEADINGS, lines)}\n\n{report.table(photos.FACTS, facts)}")


def _search(options: Namespace, server: str, version: str, url: str, folder: Path) -> None:
    """A process for each database: what one keeps in memory is nothing to the other."""
    before = found.read(options.compare) if options.compare else None
    database.create(server, url.rpartition("/")[2])
    os.environ["ELASTICSEARCH_PREFIX"] = f"bench-{os.getpid()}"
    lines: list[found.Line] = []
    for kept in ("postgresql", "sqlite") if options.sqlite else ("postgresql",):
        if kept == "sqlite":
            del os.environ["DATABASE_URL"]
        database.manage("migrate", "--verbosity", "0")
        file = folder / f"{kept}.json"
        asked = (f"--{name}={getattr(options, name)}" for name in ("entries", "gates", "each"))
        command = [sys.executable, "-m", "bench.searching", *asked]
        subprocess.run(
            [*command, f"--seconds={options.seconds}", f"--json={file}"],
            check=True,
            cwd=database.ROOT,
        )
        lines += found.read(file)[1]
    print(f"\n{found.searched_table(lines)}\n\n{found.goals(lines)}")
    if options.json:
        found.save(options.json, machine.facts(version), lines)
    if before is not None:
        print(f"\nAgainst {machine.line(before[0])}:\n{found.comparison(before[1], lines)}")


if __name__ == "__main__":
    sys.exit(main())
