"""Kits over a real connection: resumed, broken off, cut short, by both kinds of server."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


class Server:
    def __init__(self, port, folder, log):
        self.address = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.log = log

    @property
    def kit(self):
        return f"{self.address}/kit.zip"

    @property
    def blobs(self):
        return sorted((self.folder / "blobs").glob("*/*"))

    def running(self):
        with urllib.request.urlopen(f"{self.address}/running", timeout=10) as answer:
            return int(answer.read())

    def settles(self):
        """Until no download holds a place; how many there are in the end."""
        for _ in range(100):
            if not (count := self.running()):
                break
            time.sleep(0.05)
        return count


@pytest.fixture(scope="module", params=["asgi", "wsgi"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kit")
    chance = random.Random(3)
    for size in (19_000_000, 30_000_000, 5):
        content = chance.randbytes(size)
        name = hashlib.sha256(content).hexdigest()
        path = folder / "blobs" / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    port = free_port()
    log = folder / "log.txt"
    threads = ["--blocking-threads", "6"] if request.param == "wsgi" else []
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", request.param,
                "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *threads,
                "--no-ws", "--log-level", "warning", f"cms.{request.param}:application",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.media.kit_settings",
                "KIT_FILES": str(folder),
                "DOWNLOADS_AT_ONCE": "3",
            },
            stdout=output,
            stderr=output,
        )  # fmt: skip
    started = Server(port, folder, log)
    for _ in range(300):
        try:
            started.running()
            break
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    yield started
    process.terminate()
    process.wait(20)


def curl(*arguments):
    command = shutil.which("curl") or pytest.skip("curl is not installed")
    return subprocess.run([command, "-sS", *arguments], capture_output=True, text=True)


def test_three_downloads_that_are_broken_off_and_resumed_make_the_same_file(server, tmp_path):
    straight, resumed = tmp_path / "straight.zip", tmp_path / "resumed.zip"
    assert curl("-o", str(straight), server.kit).returncode == 0

    for _ in range(3):
        stopped = curl(
            "-C", "-", "--limit-rate", "8M", "--max-time", "0.5", "-o", str(resumed), server.kit
        )
        assert stopped.returncode == 28, "it should have been too slow"
    assert 0 < resumed.stat().st_size < straight.stat().st_size
    assert curl("-C", "-", "-o", str(resumed), server.kit).returncode == 0

    assert resumed.read_bytes() == straight.read_bytes()
    assert server.settles() == 0


def test_the_name_is_right_and_a_head_says_everything_but_the_bytes(server, tmp_path):
    got = curl("-D", "-", "-o", "/dev/null", server.kit).stdout.lower()
    head = curl("-I", server.kit).stdout.lower()

    assert "content-length: 490" in head
    assert "filename*=utf-8''dossier%20d%e2%80%99%c3%a9t%c3%a9.zip" in head
    for line in head.splitlines():
        assert line.startswith(("date:", "server:")) or line in got


def test_clients_that_vanish_give_their_place_back(server, tmp_path):
    for _ in range(5):
        stopped = curl("--limit-rate", "1M", "--max-time", "0.4", "-o", "/dev/null", server.kit)
        assert stopped.returncode == 28

    assert server.settles() == 0
    assert "False" in server.log.read_text()


def test_a_fourth_download_is_told_to_come_back(server, tmp_path):
    slow = [
        subprocess.Popen(["curl", "-s", "--limit-rate", "1M", "-o", "/dev/null", server.kit])
        for _ in range(3)
    ]
    for _ in range(100):
        if server.running() == 3:
            break
        time.sleep(0.05)
    refused = curl("-D", "-", "-o", "/dev/null", server.kit).stdout
    for process in slow:
        process.kill()
        process.wait()

    assert refused.startswith("HTTP/1.1 5")
    assert server.settles() == 0


def test_a_file_that_is_shorter_than_announced_breaks_the_connection(server, tmp_path):
    victim = [path for path in server.blobs if path.stat().st_size > 1_000_000][-1]
    content = victim.read_bytes()
    assert curl("-o", "/dev/null", server.kit).returncode == 0
    os.truncate(victim, len(content) // 2)
    try:
        broken = curl("-o", str(tmp_path / "broken.zip"), server.kit)
    finally:
        victim.write_bytes(content)

    assert broken.returncode in {18, 56}
    assert 1_000_000 < (tmp_path / "broken.zip").stat().st_size < 49_000_000
    assert server.settles() == 0
