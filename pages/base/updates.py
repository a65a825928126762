"""The update log of a page: what changed when, newest first."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from cms.entries.projection import Block


class UpdateBlock(blocks.StructBlock):
    """One line of the log."""

    at = blocks.DateTimeBlock(label=_("when"))
    note = blocks.CharBlock(label=_("what changed"), max_length=300)
    is_material = blocks.BooleanBlock(label=_("material"), required=False)
    tied_to = blocks.CharBlock(
        label=_("anchor of the passage"),
        required=False,
        max_length=64,
        help_text=_("The anchor of a heading in the text; the line leads there."),
    )

    class Meta:
        icon = "history"
        label = pgettext_lazy("a line of the log", "Update")


def read_updates(raw: list[dict[str, Any]]) -> list[Block]:
    """The log as one block, or nothing."""
    lines = [
        {
            "id": one.get("id") or str(place),
            "at": one["value"]["at"],
            "note": one["value"]["note"],
            "is_material": bool(one["value"].get("is_material")),
            "tied_to": one["value"].get("tied_to") or "",
        }
        for place, one in enumerate(raw)
    ]
    lines.sort(key=lambda line: str(line["at"]), reverse=True)
    return [{"type": "updates", "id": "updates", "value": lines}] if lines else []
