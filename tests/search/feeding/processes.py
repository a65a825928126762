"""Processes of the product beside the test's own, and a wire that can be held."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


def manage(*arguments, url=None):
    """Start a command on the test's database."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.search.feeding.worker_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "TEST_ELASTICSEARCH_URL": url or settings.ELASTICSEARCH_URL,
        "TEST_ELASTICSEARCH_PREFIX": settings.ELASTICSEARCH_PREFIX,
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Wire:
    """Passes everything on to a server, but keeps back what it answers to the n-th bulk request."""

    def __init__(self, url, *, holding):
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.holding = holding
        self.seen = 0
        self.held = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client, server):
        while data := _received(client):
            self.seen += data.count(b"/_bulk")
            server.sendall(data)
        server.close()

    def _down(self, client, server):
        while data := _received(server):
            if self.seen >= self.holding:
                self.held.set()
                return
            client.sendall(data)

    def close(self):
        self.listener.close()


def _received(connected):
    try:
        return connected.recv(1 << 16)
    except OSError:
        return b""


@contextmanager
def wire(url, *, holding):
    passing = Wire(url, holding=holding)
    try:
        yield passing
    finally:
        passing.close()


@contextmanager
def silence():
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def beside(work):
    """Do something again and again in a thread of its own, until the end."""
    stopping = threading.Event()
    failures = []

    def run():
        try:
            work(stopping)
        except Exception as error:  # noqa: BLE001 - told where it is waited for
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=60)
    assert not failures, failures
