"""What both databases share: every query has an answer, every text is indexed alike."""

import copy
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.utils.encoding import force_str
from modelsearch.index import AutocompleteField, RelatedFields, SearchField, class_is_indexed
from modelsearch.query import MATCH_NONE

from search.admin_backend.words import indexed_words, simplified

logger = logging.getLogger(__name__)


class AskingBackend:
    """Reads every query before the stock backend sees it."""

    def _search(self, compiler: type[Any], query: Any, asked_of: Any, **kwargs: Any) -> Any:
        query = simplified(query, kwargs.get("operator"))
        model = asked_of.model if isinstance(asked_of, models.QuerySet) else asked_of
        if kwargs.get("fields") and class_is_indexed(model):
            kwargs["fields"] = known_fields(model, kwargs["fields"]) or None
            # Nothing of what was named is there to be searched.
            query = query if kwargs["fields"] else MATCH_NONE
        return super()._search(compiler, query, asked_of, **kwargs)  # type: ignore[misc]


class AskingCompiler:
    """Lets a list be filtered and sorted by any column while it is searched.

    Wagtail refuses columns that are no ``FilterField``, with an exception that its lists do not
    catch, because Elasticsearch has only those. These backends search in the database.
    """

    def check(self) -> None:
        pass


class WordsIndex:
    """Indexes the words of texts instead of the texts."""

    def add_items(self, model: type[Any], objs: Iterable[Any]) -> None:
        super().add_items(model, [_InWords(obj) for obj in objs])  # type: ignore[misc]


class _InWords:
    """An object as the stock indexer reads it: its fields give words."""

    def __init__(self, obj: Any) -> None:
        self.pk = obj.pk
        self._obj = obj

    def get_search_fields(self) -> list[Any]:
        return [_in_words(field, self._obj) for field in self._obj.get_search_fields()]


def _in_words(field: Any, obj: Any = None) -> Any:
    """A field that gives words, of this object or of the one that it is asked for."""
    changed = copy.copy(field)
    if isinstance(field, RelatedFields):
        changed.get_value = lambda given: field.get_value(given if obj is None else obj)
        changed.fields = [_in_words(inner) for inner in field.fields]
    elif isinstance(field, SearchField | AutocompleteField):
        changed.get_value = lambda given: indexed_words(
            _text(field.get_value(given if obj is None else obj))
        )
    return changed


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _text(list(value.values()))
    if isinstance(value, list):
        return " ".join(_text(item) for item in value)
    return "" if value is None else force_str(value)


def known_fields(model: type[Any], names: Sequence[str]) -> list[str]:
    """Those of the named fields that are indexed. The log is told of the others, not the editor."""
    fields = [*model.get_searchable_search_fields(), *model.get_autocomplete_search_fields()]
    indexed = {field.field_name for field in fields}
    if unknown := [name for name in names if name not in indexed]:
        logger.warning("%s is not searched by %s", model.__name__, ", ".join(unknown))
    return [name for name in names if name in indexed]


def columns_of(fields: Sequence[str] | None, every: Sequence[str]) -> list[str]:
    """The columns of the index with these fields: the title has its own, the rest share one."""
    if not fields:
        return list(every)
    *_title, rest = every
    return [
        *(["title"] if "title" in fields else []),
        *([rest] if any(name != "title" for name in fields) else []),
    ]
