"""The files of the library by their keys: ``image-12``, ``document-5``, ``video-3``."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from media.models import Document, Image, Video

MODELS: dict[str, Any] = {model.kind: model for model in (Image, Document, Video)}
"""The models of files, by what their keys begin with."""
LONGEST_NUMBER = 18
"""Digits: what a database takes for a number."""


def asset_of(key: str) -> Any:
    """The picture, document or film of a key, with its blob; nothing where there is none."""
    return assets_of([key]).get(key)


def assets_of(keys: Iterable[str]) -> dict[str, Any]:
    """Files by their keys, with their blobs, those that there are. A query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        kind, _, number = key.partition("-")
        is_number = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
        if kind in MODELS and is_number:
            wanted[kind].add(int(number))
    return {
        asset.file_key: asset
        for kind, pks in wanted.items()
        for asset in MODELS[kind]._default_manager.filter(pk__in=pks).select_related("blob")
    }


def keys_where(condition: Q) -> list[str]:
    """The keys of the files for which this holds. A query for each kind."""
    return [
        f"{kind}-{pk}"
        for kind, model in MODELS.items()
        for pk in model._default_manager.filter(condition).values_list("pk", flat=True)
    ]
