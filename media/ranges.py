"""Conditional and partial requests (RFC 9110, sections 13 and 14): what part of a body to send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

_SPEC = re.compile(r"([0-9]{0,40})-([0-9]{0,40})")
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of a stored file: ``length`` of them from ``offset``; ``size`` is the whole file's."""

    key: str
    offset: int
    length: int
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send of a body of ``size`` bytes: ``length`` bytes from ``start``, maybe none."""

    status: HTTPStatus
    start: int
    length: int
    size: int
    etag: str

    @property
    def has_bytes(self) -> bool:
        """Whether bytes of the body go out, or would, were it not a HEAD."""
        return self.status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}

    @property
    def headers(self) -> dict[str, str]:
        headers = {"ETag": self.etag, "Accept-Ranges": "bytes"}
        if self.has_bytes:
            headers["Content-Length"] = str(self.length)
        if self.status == HTTPStatus.PARTIAL_CONTENT:
            last = self.start + self.length - 1
            headers["Content-Range"] = f"bytes {self.start}-{last}/{self.size}"
        if self.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            headers["Content-Range"] = f"bytes */{self.size}"
        return headers


def strong(digest: str) -> str:
    """A strong entity tag of a digest."""
    return f'"{digest}"'


def answer(method: str, headers: Mapping[str, str], *, etag: str, size: int) -> Answer:
    """Decide by ``If-Match``, ``If-None-Match``, ``Range`` and ``If-Range``, in that order.

    ``headers`` ignore case, as Django's do. ``etag`` is strong and quoted. Several ranges, a range
    that makes no sense and a range of a HEAD are answered with the whole, as the standard allows.
    """

    def answered(status: HTTPStatus, start: int = 0, length: int = 0) -> Answer:
        return Answer(status, start, length, size, etag)

    wanted = headers.get("If-Match")
    if wanted is not None and not _names(wanted, etag, is_weak_enough=False):
        return answered(HTTPStatus.PRECONDITION_FAILED)
    known = headers.get("If-None-Match")
    if known is not None and _names(known, etag, is_weak_enough=True):
        return answered(HTTPStatus.NOT_MODIFIED)
    asked = headers.get("Range")
    if asked is None or method != "GET" or headers.get("If-Range", etag).strip() != etag:
        return answered(HTTPStatus.OK, 0, size)
    found = _one_range(asked, size)
    if found is None:
        return answered(HTTPStatus.OK, 0, size)
    start, length = found
    if length == 0:
        return answered(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    return answered(HTTPStatus.PARTIAL_CONTENT, start, length)


def _names(listed: str, etag: str, *, is_weak_enough: bool) -> bool:
    """Whether a list of entity tags names this one. ``*`` is any."""
    if listed.strip() == "*":
        return True
    return any(tag == etag and (is_weak_enough or not weak) for weak, tag in _TAG.findall(listed))


def _one_range(asked: str, size: int) -> tuple[int, int] | None:
    """Start and length of the one range asked for; a length of 0 cannot be met.

    ``None``: nothing, several, or no range that the standard knows; the header counts for nothing.
    """
    unit, _, listed = asked.partition("=")
    specs = [spec for part in listed.split(",") if (spec := part.strip(" \t"))]
    match = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    if unit.strip().lower() != "bytes" or match is None:
        return None
    first, last = match.groups()
    if first:
        return _from(int(first), int(last) if last else size - 1, size)
    if not last:
        return None
    return _suffix(int(last), size)


def _from(first: int, last: int, size: int) -> tuple[int, int] | None:
    if last < first and first < size:
        return None  # written the wrong way round
    return first, max(0, min(last, size - 1) - first + 1)


def _suffix(length: int, size: int) -> tuple[int, int] | None:
    if size == 0 and length:
        return None  # the whole of nothing: there is no Content-Range to say so
    length = min(length, size)
    return size - length, length
