"""Slow downloads beside quick answers: whether a list still comes as fast as without them."""

import asyncio
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import psutil

from bench.database import ROOT
from bench.serving import HOST, Server, await_answer, free_port

READERS = 40
RATE = 2_000_000  # bytes a second, each
ASKED = 50  # lists a second
HEADINGS = (
    "set-up", "readers", "MB/s each", "p50 ms", "p99 ms", "p99 ×", "bad", "API CPU s/s",
    "downloads CPU s/s", "downloads growth MB",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setup:
    """How the product is served: by one server, or downloads by one of their own."""

    name: str
    workers: int
    threads: int
    at_once: int
    is_apart: bool


SETUPS = (
    Setup("production: WSGI 2×2, ASGI 1", 2, 2, 100, is_apart=True),
    Setup("demo: one WSGI 2×16, 12 downloads each", 2, 16, 12, is_apart=False),
)


def measure(
    folder: Path, path: str, headers: Mapping[str, str], *, seconds: int, rounds: int
) -> list[tuple[str, ...]]:
    """Two lines a set-up: without downloads, and with forty of them, in turns."""
    lines = []
    for setup in SETUPS:
        with ExitStack() as stack:
            api = stack.enter_context(_served(setup, folder, "wsgi"))
            downloads = api
            if setup.is_apart:
                downloads = stack.enter_context(_served(setup, folder, "asgi"))
            _ask(api.address, path, headers, seconds=2)  # both are warm by then
            idle, busy = [], []
            for _ in range(rounds):
                idle.append(_ask(api.address, path, headers, seconds=seconds))
                busy.append(_beside(api, downloads, path, headers, seconds))
        lines.append(_line(setup, idle, idle, readers=0))
        lines.append(_line(setup, [one.times for one in busy], idle, readers=READERS, busy=busy))
    return lines


@dataclass(frozen=True, slots=True)
class Busy:
    """One round beside the downloads: CPU in seconds a second, rate and growth in bytes."""

    times: "Times"
    rate: float
    api_cpu: float
    downloads_cpu: float
    growth: int


def _beside(
    api: Server, downloads: Server, path: str, headers: Mapping[str, str], seconds: int
) -> Busy:
    before = downloads.memory()
    with _readers(f"{downloads.address}/kit.zip", seconds) as readers:
        time.sleep(3)
        start, used = time.monotonic(), (api.cpu(), downloads.cpu())
        times = _ask(api.address, path, headers, seconds=seconds)
        spent = time.monotonic() - start
        cpu = [(one.cpu() - was) / spent for one, was in zip((api, downloads), used, strict=True)]
        growth = downloads.memory() - before
        return Busy(times, readers(), cpu[0], cpu[1], growth)


@dataclass(frozen=True, slots=True)
class Times:
    """How long answers took, in milliseconds."""

    all: tuple[float, ...]
    bad: int

    def percentile(self, hundredth: int) -> float:
        return quantiles(self.all, n=100, method="inclusive")[hundredth - 1]


def _line(
    setup: Setup,
    found: Sequence[Times],
    idle: Sequence[Times],
    *,
    readers: int,
    busy: Sequence[Busy] = (),
) -> tuple[str, ...]:
    def middle(name: str) -> float:
        return median(getattr(one, name) for one in busy) if busy else 0.0

    p99, p99_idle = (median(one.percentile(99) for one in times) for times in (found, idle))
    return (
        setup.name, str(readers), f"{middle('rate') / 1e6:.2f}",
        f"{median(one.percentile(50) for one in found):.1f}", f"{p99:.1f}",
        f"{p99 / p99_idle:.2f}", str(sum(one.bad for one in found)), f"{middle('api_cpu'):.2f}",
        f"{middle('downloads_cpu'):.2f}" if setup.is_apart else "–",
        f"{middle('growth') / 1e6:.0f}",
    )  # fmt: skip


@contextmanager
def _served(setup: Setup, folder: Path, interface: str) -> Iterator[Server]:
    port = free_port()
    workers, threads = (setup.workers, setup.threads) if interface == "wsgi" else (1, 0)
    command = [
        sys.executable, "-m", "granian", "--interface", interface, "--host", HOST,
        "--port", str(port), "--workers", str(workers), "--log-level", "error", "--no-ws",
        *(["--blocking-threads", str(threads)] if threads else []),
        f"cms.{interface}:application",
    ]  # fmt: skip
    own = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.zip_settings",
        "DOWNLOADS_AT_ONCE": str(setup.at_once),
        "API_ANSWER_CACHE": "0",
    }
    log = folder / f"{interface}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=output, stderr=output)
    try:
        server = Server(port, psutil.Process(process.pid))
        await_answer(server, process, log)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _ask(address: str, path: str, headers: Mapping[str, str], *, seconds: int) -> Times:
    """So many lists a second over four connections, whatever the last one took."""
    times: list[float] = []
    bad = [0]
    host = urlsplit(address).netloc
    start = time.perf_counter()

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=30)
        for turn in range(seconds * ASKED // 4):
            due = start + (turn * 4 + number) / ASKED
            time.sleep(max(0.0, due - time.perf_counter()))
            asked = time.perf_counter()
            try:
                connection.request("GET", path, headers=dict(headers))
                answer = connection.getresponse()
                answer.read()
                bad[0] += answer.status != 200
            except (OSError, http.client.HTTPException):
                bad[0] += 1
                connection.close()
            times.append(1000 * (time.perf_counter() - asked))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Times(tuple(times), bad[0])


class _Readers:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self) -> float:
        """Bytes a second that each of those got who got any; once they were stopped."""
        return float(self._process.communicate()[0] or 0)


@contextmanager
def _readers(url: str, seconds: int) -> Iterator[_Readers]:
    """A process of their own: the one that measures must not wait for them."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.zip_readers", url, str(seconds + 4)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield _Readers(process)
    finally:
        process.wait(60)


async def _read(url: str, until: float) -> float:
    """Bytes a second that one reader got, at its own pace. 0: it was told to come back."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 17)
    writer.write(f"GET {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    got, start = 0, time.monotonic()
    if b" 200 " in head.splitlines()[0]:
        while time.monotonic() < until and (chunk := await reader.read(1 << 16)):
            got += len(chunk)
            await asyncio.sleep(max(0.0, got / RATE - (time.monotonic() - start)))
    writer.close()
    return got / (time.monotonic() - start)


async def _forty(url: str, seconds: int) -> None:
    until = time.monotonic() + seconds
    found = await asyncio.gather(*(_read(url, until) for _ in range(READERS)))
    served = [one for one in found if one > RATE / 100]
    print(f"{len(served)} of {READERS} were served at once.", file=sys.stderr)
    print(sum(served) / len(served) if served else 0)


if __name__ == "__main__":
    asyncio.run(_forty(sys.argv[1], int(sys.argv[2])))
