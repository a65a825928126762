"""A body, block by block, each by the template of its type."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.template import Context, TemplateDoesNotExist
from django.utils.safestring import SafeString, mark_safe

Block = Mapping[str, Any]


LISTS = {
    "facts": str, "say": str, "dont_say": str, "evidence": Mapping, "pages": Mapping,
}  # fmt: skip


def blocks(
    context: Context, body: Sequence[Block], only: str = "", without: str = "", depth: int = 2
) -> SafeString:
    """A body, each block by the template of its type. What has no template is left out.

    A heading that an update is tied to draws the thread along its passage, to the next heading.
    """
    wanted, unwanted = frozenset(only.split()), frozenset(without.split())
    tied = _ties(body)
    pieces: list[str] = []
    passage: list[str] = []
    update: Mapping[str, Any] | None = None
    with context.push(depth=depth):
        for block in body:
            type_ = str(block["type"])
            if (wanted and type_ not in wanted) or type_ in unwanted:
                continue
            if type_ in {"heading", "section"} and update is not None:
                pieces.append(_tied(context, passage, update))
                passage, update = [], None
            if type_ == "heading" and isinstance(block["value"], Mapping):
                update = tied.get(block["value"].get("anchor") or "")
            (pieces if update is None else passage).append(_block(context, block, only))
        if update is not None:
            pieces.append(_tied(context, passage, update))
    return mark_safe("".join(pieces))  # noqa: S308


def _block(context: Context, block: Block, only: str) -> str:
    type_ = str(block["type"])
    if not _is_readable(type_, block):
        return ""
    if type_ == "text":  # most of every body, and already HTML
        return f"{block['value']}\n"
    try:
        found = _template(context, f"blocks/{type_}.html")
    except TemplateDoesNotExist:
        return ""
    with context.push(block=block, value=block.get("value"), only=only):
        return str(found.render(context))


def _template(context: Context, name: str) -> template.base.Template:
    assert context.template is not None  # noqa: S101 - a tag runs inside a template
    return context.template.engine.get_template(name)


def _is_readable(type_: str, block: Block) -> bool:
    """Whether a block has the shape of its type: outside systems send what they like."""
    if type_ == "section":
        return True
    value = block.get("value")
    if type_ == "text":
        return isinstance(value, str)
    if type_ in LISTS:
        return isinstance(value, list) and all(isinstance(one, LISTS[type_]) for one in value)
    if not isinstance(value, Mapping):
        return False
    if type_ == "table":
        rows = value.get("rows")
        return isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    return True


def _tied(context: Context, passage: list[str], update: Mapping[str, Any]) -> str:
    found = _template(context, "components/tied.html")
    with context.push(passage=mark_safe("".join(passage)), update=update):  # noqa: S308
        return str(found.render(context))


def _ties(body: Sequence[Block]) -> dict[str, Mapping[str, Any]]:
    """The newest update of each passage that has one."""
    found: dict[str, Mapping[str, Any]] = {}
    for update in updates_of(body):
        if update.get("tied_to"):
            found.setdefault(str(update["tied_to"]), update)
    return found


def updates_of(body: Sequence[Block]) -> list[Mapping[str, Any]]:
    return [one for block in body if block["type"] == "updates" for one in block["value"]]


def anchors_in(body: Iterable[Block]) -> set[str]:
    found: set[str] = set()
    for block in body:
        if block["type"] == "section":
            found |= anchors_in(block["body"])
        elif block["type"] == "heading" and isinstance(block["value"], Mapping):
            found.add(str(block["value"].get("anchor") or ""))
    return found


def passages(body: Sequence[Block]) -> list[Block]:
    """The passages of a body that are not for everybody who reads the page."""
    return [block for block in body if block["type"] == "section"]


def newest_update(body: Sequence[Block]) -> str:
    """When a page was last changed, by its own log; nothing without one."""
    return next((str(one["at"]) for one in updates_of(body)), "")


def row_labels(row: Sequence[str], head: Sequence[str]) -> list[tuple[str, str]]:
    """The cells of a row, each with the head of its column."""
    return [(cell, head[place] if place < len(head) else "") for place, cell in enumerate(row)]
