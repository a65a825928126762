"""What goes into the sizes of a picture, and the name of that mixture."""

import hashlib
import json
from typing import Any

from media.metadata.values import Confirmed
from media.renditions.making import VERSION, Focus


def recipe_of(image: Any) -> str:
    """Changes with whatever makes the sizes of the same bytes come out differently."""
    focus = focus_of(image)
    parts = {
        "version": VERSION,
        "focus": [focus.x, focus.y, focus.width, focus.height] if focus else None,
        "confirmed": confirmed_of(image).as_json(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def confirmed_of(image: Any) -> Confirmed:
    """What is written into every size: nothing before an editor has confirmed it."""
    if not image.is_confirmed:
        return Confirmed()
    return Confirmed(
        creator=image.creator,
        credit=image.credit,
        copyright=image.copyright,
        usage_terms=image.usage_terms,
        web_statement=image.web_statement,
        caption=image.caption,
        persons=tuple(name for part in image.persons.split(";") if (name := part.strip())),
        taken_on=image.taken_on,
        expires=image.closes_at,
        source_type=image.source_type,
        data_mining=image.data_mining,
        alt=image.description,
    )


def focus_of(image: Any) -> Focus | None:
    """The focal point that an editor drew."""
    point = image.get_focal_point()
    if point is None:
        return None
    x, y = point.centroid
    return Focus(x, y, point.width, point.height)
