"""Is this copy still good? Asked by the SHA-256 of its bytes, answered of what the reader knows.

That is: files they may have now, and files that they took themselves. Of anything else the answer
is that of bytes nobody has ever seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q

from cms.access.reader import Reader, StaleReader
from cms.entries import read
from cms.entries.holdings import held_by
from cms.entries.models import Holding
from cms.entries.records import rfc3339
from media import library
from media.downloads import archived, states
from media.downloads.models import Taken
from media.downloads.states import Present
from media.kits.models import KitItem, KitVersion
from media.models import Derived
from media.renditions.recipes import recipe_of

UNKNOWN = orjson.dumps({"known": False})
CURRENT, REPLACED = "current", "replaced"
MOST_KITS = 10


@dataclass(slots=True)
class Match:
    """A file that the bytes are of: made by these recipes, or as somebody uploaded it."""

    file: str
    sizes: set[str] = field(default_factory=set)
    recipes: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)  # SHA-256 of originals
    own: Taken | None = None


def answer(sha256: str, reader: Reader) -> bytes:
    """What the reader may know of these bytes, as JSON. Raises ``StaleReader``."""
    if read.versions()[0] != reader.grants.version:
        raise StaleReader
    found = [one for match in matches(sha256, reader) if (one := _told(match, sha256, reader))]
    found += archived.told(sha256, reader)
    if not found:
        return UNKNOWN
    return orjson.dumps(min(found, key=lambda one: (one["state"] != CURRENT, one["title"] == "")))


def matches(sha256: str, reader: Reader) -> list[Match]:
    """The files that bytes may be of, whoever may have them. Six queries at most."""
    found: dict[str, Match] = {}

    def match(file: str) -> Match:
        return found.setdefault(file, Match(file))

    for file in library.keys_where(Q(sha256=sha256)):
        match(file).sources.add(sha256)
    derived = list(Derived.objects.filter(result__sha256=sha256).select_related("source"))
    for file, one in _files_of(derived):
        match(file).sizes.add(one.size)
        match(file).recipes.add(one.recipe)
        match(file).sources.add(one.source.sha256)
    for file in KitItem.objects.filter(source__sha256=sha256).values_list("file", flat=True):
        match(file).sources.add(sha256)
    rows = Taken.objects.filter(sha256=sha256).select_related("download", "state")
    for row in rows.order_by("pk"):
        match(row.file).sources.add(row.source_sha256)
        if reader.person is not None and row.download.person_id == reader.person.id:
            match(row.file).own = row
    return list(found.values())


def _files_of(derived: Iterable[Derived]) -> list[tuple[str, Derived]]:
    by_source: dict[int, list[Derived]] = {}
    for one in derived:
        by_source.setdefault(one.source_id, []).append(one)
    if not by_source:
        return []
    files = {
        (f"image-{pk}", blob)
        for pk, blob in library.MODELS["image"]
        ._default_manager.filter(blob__in=by_source)
        .values_list("pk", "blob_id")
    }
    files |= set(KitItem.objects.filter(source__in=by_source).values_list("file", "source_id"))
    return [(file, one) for file, blob in files for one in by_source[blob]]


def _told(match: Match, sha256: str, reader: Reader) -> dict[str, Any] | None:
    may_have = read.may_have(match.file, reader) is not None or _is_for_editors(match, reader)
    if not may_have and match.own is None:
        return None
    asset = library.asset_of(match.file)
    state = state_of(match, asset, sha256, reader.at)
    if not may_have or asset is None:
        return _own(match.own, state) if match.own is not None else None
    kit = _kit_of(match, reader)
    return {
        "known": True,
        "state": state,
        "title": asset.title,
        "name": match.own.name if match.own is not None else asset.filename,
        "credit": asset.credit,
        "usage_terms": asset.usage_terms,
        "until": rfc3339(asset.rights_until) if asset.rights_until else None,
        "version": _version_of(match, kit["key"]) if kit else None,
        "kit": kit,
        "replaced_by": _present(match, asset) if state == REPLACED else None,
    }


def _is_for_editors(match: Match, reader: Reader) -> bool:
    """What no entry holds is for editors."""
    is_editor = reader.person is not None and reader.person.is_editor
    return is_editor and not Holding.objects.filter(file=match.file).exists()


def _own(row: Taken | None, state: str) -> dict[str, Any] | None:
    """Of what somebody took and may not have any more, only what they know already."""
    if row is None:
        return None
    return {
        "known": True,
        "state": state,
        "title": "",
        "name": row.name,
        "credit": "",
        "usage_terms": "",
        "until": None,
        "version": row.download.version,
        "kit": None,
        "replaced_by": None,
    }


def state_of(match: Match, asset: Any, sha256: str, at: datetime) -> str:
    """``current``, ``replaced``, ``withdrawn`` or ``expired``. A file that is gone is withdrawn."""
    if asset is None:
        return "withdrawn"
    if over := states.is_over(asset, at):
        return over
    if asset.sha256 == sha256:
        return CURRENT
    if asset.sha256 not in match.sources:
        return REPLACED
    return CURRENT if _says_the_same(match, asset, sha256) else REPLACED


def _says_the_same(match: Match, asset: Any, sha256: str) -> bool:
    """Whether a size of a picture carries the words of today, however it was made."""
    if match.file.partition("-")[0] != "image":
        return True
    now = recipe_of(asset)
    made = Derived.objects.filter(source=asset.blob_id, recipe=now, result__sha256=sha256)
    if made.exists():
        return True
    present: Present = states.of_asset(asset)
    own = match.own.state if match.own is not None else None
    if own is not None and own.said == dict(present.said):
        return True
    items = KitItem.objects.filter(source=asset.blob_id, file=match.file)
    said = [(row.recipe, states.said_by(row.said)) for row in items]
    then = [words for recipe, words in said if recipe in match.recipes]
    return any(words == other for words in then for recipe, other in said if recipe == now)


def _present(match: Match, asset: Any) -> dict[str, Any]:
    """What to take instead, in the same size where there is one."""
    size = min(match.sizes, default="")
    if size:
        made = Derived.objects.filter(source=asset.blob_id, recipe=recipe_of(asset), size=size)
        one = made.select_related("result").first()
        url = f"/files/{match.file}/{size}"
        digest = one.result.sha256 if one is not None else None
        return {"name": asset.filename, "sha256": digest, "url": url}
    return {"name": asset.filename, "sha256": asset.sha256, "url": f"/files/{match.file}"}


def _kit_of(match: Match, reader: Reader) -> dict[str, Any] | None:
    """A kit by which the reader may have the file; a kit that hides it from them is none."""
    held = Holding.objects.filter(file=match.file).exclude(anchor="")
    keys = list(held.values_list("entry__key", flat=True).distinct()[:MOST_KITS])
    for key, card in read.cards_of(keys, reader).items():
        if any(one.file == match.file for one in held_by([key], reader)):
            return {"key": key, "title": card["title"], "url": card["url"]}
    return None


def _version_of(match: Match, key: str) -> int | None:
    """The newest version of a kit that had these bytes."""
    rows = KitItem.objects.filter(
        version__key=key, file=match.file, source__sha256__in=match.sources
    )
    if match.recipes:
        rows = rows.filter(recipe__in=match.recipes)
    numbers = KitVersion.objects.filter(pk__in=rows.values("version"))
    return numbers.order_by("-number").values_list("number", flat=True).first()
