"""Short films, made by the real ffmpeg where there is one."""

import shutil
import subprocess

import pytest

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def film(folder, name="trailer.mp4", *, seconds=2, size="320x180", fast=True, rotate=0, tags=()):
    """An MP4 of coloured bars with a tone. ``fast`` puts its index in front."""
    path = folder / name
    subprocess.run(
        [
            "ffmpeg", "-nostdin", "-v", "error", "-y",
            "-f", "lavfi", "-i", f"testsrc=duration={seconds}:size={size}:rate=12",
            "-f", "lavfi", "-i", f"sine=duration={seconds}",
            "-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac", "-shortest",
            *[part for tag in tags for part in ("-metadata", tag)],
            *(["-movflags", "+faststart"] if fast else []),
            str(path),
        ],
        check=True,
    )  # fmt: skip
    if not rotate:
        return path
    turned = folder / f"turned-{name}"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(path), "-c", "copy",
         "-metadata:s:v:0", f"rotate={rotate}", str(turned)],
        check=True,
    )  # fmt: skip
    return turned
