"""Where hits stand in the site: the readable sections above each of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from cms.access.reader import Reader
from cms.entries import read, select

HOME = 1  # a step: the home of a language says nothing of where something is


def above(cards: Iterable[Mapping[str, Any]], reader: Reader) -> dict[str, list[str]]:
    """For each card's key the titles of the sections above it, from the top down. One query.

    What the reader may not read is missing. Raises ``StaleReader``.
    """
    paths = {str(card["key"]): _paths(str(card["url"])) for card in cards}
    wanted = sorted({path for above in paths.values() for path in above})
    titles = _titles(wanted, reader) if wanted else {}
    return {key: [titles[one] for one in own if one in titles] for key, own in paths.items()}


def _paths(url: str) -> Sequence[str]:
    if not url.startswith("/"):
        return ()
    steps = url.strip("/").split("/")
    return ["/" + "/".join(steps[:end]) + "/" for end in range(HOME + 1, len(steps))]


def _titles(paths: Sequence[str], reader: Reader) -> dict[str, str]:
    statement = select.named("path", paths, "e.path, e.title", reader, vendor=connection.vendor)
    return dict(read.run(statement, reader))
