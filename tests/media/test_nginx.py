"""Behind a real nginx: it sends the bytes, Django says who may have them."""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from media.models import Document, Video
from tests.factories import article, restrict
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "downloads.md"
FILM = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(range(256)) * 12_000
AROUND = """
daemon off; error_log {folder}/error.log; pid {folder}/nginx.pid;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  types {{}}
  {server}
}}
"""


def documented():
    """The server of the documentation, so that what it says is what was tried."""
    text = DOCS.read_text()
    return text.partition("```nginx\n")[2].partition("```")[0]


@pytest.fixture
def nginx(live_server, settings, tmp_path):
    command = shutil.which("nginx") or pytest.skip("nginx is not installed")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILES_ACCEL = "/stored/"
    port = free_port()
    upstream = live_server.url.removeprefix("http://")
    server = (
        documented()
        .replace("127.0.0.1:8000", upstream)
        .replace("127.0.0.1:8001", upstream)
        .replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        .replace("/srv/fil-rouge/var/media/", f"{settings.MEDIA_ROOT}/")
    )
    tmp_path.chmod(0o755)
    configuration = tmp_path / "nginx.conf"
    configuration.write_text("user root;" + AROUND.format(folder=tmp_path, server=server))
    process = subprocess.Popen([command, "-c", str(configuration)])
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None, (tmp_path / "error.log").read_text()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def fetched(address, **headers):
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_nginx_sends_what_may_be_had_in_ranges_and_nothing_else(nginx, section, staff):
    film = Video.objects.create(title="B", file=ContentFile(FILM, name="Bande – été.mp4"))
    secret = Document.objects.create(title="N", file=ContentFile(b"%PDF-1.4 s", name="s.pdf"))
    page = article(section)
    hidden = article(section, story=[("file", {"document": secret, "title": ""})])
    restrict(hidden, staff)
    hold(page, film)
    address = f"{nginx}/files/{film.file_key}"

    status, content, headers = fetched(address)
    part, middle, where = fetched(address, Range="bytes=1000-1999", If_Range=headers["ETag"])
    other, _, _ = fetched(address, Range="bytes=1000-1999", If_Range='"other"')
    known, _, _ = fetched(address, If_None_Match=headers["ETag"])

    assert (status, content) == (200, FILM)
    assert headers["Content-Type"] == "video/mp4"
    assert (
        "filename*=UTF-8''Bande%20%E2%80%93%20%C3%A9t%C3%A9.mp4" in headers["Content-Disposition"]
    )
    assert headers["Cache-Control"].startswith("public, max-age=")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert (part, middle) == (206, FILM[1000:2000])
    assert where["Content-Range"] == f"bytes 1000-1999/{len(FILM)}"
    assert (other, known) == (200, 304)
    # The folder itself is nobody's: neither by the internal place nor around it.
    for way in (
        f"/files/{secret.file_key}",
        f"/stored/{film.blob.name}",
        f"/stored/{secret.blob.name}",
        f"/media/{film.blob.name}",
        f"/files/../stored/{secret.blob.name}",
        f"/files/%2e%2e/stored/{secret.blob.name}",
    ):
        status, content, _ = fetched(f"{nginx}{way}")
        assert status == 404, way
        assert b"%PDF" not in content
        assert b"ftyp" not in content


def hold(page, file):
    from cms.entries.models import Entry, Holding

    entry = Entry.objects.get(page_id=page.pk)
    Holding.objects.create(entry=entry, file=file.file_key, gate=entry.gate, position=0)
