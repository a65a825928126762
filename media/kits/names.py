"""File names that are safe on every system, and unique in one archive. Deterministic."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 180
"""Bytes of UTF-8 in one component: below what any file system in use takes."""
LONGEST_EXTENSION = 16

_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
# Windows opens a device for these, whatever extension follows.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE
)
# Controls, invisible and bidirectional marks, surrogates, private use, unassigned.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = {"Zs", "Zl", "Zp"}


def safe(name: str, *, instead: str = "file") -> str:
    """One component of a path, out of whatever somebody called it; ``instead`` where none is left.

    NFC, no separators, controls or direction marks, no device of Windows, never hidden, not long.
    """
    seen = "".join(_seen(one) for one in unicodedata.normalize("NFC", name))
    clean = " ".join(_FORBIDDEN.sub("_", seen).split()).strip(". ")
    # What was taken out may have kept marks from joining their letters.
    clean = unicodedata.normalize("NFC", clean)
    device = _DEVICES.match(clean)
    if device:
        clean = f"{clean[: device.end()]}_{clean[device.end() :]}"
    return _cut(clean, "") or instead


def unique(paths: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Archive names of these paths, each a sequence of components, in their order.

    No two are the same, whatever a file system thinks of case or composition, and no file has the
    name of a folder: ``photo.jpg``, ``photo (2).jpg``.
    """
    wanted = [tuple(safe(part) for part in path) for path in paths]
    taken = {_key("/".join(path[:end])) for path in wanted for end in range(1, len(path))}
    found = []
    for path in wanted:
        name = "/".join(path)
        number = 1
        while _key(name) in taken:
            number += 1
            name = "/".join((*path[:-1], _cut(path[-1], f" ({number})")))
        taken.add(_key(name))
        found.append(name)
    return tuple(found)


def _seen(one: str) -> str:
    category = unicodedata.category(one)
    if category in _SPACES or one in "\t\n\r":
        return " "
    return "" if category in _UNSEEN else one


def _key(name: str) -> str:
    """What the least discerning file system takes for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _cut(name: str, suffix: str) -> str:
    """The name with a suffix before its extension, within the length."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    end = f"{suffix}{dot}{extension}"
    room = LONGEST - len(end.encode())
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return stem + end
