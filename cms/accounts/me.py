"""Who the reader is, to themselves."""

import orjson
from ninja import Field, Schema

from cms.access.reader import Reader
from cms.access.rule import SIGNED_IN


class MeOut(Schema):
    anonymous: bool
    name: str | None
    email: str | None
    organisation: str | None
    groups: list[str] = Field(description="Names, sorted; the organisation's included.")
    scopes: list[str]


def as_json(reader: Reader) -> bytes:
    """The reader as the API tells them."""
    person = reader.person
    names = reader.grants.gates.group_names
    groups = [names[id_] for id_ in reader.grants.groups if id_ != SIGNED_IN and id_ in names]
    return orjson.dumps(
        {
            "anonymous": person is None,
            "name": person.name if person else None,
            "email": person.email if person else None,
            "organisation": (person.organisation or None) if person else None,
            "groups": sorted(groups),
            "scopes": sorted(reader.grants.scopes),
        }
    )
