"""Opaque cursors: signed, bound to their call and its filters."""

from dataclasses import dataclass

from django.core import signing

from cms.problems import FieldError, InvalidParameters

SALT = "entries.cursor"


@dataclass(frozen=True, slots=True)
class Place:
    """The last row a client has seen: its sort value and its id."""

    value: str
    id: int


def encode(place: Place, *, bound_to: str) -> str:
    """The cursor after ``place`` for the call and filters that ``bound_to`` spells out."""
    return signing.dumps([place.value, place.id, bound_to], salt=SALT)


def decode(cursor: str, *, bound_to: str) -> Place:
    """Raises ``InvalidParameters`` for a cursor that is not ours, or is another question's."""
    try:
        value, id_, belongs_to = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _invalid("This is not a cursor: take `next` from the previous answer.") from error
    if belongs_to != bound_to:
        raise _invalid("This cursor belongs to other filters: start again without it.")
    return Place(value, id_)


def _invalid(message: str) -> InvalidParameters:
    return InvalidParameters(errors=[FieldError("cursor", message)])
