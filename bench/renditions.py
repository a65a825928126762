"""What sizes of pictures cost: processor seconds and memory, each in a process of its own."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.database import ROOT

HEADINGS = ("source", "made", "by", "CPU s", "wall s", "start s", "peak MB", "goal")
WIDTH, HEIGHT = 8660, 5774  # 50 megapixels
GOAL = "CPU ≤ 0.6, peak ≤ 150"
SOURCES = {
    "JPEG": "photo.jpg",
    "progressive JPEG": "progressive.jpg",
    "TIFF, LZW": "photo.tif",
    "PNG, 16 bits": "deep.png",
}
THREE, EVERY, AVIF, ORIGINAL = "three JPEGs", "all that readers ask for", "AVIF", "cleaned original"
CASES = (
    *((source, THREE, "here") for source in SOURCES),
    ("JPEG", THREE, "Willow"),
    ("JPEG", EVERY, "here"),
    ("JPEG", AVIF, "here"),
    ("JPEG", ORIGINAL, "here"),
)
Line = tuple[str, ...]


def measure(rounds: int = 3) -> list[Line]:
    """A line of the table for each case; the least of the rounds, as others use the machine too."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Elsewhere, so that no child begins with the memory that this takes.
        _child("draw", folder)
        for source, made, by in CASES:
            found = [_child("make", folder / SOURCES[source], made, by) for _ in range(rounds)]
            cpu, wall, start, peak = (
                min(one[key] for one in found) for key in ("cpu", "wall", "start", "peak")
            )
            is_goal = (source, made, by) == ("JPEG", THREE, "here")
            lines.append((
                source, made, by, f"{cpu:.2f}", f"{wall:.2f}", f"{start:.2f}", f"{peak:.0f}",
                GOAL if is_goal else "",
            ))  # fmt: skip
    return lines


def _child(*arguments: str | Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.rendering", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return json.loads(done.stdout or b"{}")
