"""The demo's processes: the web server and the worker, started and stopped together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType

from django.core.management.base import CommandError

HOST = "127.0.0.1"
PATIENCE = 10.0
"""Seconds in which a process told to stop must have stopped."""
STARTING = 60.0
THREADS = 16
DOWNLOADS = 12
"""Of a process's threads, those that large files may hold at once: the others answer readers."""
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def address(port: int) -> str:
    return f"http://{HOST}:{port}"


def check_port(port: int) -> None:
    """Raises ``CommandError`` when the port is taken."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another: make demo PORT={port + 1}"
            ) from error


def serve(port: int, *, manage: str, ready: Callable[[], None]) -> int:
    """Serve until Ctrl-C or SIGTERM, or until a process ends by itself. Gives the exit code."""
    environment = {
        "DOWNLOADS_AT_ONCE": str(DOWNLOADS),
        **os.environ,
        "PORT": str(port),
        "BASE_URL": address(port),
    }
    children = Children(environment)
    with children:
        children.start("web", [sys.executable, "-m", "granian", *_web(port)])
        _await(port, children)
        # Only now: two cores start the web faster without it.
        children.start("worker", [sys.executable, manage, "work"])
        ready()
        return children.wait()


def _web(port: int) -> list[str]:
    return [
        "--interface", "wsgi", "--host", HOST, "--port", str(port),
        "--workers", str(min(2, os.cpu_count() or 1)), "--blocking-threads", str(THREADS),
        "--workers-kill-timeout", "5", "--log-level", "error", "--no-ws",
        "cms.wsgi:application",
    ]  # fmt: skip


def _await(port: int, children: "Children") -> None:
    """Return when the first request is answered."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until and not children.stopping:
        children.check()
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{address(port)}/health/live", timeout=5).close()  # noqa: S310
            return
        time.sleep(0.1)
    if not children.stopping:
        raise CommandError(f"The web server does not answer after {STARTING:.0f} seconds.")


class Children:
    """Child processes, each a group of its own, so that none of theirs is left behind.

    Ctrl-C in a terminal reaches this process alone; it then stops them in good order.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def __enter__(self) -> "Children":
        self.before = {
            number: signal.signal(number, self._told_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        return self

    def __exit__(self, *_args: object) -> None:
        for child in self.running.values():
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        for child in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, until - time.monotonic()))
            _signal(child, signal.SIGKILL)  # whatever is left of the group
            child.wait()
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def start(self, name: str, command: Sequence[str]) -> None:
        self.running[name] = subprocess.Popen(  # noqa: S603
            command,
            env=self.environment,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def check(self) -> None:
        """Raises ``CommandError`` when one has ended by itself."""
        for name, child in self.running.items():
            if (code := child.poll()) is not None and not self.stopping:
                raise CommandError(f"The {name} process ended with code {code}: see above.")

    def wait(self) -> int:
        """Until told to stop, or until one ends."""
        while not self.stopping:
            self.check()
            time.sleep(0.2)
        return 0

    def _told_to_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.stopping = True


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _die_with_parent() -> None:
    """Even ``kill -9`` of the demo leaves no server behind."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)
