"""Query parameters that a schema describes, and that ``Parameters`` reads.

The framework would read them too, and check them by the schema: a seventh of a millisecond a call.
"""

from typing import Any, Self

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.params.models import Query, QueryModel


class _Unread(QueryModel):
    @classmethod
    def resolve(cls, request: HttpRequest, api: NinjaAPI, path_params: dict[str, Any]) -> Self:
        return cls.model_construct(**dict.fromkeys(cls.model_fields))


class Described(Query):  # type: ignore[misc]
    """Stands beside a schema in ``Annotated``. The call is given ``None``."""

    _model = _Unread

    def __init__(self) -> None:
        super().__init__(...)

    @classmethod
    def _param_source(cls) -> str:
        return "query"
