"""The private folder: whole files or none, and blobs that nobody's deletion takes away."""

import resource
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from media import blobs


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_stored_under_its_name_and_nothing_lies_beside_it(folder):
    assert default_storage.save("images/a.jpg", ContentFile(b"first")) == "images/a.jpg"
    second = default_storage.save("images/a.jpg", ContentFile(b"second"))

    assert second != "images/a.jpg"
    assert files_in(folder) == sorted(["images/a.jpg", second])
    assert (folder / "images/a.jpg").read_bytes() == b"first"
    assert oct((folder / "images/a.jpg").stat().st_mode)[-3:] == "640"


class Full:
    """The disk's quota, which is what a full disk looks like to a process."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, self.before[1]))

    def __exit__(self, *_args):
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)


@pytest.mark.parametrize("name", ["images/a.jpg", "blobs/ab/abcd"])
def test_a_disk_that_takes_no_more_leaves_nothing_behind_and_the_next_try_works(folder, name):
    with Full(100_000), pytest.raises(OSError, match="large"):
        default_storage.save(name, ContentFile(b"x" * 5_000_000))
    assert files_in(folder) == []

    default_storage.save(name, ContentFile(b"x" * 5_000_000))

    assert files_in(folder) == [name]


def test_a_source_that_breaks_off_leaves_nothing_behind(folder):
    class Broken(BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        default_storage.save("blobs/ab/abcd", File(Broken(b"x" * 1_000_000), name="a"))

    assert files_in(folder) == []


def test_the_same_bytes_are_one_blob_that_no_record_deletes(folder):
    content = b"the same"
    name = blobs.measure(BytesIO(content)).name
    assert default_storage.save(name, ContentFile(content)) == name
    assert default_storage.save(name, ContentFile(content)) == name

    default_storage.delete(name)
    assert files_in(folder) == [name]
    default_storage.discard(name)
    assert files_in(folder) == []


def test_what_is_moved_in_is_not_copied(folder, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    source = Path(tmp_path, "arrived")
    source.write_bytes(b"uploaded")
    number = source.stat().st_ino
    file = File(source.open("rb"), name="arrived")
    file.temporary_file_path = lambda: str(source)

    default_storage.save("blobs/ab/abcd", file)

    assert (folder / "blobs/ab/abcd").stat().st_ino == number
