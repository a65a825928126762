"""Kits as ZIP: exact, in any range, and read by everything that reads ZIPs."""

import asyncio
import hashlib
import os
import random
import shutil
import subprocess
import zipfile
import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.test import RequestFactory

from cms.problems import NotNow
from media import blobs, streaming
from media.blobs import Measured
from media.chunks import Chunks, Truncated
from media.kits import archive
from media.kits.layout import Member, lay_out, written
from media.ranges import Extent
from media.streaming import RangeNotSatisfiable

WHEN = datetime(2026, 5, 14, 8, 30, 12, tzinfo=UTC)
NAMES = [
    ("Photos HD", "Été à Cannes – l’équipe.jpg"),
    ("Photos HD", "戛纳的夏天.jpg"),
    ("Photos HD", "ÉTÉ À CANNES – L’ÉQUIPE.JPG"),
    ("Textes", "dossier de presse.pdf"),
    ("../../etc", "passwd\x00.txt"),
    ("Textes", "vide.txt"),
]


@pytest.fixture
def kept(settings, tmp_path):
    """Store bytes as the product stores them."""
    settings.MEDIA_ROOT = tmp_path

    def keep(content):
        measured = blobs.measure(BytesIO(content))
        if not default_storage.exists(measured.name):
            default_storage.save(measured.name, ContentFile(content))
        return measured

    return keep


@pytest.fixture
def kit(kept):
    """A kit of six files, some megabytes, names in French and Chinese, and its papers."""
    chance = random.Random(7)
    sizes = [700_001, 3_000_000, 17, 65_536, 1, 0]
    files = [
        archive.File(
            path=path,
            blob=kept(chance.randbytes(size)),
            modified=WHEN,
            credit=archive.Credit(name="", sha256="", credit="Léa Marchand / Cabestan"),
        )
        for path, size in zip(NAMES, sizes, strict=True)
    ]
    papers = archive.Papers(
        title="L’Été d’après",
        locale="fr",
        modified=WHEN,
        contacts=[archive.Contact(name="Inès Caron", email="presse@cabestan.example")],
    )
    return archive.packed(files, papers)


def whole(layout):
    return b"".join(Chunks(layout.segments()))


def test_three_hundred_ranges_joined_are_the_whole(kit):
    body = whole(kit)
    chance = random.Random(1)
    cuts = sorted(chance.sample(range(1, kit.length), 299))
    parts = [
        b"".join(Chunks(kit.segments(start, stop - start)))
        for start, stop in zip([0, *cuts], [*cuts, kit.length], strict=True)
    ]

    assert len(body) == kit.length
    assert b"".join(parts) == body


def test_ranges_that_begin_and_end_at_every_boundary_are_right(kit):
    body = whole(kit)
    for start in kit.starts:
        for first in (start - 1, start, start + 1):
            begin = max(0, first)
            got = b"".join(Chunks(kit.segments(begin, 50)))
            assert got == body[begin : begin + 50]


@pytest.fixture
def packed(kit, tmp_path):
    path = tmp_path / "kit.zip"
    path.write_bytes(whole(kit))
    return path


def test_python_reads_it_and_finds_the_names(packed, kit):
    with zipfile.ZipFile(packed) as read:
        assert read.testzip() is None
        names = read.namelist()
        sums = read.read("SHA256SUMS").decode()
        credit_lines = read.read("CREDITS.csv").decode("utf-8-sig").splitlines()

    assert names == [member.name for member in kit.members]
    assert names == [
        "Photos HD/Été à Cannes – l’équipe.jpg",
        "Photos HD/戛纳的夏天.jpg",
        "Photos HD/ÉTÉ À CANNES – L’ÉQUIPE (2).JPG",
        "Textes/dossier de presse.pdf",
        "_.._etc/passwd.txt",
        "Textes/vide.txt",
        "CREDITS.csv",
        "DROITS.txt",
        "CONTACTS.vcf",
        "SHA256SUMS",
    ]
    assert len(credit_lines) == 7
    for line in sums.splitlines():
        digest, _, name = line.partition("  ")
        with zipfile.ZipFile(packed) as read:
            assert hashlib.sha256(read.read(name)).hexdigest() == digest


@pytest.mark.parametrize("tool", [("unzip", "-tq"), ("7z", "t")], ids=["unzip", "7z"])
def test_the_usual_tools_read_it(packed, tool):
    command = needed(tool[0])
    made = subprocess.run(
        [command, *tool[1:], str(packed)],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )

    assert made.returncode == 0, made.stdout + made.stderr


def test_unpacked_by_unzip_the_files_have_their_names_dates_and_sums(packed, tmp_path):
    folder = tmp_path / "out"
    unpacked = subprocess.run(
        [needed("unzip"), "-q", str(packed), "-d", str(folder)],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder)

    assert unpacked.returncode == checked.returncode == 0
    photo = folder / "Photos HD" / "戛纳的夏天.jpg"
    assert photo.stat().st_mtime == WHEN.timestamp()
    assert oct(photo.stat().st_mode)[-3:] == "644"


JAVA = """
import java.io.*; import java.util.zip.*;
public class Read {
  public static void main(String[] a) throws Exception {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    try (ZipInputStream zip = new ZipInputStream(new FileInputStream(a[0]))) {
      ZipEntry entry;
      while ((entry = zip.getNextEntry()) != null) {
        long size = zip.transferTo(OutputStream.nullOutputStream());
        out.println(size + " " + entry.getName());
      }
    }
  }
}
"""
GO = """
package main
import ("archive/zip"; "fmt"; "io"; "os")
func main() {
  zip, err := zip.OpenReader(os.Args[1])
  if err != nil { panic(err) }
  for _, file := range zip.File {
    body, err := file.Open()
    if err != nil { panic(err) }
    size, err := io.Copy(io.Discard, body)
    if err != nil { panic(err) }
    fmt.Println(size, file.Name)
  }
}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "name", "program"),
    [(["java"], "Read.java", JAVA), (["go", "run"], "read.go", GO)],
    ids=["java", "go"],
)
def test_programs_that_stream_read_it(packed, kit, tmp_path, command, name, program):
    source = tmp_path / name
    source.write_text(program)
    made = subprocess.run(
        [needed(command[0]), *command[1:], str(source), str(packed)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "GOFLAGS": "-mod=mod", "GOCACHE": str(tmp_path / "cache")},
    )

    assert made.stderr == ""
    assert made.stdout.splitlines() == [f"{one.size} {one.name}" for one in kit.members]


def needed(tool):
    return shutil.which(tool) or pytest.skip(f"{tool} is not installed")


def test_the_same_manifest_is_the_same_tag_and_any_difference_another(kit):
    again = lay_out(kit.members)
    first, *rest = kit.members
    renamed = lay_out([written("other.txt", b"x", WHEN), *rest])
    turned = lay_out([*rest, first])

    assert again.etag == kit.etag
    assert len({kit.etag, renamed.etag, turned.etag}) == 3
    assert kit.etag.startswith('"')


def test_a_range_knows_whose_bytes_it_holds(kit):
    parts = list(kit.parts(0, kit.length))
    first = parts[0]
    half = list(kit.parts(kit.starts[1] + 100, 50))

    assert [(part.member, part.offset, part.length) for part in parts] == [
        (member, 0, member.size) for member in kit.members
    ]
    assert [(part.member, part.offset, part.length) for part in half] == [(first.member, 100, 50)]


def test_an_empty_kit_is_an_empty_archive():
    empty = archive.packed([])

    with zipfile.ZipFile(BytesIO(whole(empty))) as read:
        assert read.namelist() == []


def asked(method="GET", **headers):
    return RequestFactory().generic(method, "/kit.zip", headers=headers)


def test_the_answer_has_length_name_and_tag_and_a_head_has_the_same(kit):
    got = archive.respond(asked(), kit, name="Dossier d’été")
    head = archive.respond(asked("HEAD"), kit, name="Dossier d’été")

    assert hashlib.sha256(got.getvalue()).digest() == hashlib.sha256(whole(kit)).digest()
    assert got["Content-Length"] == str(kit.length)
    assert got["ETag"] == kit.etag
    assert got["Content-Type"] == "application/zip"
    assert "filename*=UTF-8''Dossier%20d%E2%80%99%C3%A9t%C3%A9.zip" in got["Content-Disposition"]
    assert dict(head.items()) == dict(got.items())
    assert head.content == b""


def test_a_range_of_it_a_known_tag_and_a_range_behind_its_end(kit):
    tail = archive.respond(asked(Range="bytes=-22"), kit, name="kit")
    known = archive.respond(asked(**{"If-None-Match": kit.etag}), kit, name="kit")

    assert tail.status_code == 206
    assert tail.getvalue() == whole(kit)[-22:]
    assert known.status_code == 304
    assert "Content-Type" not in known
    with pytest.raises(RangeNotSatisfiable) as refused:
        archive.respond(asked(Range=f"bytes={kit.length}-"), kit, name="kit")
    assert refused.value.headers["Content-Range"] == f"bytes */{kit.length}"


@pytest.mark.parametrize("change", ["shortened", "lengthened", "deleted"])
def test_a_file_that_changed_on_the_disk_ends_the_answer_and_is_never_padded(kit, change):
    key = kit.members[1].content
    path = default_storage.path(key)
    if change == "shortened":
        os.truncate(path, 1000)
    elif change == "lengthened":
        os.truncate(path, 4_000_000)
    else:
        os.unlink(path)
    got = archive.respond(asked(), kit, name="kit")

    with pytest.raises(Truncated):
        got.getvalue()

    assert streaming.running.count == 0


def test_a_file_that_shrinks_while_it_is_sent_ends_the_answer(kept):
    stored = kept(b"x" * 3_000_000)
    chunks = Chunks([Extent(stored.name, 0, stored.size, stored.size)])
    chunks.next()
    os.truncate(default_storage.path(stored.name), 1_000_000)

    with pytest.raises(Truncated):
        list(chunks)


def test_only_so_many_downloads_run_at_once_and_each_gives_its_place_back(kit, settings):
    settings.DOWNLOADS_AT_ONCE = 2
    read, left = (archive.respond(asked(), kit, name="kit") for _ in range(2))

    with pytest.raises(NotNow) as refused:
        archive.respond(asked(), kit, name="kit")
    archive.respond(asked("HEAD"), kit, name="kit")
    archive.respond(asked(Range="bytes=0-999"), kit, name="kit").close()
    read.getvalue()
    left.close()

    assert refused.value.headers["Retry-After"] == "20"
    assert streaming.running.count == 0


def test_an_answer_that_nobody_asked_for_a_byte_gives_its_place_back_too(kit):
    response = archive.respond(asked(), kit, name="kit")
    assert streaming.running.count == 1

    del response

    assert streaming.running.count == 0


def test_whoever_counts_hears_once_what_left(kit):
    heard = []

    def ended(layout, sent):
        heard.append((layout.etag, sent.start, sent.length, sent.is_whole))

    archive.respond(asked(), kit, name="kit", ended=ended).getvalue()
    archive.respond(asked(Range="bytes=5-9"), kit, name="kit", ended=ended)
    stopped = archive.respond(asked(Range="bytes=10-"), kit, name="kit", ended=ended)
    next(iter(stopped))
    stopped.close()
    stopped.close()

    assert heard[:2] == [(kit.etag, 0, kit.length, True), (kit.etag, 5, 5, True)]
    assert [whole for *_, whole in heard] == [True, True, False]


def test_under_a_loop_the_same_bytes_come(kit):
    assert asyncio.run(read_all(kit)) == whole(kit)
    assert streaming.running.count == 0


async def read_all(kit):
    scope = {"type": "http", "method": "GET", "path": "/kit.zip", "headers": []}
    response = archive.respond(ASGIRequest(scope, BytesIO()), kit, name="kit")
    assert response.is_async
    body = b"".join([chunk async for chunk in response])
    for _ in range(100):
        if not streaming.running.count:
            break
        await asyncio.sleep(0.01)
    return body


def sparse(folder, name, size):
    """A file of zeros that takes no room, and its checksum without reading it."""
    path = folder / name
    with path.open("wb") as file:
        file.truncate(size)
    return path


def crc_of_zeros(size):
    crc, block = 0, bytes(1 << 24)
    while size:
        crc = zlib.crc32(block[:size], crc)
        size -= min(size, len(block))
    return crc


@pytest.mark.slow
def test_more_than_four_gibibytes_are_laid_out_right(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    size = 2**32 + 5
    sparse(tmp_path, "large", size)
    crc = crc_of_zeros(size)
    large = Member(
        name="trailer.mov", size=size, crc32=crc, sha256="0" * 64, modified=WHEN, content="large"
    )
    small = written("après.txt", b"behind four gibibytes", WHEN)
    layout = lay_out([written("avant.txt", b"before", WHEN), large, small])
    path = tmp_path / "kit.zip"
    write_sparse(layout, path)

    with zipfile.ZipFile(path) as read:
        infos = read.infolist()
        assert [(one.filename, one.file_size) for one in infos] == [
            ("avant.txt", 6), ("trailer.mov", size), ("après.txt", 21),
        ]  # fmt: skip
        assert infos[2].header_offset > 2**32
        assert read.read("après.txt") == b"behind four gibibytes"
        with read.open("trailer.mov") as member:
            assert member.read(1000) == bytes(1000)
    assert path.stat().st_size == layout.length
    behind = [needed("unzip"), "-tqq", str(path), "après.txt"]
    assert subprocess.run(behind, env={**os.environ, "LC_ALL": "C.UTF-8"}).returncode == 0
    listed = subprocess.run([needed("7z"), "l", str(path)], capture_output=True, text=True)
    assert listed.returncode == 0
    assert str(size) in listed.stdout


def write_sparse(layout, path):
    """The archive on the disk, with holes where its files have them."""
    with path.open("wb") as file:
        for piece in layout.segments():
            if isinstance(piece, Extent):
                file.seek(piece.length, os.SEEK_CUR)
            else:
                file.write(piece)


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32])
def test_zip64_begins_where_a_size_no_longer_fits(size):
    one = Member(name="a", size=size, crc32=1, sha256="0", modified=WHEN, content="key")
    layout = lay_out([one, written("b", b"x", WHEN)])

    header = next(layout.segments(0, 100))
    is_large = size >= 2**32 - 1
    assert header[4] == (45 if is_large else 20)
    assert layout.length == sum(
        piece.length if isinstance(piece, Extent) else len(piece) for piece in layout.pieces
    )


@pytest.mark.slow
@pytest.mark.parametrize("count", [65_534, 65_535, 70_000])
def test_more_files_than_sixteen_bits_count_are_laid_out_right(count, tmp_path):
    layout = lay_out([written(f"{number}.txt", b"x", WHEN) for number in range(count)])
    path = tmp_path / "many.zip"
    path.write_bytes(whole(layout))

    with zipfile.ZipFile(path) as read:
        assert len(read.namelist()) == count
        assert read.read(f"{count - 1}.txt") == b"x"
    assert subprocess.run([needed("unzip"), "-tqq", str(path)]).returncode == 0
    assert subprocess.run([needed("7z"), "t", str(path)], capture_output=True).returncode == 0


def test_dates_out_of_the_formats_reach_do_no_harm():
    early = written("a", b"", datetime(1970, 1, 1, tzinfo=UTC))
    late = written("b", b"", datetime(2200, 1, 1, tzinfo=UTC))

    with zipfile.ZipFile(BytesIO(whole(lay_out([early, late])))) as read:
        assert [one.date_time[0] for one in read.infolist()] == [1980, 2107]


def test_what_is_measured_is_enough_for_a_member():
    measured = Measured("0" * 64, 0, 0, "text/plain")

    assert archive.members([archive.File(path=["a"], blob=measured, modified=WHEN)])[0].size == 0
