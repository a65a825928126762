"""What a process gives up before it touches a hostile file."""

import ctypes
import resource
from collections.abc import Mapping

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000  # unshare(2): no network, if the kernel allows it
_NO_NEW_PRIVS = 38  # prctl(2)


def lock(limits: Mapping[int, int]) -> None:
    """Give up the network, new rights, and writing files; and whatever else the limits say.

    ``limits``: by the numbers of ``resource``, hard and soft at once (setrlimit(2)).
    """
    libc = ctypes.CDLL(None)
    libc.unshare(_NEW_USER | _NEW_NET)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    never = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}
    for limit, value in {**never, **limits}.items():
        resource.setrlimit(limit, (value, value))
