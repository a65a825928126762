"""What press material lacks before it may be published: said by item, with the remedy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from media.models import Image
from media.rights import USES, is_cleared_for


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is not published: the field that says so, and the words."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An asset where it stands: what the editor calls the place, and what is said of it there."""

    field: str
    place: str
    asset: Any
    alt: str = ""


def refusals_of(items: Iterable[Named], use: str) -> list[Refusal]:
    """Everything that is missing, item by item, in their order."""
    return [Refusal(one.field, message) for one in items for message in _lacking(one, use)]


def _lacking(one: Named, use: str) -> Sequence[str]:
    said = {"item": one.place, "file": one.asset.title, "use": USES[use]}
    found = []
    if isinstance(one.asset, Image) and not (one.alt or one.asset.description).strip():
        found.append(
            _(
                "%(item)s, “%(file)s”: it does not say what it shows. Describe the picture in the "
                "library, for those who do not see it."
            )
            % said
        )
    if not one.asset.is_confirmed:
        found.append(
            _(
                "%(item)s, “%(file)s”: its rights are not confirmed. Read them in the library, "
                "correct them and tick “rights confirmed”."
            )
            % said
        )
    if not is_cleared_for(one.asset, use):
        found.append(
            _(
                "%(item)s, “%(file)s”: it is not cleared for “%(use)s”. Add this use in the "
                "library, or take the item out."
            )
            % said
        )
    if one.asset.withdrawn_at is not None:
        found.append(_("%(item)s, “%(file)s”: the file was withdrawn. Take the item out.") % said)
    return found
