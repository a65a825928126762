"""What it costs to make a kit's ZIP: CPU and memory of one process, with nobody at the other end.

``python -m bench.zip_generator thread`` (as WSGI asks) or ``loop`` (as ASGI asks) prints JSON.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import django
import psutil

from bench.database import ROOT, environment

WAYS = {"thread": "WSGI", "loop": "ASGI"}
HEADINGS = ("asked by", "GB", "CPU s", "wall s", "MB/s", "first byte ms", "growth MB")


def measure(rounds: int) -> list[tuple[str, ...]]:
    """Lines of the table: the median of the rounds, in turns, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="fil-rouge-bench-", dir=_roomy()) as folder:
        os.environ.update(environment("sqlite://:memory:", Path(folder)), LOG_LEVEL="ERROR")
        _started()
        from bench import zip_kit

        zip_kit.make(Path(folder) / "media")
        found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                made = subprocess.run(
                    [sys.executable, "-m", "bench.zip_generator", way],
                    check=True,
                    capture_output=True,
                    cwd=ROOT,
                )
                found[way].append(json.loads(made.stdout))
    return [_line(way, runs) for way, runs in found.items()]


def _roomy() -> str | None:
    """Memory is too small a disk for two gigabytes on many machines."""
    return "/var/tmp" if Path("/var/tmp").is_dir() else None


def _line(way: str, runs: list[dict[str, float]]) -> tuple[str, ...]:
    def middle(name: str) -> float:
        return median(run[name] for run in runs)

    size, wall = middle("bytes"), middle("wall")
    return (
        WAYS[way], f"{size / 1e9:.2f}", f"{middle('cpu'):.2f}", f"{wall:.2f}",
        f"{size / wall / 1e6:,.0f}", f"{1000 * middle('first'):.1f}",
        f"{middle('growth') / 1e6:.0f}",
    )  # fmt: skip


def _started() -> None:
    """What is below needs the product's models."""
    django.setup()


def _once(way: str) -> dict[str, float]:
    _started()
    from bench import zip_kit
    from media import streaming
    from media.ranges import answer

    streaming.settings.DOWNLOADS_AT_ONCE = 0
    layout = zip_kit.packed()
    before, start = psutil.Process().memory_info().rss, time.perf_counter()
    used = _cpu()
    decided = answer("GET", {}, etag=layout.etag, size=layout.length)
    request: Any = _request(way)
    response: Any = streaming.respond(request, decided, layout.segments())
    read = _read_in_loop(response) if way == "loop" else _read(response)
    size, first = read[0], read[1] - start
    if size != layout.length:
        raise SystemExit(f"{size} bytes came, and not {layout.length}.")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "bytes": size,
        "cpu": _cpu() - used,
        "wall": time.perf_counter() - start,
        "first": first,
        "growth": max(0, peak - before),
    }


def _request(way: str) -> Any:
    from django.core.handlers.asgi import ASGIRequest
    from django.http import HttpRequest

    if way == "thread":
        request = HttpRequest()
        request.method = "GET"
        return request
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    return ASGIRequest(scope, BytesIO())


def _read(response: Any) -> tuple[int, float]:
    size, first = 0, 0.0
    for chunk in response:
        first = first or time.perf_counter()
        size += len(chunk)
    return size, first


def _read_in_loop(response: Any) -> tuple[int, float]:
    async def read() -> tuple[int, float]:
        size, first = 0, 0.0
        async for chunk in response:
            first = first or time.perf_counter()
            size += len(chunk)
        return size, first

    return asyncio.run(read())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(_once(sys.argv[1])))
