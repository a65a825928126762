"""The table, the JSON, and the comparison of two runs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HEADINGS = (
    "case", "reader", "cache", "size", "pools", "req/s", "p50 ms", "p99 ms", "CPU ms", "PG ms",
    "queries", "RSS MB", "bad",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One line of the table: medians of the rounds."""

    case: str
    reader: str
    cache: str
    size: int
    pools: int
    rate: float
    p50: float
    p99: float
    cpu_ms: float
    postgresql_ms: float | None
    queries: int
    rss_mb: int
    bad: int

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        return (self.case, self.reader, self.cache, self.size, self.pools)

    @property
    def cells(self) -> tuple[str, ...]:
        database = "–" if self.postgresql_ms is None else f"{self.postgresql_ms:.2f}"
        return (
            self.case, self.reader, self.cache, f"{self.size:,}", f"{self.pools:,}",
            f"{self.rate:,.0f}", f"{self.p50:.1f}", f"{self.p99:.1f}", f"{self.cpu_ms:.2f}",
            database, str(self.queries), str(self.rss_mb), str(self.bad),
        )  # fmt: skip


def table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Markdown whose columns stand below each other; numbers to the right."""
    rows = [list(headings), *(list(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(headings))]
    right = [
        all(_is_number(row[column]) for row in rows[1:]) and len(rows) > 1
        for column in range(len(headings))
    ]

    def written(row: Sequence[str]) -> str:
        cells = (
            f"{cell:>{width}}" if to_right else f"{cell:<{width}}"
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        return f"| {' | '.join(cells)} |"

    rule = (
        "-" * (width + 1) + ":" if to_right else "-" * (width + 2)
        for width, to_right in zip(widths, right, strict=True)
    )
    return "\n".join([written(rows[0]), f"|{'|'.join(rule)}|", *(written(row) for row in rows[1:])])


def measured_table(found: Iterable[Measured]) -> str:
    return table(HEADINGS, (one.cells for one in found))


def save(path: Path, machine: dict[str, Any], found: Iterable[Measured]) -> None:
    """Keep a run, to compare a later one with it."""
    lines = [asdict(one) for one in found]
    path.write_text(json.dumps({"machine": machine, "measured": lines}, indent=1))


def read(path: Path) -> tuple[dict[str, Any], list[Measured]]:
    """A run that was kept."""
    kept = json.loads(path.read_text())
    return kept["machine"], [Measured(**line) for line in kept["measured"]]


def comparison(before: Iterable[Measured], after: Iterable[Measured]) -> str:
    """Ratios after : before. CPU is the firm one: it depends least on other jobs."""
    known = {one.key: one for one in before}
    lines = []
    for one in after:
        old = known.get(one.key)
        if old is None:
            continue
        lines.append(
            (
                *one.cells[:5],
                _ratio(one.rate, old.rate),
                _ratio(one.p99, old.p99),
                _ratio(one.cpu_ms, old.cpu_ms),
                _ratio(one.postgresql_ms, old.postgresql_ms),
                f"{old.queries} → {one.queries}",
                _ratio(one.rss_mb, old.rss_mb),
            )
        )
    headings = (
        "case", "reader", "cache", "size", "pools", "req/s ×", "p99 ×", "CPU ×", "PG ×", "queries",
        "RSS ×",
    )  # fmt: skip
    return table(headings, lines)


def _ratio(after: float | None, before: float | None) -> str:
    return f"{after / before:.2f}" if after is not None and before else "–"


def _is_number(cell: str) -> bool:
    return cell == "–" or cell.replace(",", "").replace(".", "").isdigit()
