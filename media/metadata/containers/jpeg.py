"""JPEG (ITU-T T.81, JFIF): segments that pixels need, and nothing after the picture's end."""

import re
from typing import IO

from media.metadata import iim
from media.metadata.containers.said import Said
from media.metadata.opening import CutShort, NotAPicture

CHUNK = 1 << 16
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
_LONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
# In the coded data a marker is what no stuffing, no restart and no fill byte follows.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def rewrite(source: IO[bytes], sink: IO[bytes], said: Said) -> None:
    """Coded data byte for byte, ICC profile and colour transform; the rest written anew."""
    if source.read(2) != b"\xff\xd8":
        raise NotAPicture("no JPEG")
    sink.write(b"\xff\xd8")
    pending = bytes(_jfif_first(source, sink, said))
    while True:
        marker = pending[0] if pending else _marker(source)
        pending = b""
        if marker == _EOI:
            sink.write(b"\xff\xd9")
            return
        if marker in _LONE:
            continue
        payload = _payload(source)
        if _is_needed(marker, payload):
            _write(sink, marker, payload)
        if marker == _SOS:
            pending = _copy_coded(source, sink)


def _jfif_first(source: IO[bytes], sink: IO[bytes], said: Said) -> list[int]:
    """JFIF wants to be first: kept, without its small picture, before what is said.

    Gives the marker that was read and not yet used, if any.
    """
    marker = _marker(source)
    unused = [marker]
    if marker == _APP0:
        payload = _payload(source)
        if payload.startswith(b"JFIF\0") and len(payload) >= 14:
            _write(sink, _APP0, payload[:12] + b"\0\0")
        unused = []
    if said.exif:
        _write(sink, _APP1, b"Exif\0\0" + said.exif)
    if said.xmp:
        _write(sink, _APP1, b"http://ns.adobe.com/xap/1.0/\0" + said.xmp)
    if said.iim:
        _write(sink, _APP13, iim.app13(said.iim))
    return unused


def _is_needed(marker: int, payload: bytes) -> bool:
    if marker == _APP2:
        return payload.startswith(b"ICC_PROFILE\0")
    if marker == _APP14:
        return payload.startswith(b"Adobe")
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE or 0xF0 <= marker <= 0xFD)


def _marker(source: IO[bytes]) -> int:
    byte = _exactly(source, 1)
    while byte != b"\xff":  # what stands between segments is no part of the picture
        byte = _exactly(source, 1)
    while byte == b"\xff":
        byte = _exactly(source, 1)
    return byte[0]


def _payload(source: IO[bytes]) -> bytes:
    length = int.from_bytes(_exactly(source, 2), "big")
    if length < 2:
        raise CutShort("a segment shorter than its own length")
    return _exactly(source, length - 2)


def _exactly(source: IO[bytes], size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise CutShort("the file ends before the picture does")
    return read


def _write(sink: IO[bytes], marker: int, payload: bytes) -> None:
    sink.write(bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload)


def _copy_coded(source: IO[bytes], sink: IO[bytes]) -> bytes:
    """Up to the next marker, which is given back; the source stands behind it."""
    held = b""
    while chunk := source.read(CHUNK):
        held += chunk
        if found := _MARKER.search(held):
            sink.write(held[: found.start()])
            source.seek(found.end() - len(held), 1)
            return held[found.end() - 1 : found.end()]
        # The last byte may be the first half of a marker.
        sink.write(held[:-1])
        held = held[-1:]
    raise CutShort("the file ends before the picture does")
