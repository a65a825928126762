"""What was measured of search: lines, their table, the goals, the comparison of two runs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.report import table

HEADINGS = (
    "engine", "reader", "kind", "of", "p50 ms", "p90 ms", "p99 ms", "ours CPU ms", "DB CPU ms",
    "statements", "found", "bad",
)  # fmt: skip
AS_TYPED, OVER_HTTP, SUGGESTED = "as typed", "over HTTP", "suggest"
USUAL, NARROW = "employee", "archive"
LEAST_RATE = 320
LIMITS = {"postgresql": (15.0, 50.0), "sqlite": (None, 100.0), "elasticsearch": (15.0, None)}
"""Milliseconds that half of the searches, and 99 of 100, may take as people type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of search, by one reader, on one engine. Times in milliseconds."""

    engine: str
    reader: str
    kind: str
    number: int
    p50: float
    p90: float
    p99: float
    ours: float
    database: float | None = None
    statements: float = 0.0
    found: float = 0.0
    bad: int = 0
    rate: float = 0.0

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.engine, self.reader, self.kind)

    @property
    def cells(self) -> tuple[str, ...]:
        database = "–" if self.database is None else f"{self.database:.2f}"
        return (
            self.engine, self.reader, self.kind, f"{self.number:,}", f"{self.p50:.1f}",
            f"{self.p90:.1f}", f"{self.p99:.1f}", f"{self.ours:.2f}", database,
            f"{self.statements:.1f}", f"{self.found:,.0f}", str(self.bad),
        )  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def searched_table(lines: Iterable[Line]) -> str:
    return table(HEADINGS, (one.cells for one in lines))


def goals(lines: Sequence[Line]) -> str:
    """A line for each goal: what it is, what was measured, whether it is met."""
    told = [one for line in lines for one in _about(line, lines)]
    return table(
        ("goal", "measured", ""),
        [(what, f"{value:.1f}", "met" if is_met else "missed") for what, value, is_met in told],
    )


def _about(line: Line, lines: Sequence[Line]) -> Iterable[tuple[str, float, bool]]:
    if line.kind == OVER_HTTP:
        what = f"{line.engine}: at least {LEAST_RATE} searches a second on two processes"
        yield what, line.rate, line.rate >= LEAST_RATE
    if line.kind != AS_TYPED:
        return
    if line.reader == USUAL:
        for name, value, limit in zip(
            ("p50", "p99"), (line.p50, line.p99), LIMITS[line.engine], strict=True
        ):
            if limit:
                yield f"{line.engine}: {name} below {limit:.0f} ms", value, value < limit
    if line.reader == NARROW:
        usual = next((one for one in lines if one.key == (line.engine, USUAL, AS_TYPED)), None)
        if usual is not None:
            ratio = line.p50 / usual.p50
            yield f"{line.engine}: one gate at most twice as slow", ratio, ratio <= 2


def save(path: Path, machine: dict[str, Any], lines: Iterable[Line]) -> None:
    """Keep a run, to compare a later one with it."""
    kept = {"machine": machine, "searched": [asdict(one) for one in lines]}
    path.write_text(json.dumps(kept, indent=1))


def read(path: Path) -> tuple[dict[str, Any], list[Line]]:
    """A run that was kept."""
    kept = json.loads(path.read_text())
    return kept["machine"], [Line(**line) for line in kept["searched"]]


def comparison(before: Iterable[Line], after: Iterable[Line]) -> str:
    """Ratios after : before. CPU is the firm one."""
    known = {one.key: one for one in before}
    pairs = [(known[one.key], one) for one in after if one.key in known]
    return table(
        ("engine", "reader", "kind", "p50 ×", "p99 ×", "ours ×", "DB ×"),
        [
            (
                *new.key,
                _ratio(new.p50, old.p50),
                _ratio(new.p99, old.p99),
                _ratio(new.ours, old.ours),
                _ratio(new.database, old.database),
            )
            for old, new in pairs
        ],
    )


def _ratio(after: float | None, before: float | None) -> str:
    return f"{after / before:.2f}" if after is not None and before else "–"
