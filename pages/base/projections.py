"""Pages read as projections, and what their editor is told where that fails."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from wagtail.models import Page

from cms.entries.projection import Projection, ProjectionFailed
from pages.base.lookup import found_for, surroundings_of
from pages.base.projecting import project

if TYPE_CHECKING:
    from pages.base.models import BasePage


def projections_of(pages: Sequence["BasePage"], *, at: datetime) -> list[Projection]:
    """Read pages as projections. Raises ``ProjectionFailed`` in words for the editor."""
    if not pages:
        return []
    with in_words(pages):
        found = found_for(pages)
        around = surroundings_of(pages)
    projections = []
    for page in pages:
        with in_words([page]):
            projections.append(project(page, found, around, at=at))
    return projections


def readable_of(
    pages: Sequence["BasePage"], *, at: datetime
) -> tuple[list[Projection], dict[int, ProjectionFailed]]:
    """All together, or one by one to find out which cannot be read: those by id, and why."""
    try:
        return projections_of(pages, at=at), {}
    except ProjectionFailed:
        readable: list[Projection] = []
        failed: dict[int, ProjectionFailed] = {}
        for page in pages:
            try:
                readable += projections_of([page], at=at)
            except ProjectionFailed as failure:
                failed[page.pk] = failure
        return readable, failed


def projection_of_draft(
    page: "BasePage", *, at: datetime, parent: Page | None = None
) -> Projection:
    """Read a draft as it is in memory; a new one stands below ``parent``."""
    if not page.path and parent is not None:
        page.path, page.locale_id = parent.path + "0001", parent.locale_id
        try:
            return projection_of_draft(page, at=at)
        finally:
            page.path = ""
    with in_words([page]):
        around = surroundings_of([page], are_drafts=True)
        return project(page, found_for([page]), around, at=at)


@contextmanager
def in_words(pages: Sequence["BasePage"]) -> Iterator[None]:
    """Whatever goes wrong while pages are read is told to their editor, by the page's title."""
    try:
        yield
    except ProjectionFailed:
        raise
    except Exception as error:
        titles = ", ".join(f"«{page.title}»" for page in pages[:3])
        raise ProjectionFailed(f"{titles}: {error}") from error
