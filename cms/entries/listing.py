"""What a list of entries is asked by, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cms.entries.cursors import Place

ORDERS = {
    "-published_at": ("published_at", True),
    "published_at": ("published_at", False),
    "-updated_at": ("updated_at", True),
    "title": ("sort_title", False),
    "menu": ("position", False),
}
HOME = "/fr/".count("/") + 1  # the steps of a home's path, split
PUBLIC_ORDERS = ("-published_at", "published_at", "-updated_at", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of entries: several values of one filter are OR, several filters are AND."""

    types: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    under: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: str = "-published_at"
    limit: int = 20
    after: Place | None = None
    without: tuple[str, ...] = ()
    without_types: tuple[str, ...] = ()
    pinned_at: datetime | None = None
    menu: bool = False
    is_glance: bool = False  # what stands among the newest is enough

    @property
    def column(self) -> str:
        return ORDERS[self.order][0]

    @property
    def is_dated(self) -> bool:
        """Whether the list is in order of a moment."""
        return self.column.endswith("_at")

    @property
    def newest_first(self) -> bool:
        return ORDERS[self.order][1]

    @property
    def section_path(self) -> str | None:
        """The path of the top-level section that the subtree lies in, for a list by date."""
        steps = (self.under or "").split("/")
        if self.column != "published_at" or self.topics or len(steps) <= HOME:
            return None
        return "/".join(steps[:HOME]) + "/"

    @property
    def is_section(self) -> bool:
        """Whether the list is of a whole top-level section, by date."""
        return self.section_path is not None and self.section_path == self.under


class Statement(NamedTuple):
    """SQL and its parameters."""

    sql: str
    params: tuple[Any, ...]
