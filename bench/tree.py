"""What editors and outside systems do, in bulk: seconds, statements, memory."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import orjson
import psutil
from django.contrib.auth.models import Group
from django.db import connection, transaction
from tqdm import tqdm
from wagtail.models import PageViewRestriction

from bench import planting
from bench.database import ROOT
from bench.texts import Texts
from cms.access.audience import readers_of
from cms.access.rule import Rule
from cms.accounts.models import User
from pages.base import publishing
from pages.models import ArticlePage
from search.engines.embedded import lagging

HEADINGS = ("what", "of", "seconds", "a second", "statements", "ours", "s in ours", "note")
PUBLISHED = 1000
OURS = ("entries_", "access_")
Line = tuple[str, ...]


@dataclass(slots=True)
class Statements:
    """Counts and times what Django sends to the database, and of that what is about entries."""

    number: int = 0
    ours: int = 0
    seconds_in_ours: float = 0.0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - as Django calls it
        context: Any,
    ) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            if any(f'"{prefix}' in sql or f" {prefix}" in sql for prefix in OURS):
                self.ours += 1
                self.seconds_in_ours += time.perf_counter() - started


@dataclass(slots=True)
class Step:
    """One thing that is measured."""

    what: str
    of: int
    seconds: float = 0.0
    statements: Statements = field(default_factory=Statements)

    @property
    def line(self) -> Line:
        counted = self.statements
        return (
            self.what, f"{self.of:,}", f"{self.seconds:.2f}", f"{self.of / self.seconds:,.0f}",
            f"{counted.number:,}", f"{counted.ours:,}", f"{counted.seconds_in_ours:.2f}", "",
        )  # fmt: skip


@contextmanager
def _measured(what: str, of: int, lines: list[Line]) -> Iterator[Step]:
    step = Step(what, of)
    started = time.perf_counter()
    with connection.execute_wrapper(step.statements), transaction.atomic():
        yield step
    step.seconds = time.perf_counter() - started
    lines.append(step.line)


def measure(folder: Path, *, pages: int, records: int, people: int) -> list[Line]:
    """Everything, one after the other, in the fresh database that settings name."""
    lines: list[Line] = []
    with tqdm(total=8, leave=False, disable=None) as bar:
        for work in (
            lambda: _tree(pages, lines, bar),
            lambda: _records(folder, records, lines, bar),
            lambda: _people(people, lines, bar),
        ):
            work()
    return lines


def _tree(size: int, lines: list[Line], bar: Any) -> None:
    bar.set_description("planting pages")
    home = planting.home()
    top, elsewhere = planting.section(home, "banc"), planting.section(home, "ailleurs")
    ids = planting.subtree(top, size)
    groups = [Group.objects.create(name=f"Cercle {number}") for number in range(3)]
    with _measured("project pages anew", size, lines):
        planting.project(ids)
    bar.update()
    top.refresh_from_db()
    with _measured("privacy of a subtree, set", size, lines):
        restriction = PageViewRestriction.objects.create(page=top, restriction_type="groups")
        restriction.groups.set(groups[:2])
    with _measured("… the search's passages, later", size, lines):
        _file_passages()
    bar.update()
    with _measured("privacy of a subtree, other groups", size, lines):
        restriction.groups.set(groups[1:])
    _file_passages()
    bar.update()
    with _measured("move a subtree", size, lines):
        top.move(elsewhere, pos="last-child")
    _file_passages()
    bar.update()
    top.refresh_from_db()
    with _measured("rename a subtree (slug)", size, lines):
        top.slug = "banc-renomme"
        top.save()
    bar.update()
    chosen = list(ArticlePage.objects.filter(pk__in=ids[:PUBLISHED]))
    with _measured("publish in one action", len(chosen), lines), publishing.batch():
        for page in chosen:
            page.title += " encore"
            page.save_revision().publish()
    bar.update()


def _file_passages() -> None:
    """What a worker does after a change of many entries."""
    for _ in lagging.catch_up():
        pass


def _records(folder: Path, number: int, lines: list[Line], bar: Any) -> None:
    bar.set_description("records load")
    file, nothing = folder / "records.jsonl", folder / "nothing.jsonl"
    names = [group.name for group in Group.objects.filter(name__startswith="Cercle")]
    _write_records(file, number, names)
    nothing.write_bytes(b"")
    starting, _, _ = _loaded(nothing)
    for what in ("records load, new", "records load, unchanged"):
        seconds, early, peak = _loaded(file)
        seconds = max(0.001, seconds - starting)
        note = f"RSS {early >> 20} → {peak >> 20} MB; starting took {starting:.1f} s more"
        rate = f"{number / seconds:,.0f}"
        lines.append((what, f"{number:,}", f"{seconds:.2f}", rate, "", "", "", note))
    bar.update()


def _write_records(file: Path, number: int, groups: list[str]) -> None:
    stock, rng = Texts(7), Random(7)
    with file.open("wb") as output:
        for place in range(number):
            record = {
                "id": f"FR-{place}",
                "type": "order",
                "locale": "fr",
                "title": f"{stock.titles[place % len(stock.titles)]} {place}",
                "summary": stock.summaries[place % len(stock.summaries)],
                "body": " ".join(rng.choices(stock.summaries, k=8)),
                "topics": ["commandes"],
                "readers": [[rng.choice(groups)]] if groups else [],
                "url": f"https://example.com/{place}",
                "published_at": "2025-03-01T08:00:00Z",
            }
            output.write(orjson.dumps(record) + b"\n")


def _loaded(file: Path) -> tuple[float, int, int]:
    """Seconds, bytes in memory when a quarter was done, and the most there were."""
    command = [sys.executable, str(ROOT / "manage.py"), "records", "load", "banc", str(file)]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    watched = psutil.Process(process.pid)
    seen: list[int] = []
    while process.poll() is None:
        try:
            seen.append(watched.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.1)
    if process.wait():
        raise RuntimeError("records load failed: see above.")
    return time.perf_counter() - started, seen[len(seen) // 4] if seen else 0, max(seen, default=0)


def _people(number: int, lines: list[Line], bar: Any) -> None:
    bar.set_description("readers_of")
    rng = Random(7)
    groups = Group.objects.bulk_create(Group(name=f"Équipe {place}") for place in range(200))
    users = User.objects.bulk_create(
        (User(email=f"p{place}@bench.example", password="!") for place in range(number)),
        batch_size=2000,
    )
    through = User.groups.through
    through.objects.bulk_create(
        (
            through(user_id=user.pk, group_id=group.pk)
            for user in users
            for group in rng.sample(groups, 4)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ids = [group.pk for group in groups]
    rules = {
        "readers_of, one group": Rule.of([ids[:1]]),
        "readers_of, 10 groups and 20 groups": Rule.of([ids[:10], ids[10:30]]),
        "readers_of, 100 groups": Rule.of([ids[:100]]),
    }
    for what, rule in rules.items():
        lines.append(_asked(what, rule, number))
    bar.update()


def _asked(what: str, rule: Rule, number: int) -> Line:
    at = datetime.now(UTC)
    times: dict[str, list[float]] = {"count": [], "ids": []}
    found = 0
    for _ in range(5):
        started = time.perf_counter()
        found = readers_of(rule, at).count()
        times["count"].append(time.perf_counter() - started)
        started = time.perf_counter()
        list(readers_of(rule, at).values_list("pk", flat=True))
        times["ids"].append(time.perf_counter() - started)
    note = f"count {1000 * median(times['count']):.1f} ms, ids {1000 * median(times['ids']):.1f} ms"
    seconds = median(times["ids"])
    return (what, f"{number:,}", f"{seconds:.3f}", "", "1", "", "", f"{note}, {found:,} found")
