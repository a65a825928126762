"""What a film is, and a picture of it: ffprobe and ffmpeg, each in a process of its own, bounded.

The container is named to them, so that a playlist in a film's clothes cannot make them open other
files, and no protocol but the open file itself is allowed (https://ffmpeg.org/ffmpeg-protocols.html).
"""

import json
import logging
import os
import shutil
import signal
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from media.caged import starting

_log = logging.getLogger(__name__)

CONTAINERS = {"video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska"}
"""Content types, and the demuxers that read them."""
WALL_SECONDS = 90
LARGEST_OUTPUT = 32 << 20
POSTER_WIDTH = 1920
_INPUT = ["-protocol_whitelist", "file", "-threads", "1"]
_FILE = "file:/dev/fd/0"


@dataclass(frozen=True, slots=True)
class Probed:
    """A film as it is shown: seconds, pixels after turning, codecs, what its container says."""

    duration: float
    width: int
    height: int
    codecs: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def as_found(self) -> dict[str, Any]:
        """By the names of ``media.metadata.values.Found``. Where it was shot is left out."""
        said = {
            "title": self.tags.get("title", ""),
            "creator": self.tags.get("artist", ""),
            "copyright": self.tags.get("copyright", ""),
            "caption": self.tags.get("description", "") or self.tags.get("comment", ""),
        }
        return {name: value for name, value in said.items() if value}


class Unreadable(Exception):
    """The film told nothing: it is damaged, of an unknown kind, or took too long."""


def can_probe() -> bool:
    """Whether ffprobe is installed."""
    return shutil.which("ffprobe") is not None


def can_picture() -> bool:
    """Whether ffmpeg is installed."""
    return shutil.which("ffmpeg") is not None


def probe(file: IO[bytes], content_type: str) -> Probed:
    """Measure an open file of the system. Raises ``Unreadable``."""
    said = _run(
        "ffprobe",
        [*_INPUT, "-f", _container(content_type), "-v", "error", "-print_format", "json",
         "-show_format", "-show_streams", "-i", _FILE],
        file,
    )  # fmt: skip
    try:
        return _probed(json.loads(said))
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise Unreadable from error


def poster(file: IO[bytes], content_type: str, *, duration: float) -> bytes:
    """A frame as a JPEG, a tenth of the way in. Raises ``Unreadable``."""
    picture = _run(
        "ffmpeg",
        [*_INPUT, "-nostdin", "-v", "error", "-ss", f"{duration / 10:.3f}",
         "-f", _container(content_type), "-i", _FILE, "-map", "0:v:0", "-frames:v", "1",
         "-vf", f"scale='min({POSTER_WIDTH},iw)':-2", "-map_metadata", "-1", "-threads", "1",
         "-q:v", "2", "-f", "image2pipe", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "pipe:1"],
        file,
    )  # fmt: skip
    if not picture.startswith(b"\xff\xd8"):
        raise Unreadable
    return picture


def starts_at_once(file: IO[bytes], content_type: str) -> bool | None:
    """Whether a film plays while it arrives: an MP4's index stands before its pictures.

    Nothing for containers without one. Reads the heads of boxes (ISO/IEC 14496-12).
    """
    if _container(content_type) != "mov":
        return None
    position = 0
    while True:
        file.seek(position)
        head = file.read(16)
        if len(head) < 8:
            return None
        size, kind = struct.unpack(">I4s", head[:8])
        if kind in {b"moov", b"mdat"}:
            return bool(kind == b"moov")
        if size == 1 and len(head) == 16:
            size = struct.unpack(">Q", head[8:])[0]
        if size < 8:
            return None
        position += size


def _container(content_type: str) -> str:
    try:
        return CONTAINERS[content_type]
    except KeyError as error:
        raise Unreadable from error


def _probed(said: dict[str, Any]) -> Probed:
    streams = said["streams"]
    video = next(stream for stream in streams if stream["codec_type"] == "video")
    codecs = [
        str(stream["codec_name"])
        for stream in streams
        if stream["codec_type"] in {"video", "audio"} and "codec_name" in stream
    ]
    width, height = int(video["width"]), int(video["height"])
    if _turned(video) % 180:
        width, height = height, width
    tags = {str(key).lower(): str(value) for key, value in said["format"].get("tags", {}).items()}
    return Probed(
        duration=float(said["format"]["duration"]),
        width=width,
        height=height,
        codecs=" / ".join(dict.fromkeys(codecs))[:120],
        tags={key: value.replace("\0", "") for key, value in tags.items()},
    )


def _turned(video: dict[str, Any]) -> int:
    sides = video.get("side_data_list", ())
    return int(next((side["rotation"] for side in sides if "rotation" in side), 0))


def _run(program: str, arguments: Sequence[str], file: IO[bytes]) -> bytes:
    """What a program writes. It and all it started end with the time."""
    path = shutil.which(program)
    if path is None:
        raise Unreadable(f"{program} is not installed")
    file.seek(0)
    with subprocess.Popen(  # noqa: S603 - our own arguments; the film is standard input only
        starting.command("watching", path, *arguments),
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            out, errors = process.communicate(timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Unreadable(f"{program} took too long") from error
        finally:
            _end(process)
    if process.returncode or len(out) > LARGEST_OUTPUT:
        _log.warning("%s: status %s, %s", program, process.returncode, errors[-300:])
        raise Unreadable
    return out


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
