"""The process in which a film is looked at: locks itself in, then becomes ffmpeg or ffprobe.

``PROGRAM ARGUMENTS < film``. The film was opened by its owner.
"""

import os
import resource

from media.caged import locking

MEMORY = 3 << 30
"""Bytes of address space: decoders of large pictures reserve much and touch little."""
CPU_SECONDS = 60


def main(command: list[str]) -> None:
    """Become this command."""
    locking.lock(
        {
            resource.RLIMIT_NOFILE: 32,
            resource.RLIMIT_CPU: CPU_SECONDS,
            resource.RLIMIT_AS: MEMORY,
        }
    )
    os.execv(command[0], command)  # noqa: S606 - no shell, our own arguments
