"""Bytes in a private bucket of an S3-compatible storage. Needs the extra ``s3``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from media.chunks import Portion, Truncated
from media.ranges import Extent
from media.storage import BLOBS, StorageDown, editors_url

GONE = {"NoSuchKey", "404", "InvalidRange"}


@contextmanager
def _answering() -> Iterator[None]:
    """What a bucket refuses, or does not answer, is one kind of error for everybody else."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageDown(str(error)) from error


class BucketStorage(S3Storage):
    """The bucket of the settings. Nobody gets an address in it without having been checked."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "bucket_name": settings.S3_BUCKET,
            "endpoint_url": settings.S3_ENDPOINT or None,
            "region_name": settings.S3_REGION or None,
            "access_key": settings.S3_ACCESS_KEY or None,
            "secret_key": settings.S3_SECRET_KEY or None,
            "addressing_style": "path" if settings.S3_ENDPOINT else "auto",
            "signature_version": "s3v4",
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": False,
        }

    def url(self, name: str | None, *_args: Any, **_options: Any) -> str:
        return editors_url(name)

    def presigned(self, key: str, *, content_type: str, disposition: str, seconds: int) -> str:
        """An address of one object that is good for so many seconds."""
        said = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
        return str(super().url(key, parameters=said, expire=seconds))

    def portion(self, extent: Extent) -> Portion:
        """A part of an object, by a request of its own. Raises ``Truncated`` where it changed."""
        last = extent.offset + extent.length - 1
        with _answering():
            try:
                found = self.bucket.Object(self._normalize_name(extent.key)).get(
                    Range=f"bytes={extent.offset}-{last}"
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in GONE:
                    raise Truncated(f"{extent.key} is gone, or shorter than it was") from error
                raise
        return _ObjectPortion(found, extent)

    def exists(self, name: str) -> bool:
        with _answering():
            return bool(super().exists(name))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _answering():
            return super()._open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        with _answering():
            return str(super()._save(name, content))

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """What is named by its content has no other name."""
        if name.startswith(BLOBS):
            return name
        return str(super().get_available_name(name, max_length))

    def delete(self, name: str) -> None:
        """Delete an object, unless other records share it."""
        if not name.startswith(BLOBS):
            super().delete(name)

    def discard(self, name: str) -> None:
        """Delete a blob that nothing refers to any more."""
        with _answering():
            super().delete(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _answering():
            folders, names = super().listdir(path)
            return folders, names

    def get_modified_time(self, name: str) -> datetime:
        with _answering():
            moment: datetime = super().get_modified_time(name)
            return moment


class _ObjectPortion:
    def __init__(self, found: dict[str, Any], extent: Extent) -> None:
        self._body = found["Body"]
        _, _, size = found.get("ContentRange", "").rpartition("/")
        if found["ContentLength"] != extent.length or (size and int(size) != extent.size):
            self.close()
            raise Truncated(f"{extent.key} is not of {extent.size} bytes")

    def read(self, size: int, /) -> bytes:
        return bytes(self._body.read(size))

    def is_at_hand(self, _size: int, /) -> bool:
        return False

    def close(self) -> None:
        self._body.close()
