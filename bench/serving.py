"""The product's server as in production, started and stopped, and what it costs."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench.database import ROOT

HOST = "127.0.0.1"
WORKERS = 2
THREADS = 2
STARTING = 60.0
STOPPING = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: psutil.Process

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def cpu(self) -> float:
        """Seconds of CPU that all its processes have used."""
        return sum(_cpu_of(one) for one in self._family())

    def memory(self) -> int:
        """Bytes in memory, of all its processes."""
        return sum(one.memory_info().rss for one in self._family())

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def served(*, answer_cache: bool, log: Path) -> Iterator[Server]:
    """granian, two workers of two threads, with the answer cache or without it."""
    port = free_port()
    environment = {**os.environ}
    if not answer_cache:
        environment["API_ANSWER_CACHE"] = "0"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST,
        "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS),
        "--log-level", "warning", "--no-ws", "cms.wsgi:application",
    ]  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        server = Server(port, psutil.Process(process.pid))
        await_answer(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_answer(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{server.address}/health/live", timeout=5).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-4000:]}")


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        return int(tried.getsockname()[1])


class Backends:
    """PostgreSQL's processes that serve one database, when they run on this machine."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def cpu(self) -> float | None:
        """Seconds of CPU that they have used; ``None`` when that cannot be seen."""
        rows = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
        used = []
        for (pid,) in rows:
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                if process.name().startswith("postgres"):
                    used.append(_cpu_of(process))
        return sum(used) if used else None


def _cpu_of(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
