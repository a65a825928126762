"""The process in which a film is looked at: gives up what it needs no more, then becomes ffmpeg.

``python -I -c … PROGRAM ARGUMENTS``. The film is standard input, opened by its owner.
"""

import ctypes
import os
import resource
import sys

MEMORY = 3 << 30
"""Bytes of address space: decoders of large pictures reserve much and touch little."""
CPU_SECONDS = 60


def main(command: list[str]) -> None:
    """Become this command, without a network, without new rights, unable to write a file."""
    libc = ctypes.CDLL(None)
    libc.unshare(0x10000000 | 0x40000000)  # CLONE_NEWUSER, CLONE_NEWNET: no network, if allowed
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    for limit, value in {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: MEMORY,
    }.items():
        resource.setrlimit(limit, (value, value))
    os.execv(command[0], command)  # noqa: S606 - no shell, our own arguments


if __name__ == "__main__":
    main(sys.argv[1:])
