"""Uploads over a real connection: broken off, killed with the server, and taken up again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from cms.accounts.models import User
from tests.conftest import build_site
from tests.media.test_uploads import metadata
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "t" * 32
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Server:
    """A web process, and an editor signed in at it."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        build_site()
        editor = User.objects.create_superuser("editor@cabestan.example", "phrase-de-passe")
        client = Client()
        client.force_login(editor)
        session = client.cookies["sessionid"].value
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Tus-Resumable": "1.0.0",
        }
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
                "--port", str(self.port), "--workers", "1", "--blocking-threads", "2", "--no-ws",
                "--log-level", "warning", "cms.wsgi:application",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.media.upload_settings",
                "UPLOADS_FOLDER": str(self.folder),
                "UPLOADS_DATABASE": str(connection.settings_dict["NAME"]),
            },
            start_new_session=True,
        )  # fmt: skip
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5)
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server does not start")

    def kill(self):
        """As the kernel does when memory is short: nobody says goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path, body=None, **headers):
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        talk.request(method, path, body, {**self.headers, **headers})
        answer = talk.getresponse()
        answer.read()
        talk.close()
        return answer

    def begin(self, length):
        told = metadata(filename="film.mp4", field="video")
        answer = self.ask(
            "POST", "/editor/uploads/", Upload_Length=str(length), Upload_Metadata=told
        )
        assert answer.status == 201
        return answer.headers["Location"]

    def send(self, path, offset, body):
        kind = "application/offset+octet-stream"
        return self.ask("PATCH", path, body, Upload_Offset=str(offset), Content_Type=kind)

    def broken_off(self, path, announced, sent):
        """A connection on which part of a piece was sent."""
        lines = {
            **self.headers,
            "Host": "127.0.0.1",
            "Content-Length": str(announced),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "0",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        talk = socket.create_connection(("127.0.0.1", self.port))
        talk.sendall(f"PATCH {path} HTTP/1.1\r\n{head}\r\n".encode() + sent)
        return talk

    def offset(self, path):
        return int(self.ask("HEAD", path).headers["Upload-Offset"])

    def offset_reaches(self, path, wanted):
        for _ in range(200):
            if (offset := self.offset(path)) >= wanted:
                break
            time.sleep(0.05)
        return offset

    @property
    def bytes(self):
        (path,) = (self.folder / "uploads").rglob("*.part")
        return path.read_bytes()


@pytest.fixture
def server(tmp_path):
    started = Server(tmp_path)
    yield started
    started.kill()


def test_what_arrived_before_the_connection_broke_is_kept(server):
    body = os.urandom(6 << 20)
    path = server.begin(len(body))
    talk = server.broken_off(path, len(body), body[: 3 << 20])
    arrived = server.offset_reaches(path, 3 << 20)

    # The client is still there, and holds nobody up.
    assert arrived == 3 << 20
    assert server.send(path, 0, body[:10]).status == 409
    talk.close()
    assert server.send(path, arrived, body[arrived:]).status == 204
    assert server.bytes == body


def test_an_upload_goes_on_after_the_server_was_killed(server):
    body = os.urandom(6 << 20)
    path = server.begin(len(body))
    talk = server.broken_off(path, len(body), body[: 4 << 20])
    server.offset_reaches(path, 1 << 20)

    server.kill()
    talk.close()
    server.start()

    arrived = server.offset(path)
    assert 1 << 20 <= arrived < len(body)
    assert server.send(path, arrived, body[arrived:]).status == 204
    assert server.bytes == body
