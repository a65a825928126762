"""Charts of the report, as numbers for a template that draws SVG. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 120
WIDTH = 720
GAP = 0.25
LEAST = 1.5
"""What is there is drawn, however little it is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, and the darker part of it at its foot."""

    label: str
    value: int
    part: int
    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side, with the value that reaches the top and labels for some of them."""

    bars: tuple[Bar, ...]
    top: int
    labelled: tuple[Bar, ...]


def chart(labels: Sequence[str], values: Sequence[int], parts: Sequence[int] = ()) -> Chart:
    """A chart of these values; ``parts`` are shares of them."""
    top = _round_up(max(values, default=0))
    step = WIDTH / max(len(values), 1)
    bars = tuple(
        _bar(label, value, part, place * step, step, top)
        for place, (label, value, part) in enumerate(
            zip(labels, values, parts or [0] * len(values), strict=True)
        )
    )
    every = max(1, -(-len(bars) // 8))
    return Chart(bars, top, bars[::every])


def _bar(label: str, value: int, part: int, x: float, step: float, top: int) -> Bar:
    height, dark = _high(value, top), _high(part, top)
    return Bar(
        label,
        value,
        part,
        round(x + step * GAP / 2, 2),
        round(step * (1 - GAP), 2),
        round(HEIGHT - height, 2),
        height,
        round(HEIGHT - dark, 2),
        dark,
    )


def _high(value: int, top: int) -> float:
    return max(round(HEIGHT * value / top, 2), LEAST) if value and top else 0.0


def _round_up(value: int) -> int:
    """A round number that is not below the value: 1, 2 or 5 and zeros."""
    if value <= 1:
        return 1
    unit = 10 ** (len(str(value - 1)) - 1)
    return next(step * unit for step in (1, 2, 5, 10) if step * unit >= value)
