"""Pieces of pages that come out the same for the same values: each process makes them once.

Who may read what is decided before: a piece stands where the reader's own answer has put it, is
kept under everything that it is made of, and sees nothing else.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django.template import Context, loader
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cms.entries.portal.dates import day_of

MOST = 2000
"""Pieces that a process keeps: some 8 MB of cards and their HTML."""


def story(
    context: Context,
    card: Any,
    form: str = "story",
    *,
    timed: bool = False,
    bare: bool = False,
    quiet: bool = False,
) -> SafeString:
    """An entry in a list, as `story`, `second`, `lead` or `related`."""
    frame = context.get("frame")
    return piece(
        f"components/{form}.html",
        card=card,
        today=day_of(context.get("today")),
        locale=frame.locale if frame else "",
        timed=timed,
        bare=bare,
        quiet=quiet,
    )


def nav(context: Context) -> SafeString:
    """The sections of the site, and which of them the reader is in."""
    frame = context["frame"]
    return piece(
        "components/nav.html",
        menu=tuple(frame.menu),
        locale=frame.locale,
        current_section=frame.current_section,
        is_here=context["request"].path == frame.current_section,
    )


def piece(template: str, **values: Any) -> SafeString:
    """A template of nothing but these values, in the language of the page."""
    kept = tuple(values.items())
    make = _piece if _can_be_kept(kept) else _piece.__wrapped__
    return make(template, get_language(), kept)


def _can_be_kept(values: Hashable) -> bool:
    try:
        hash(values)
    except TypeError:  # an editor's draft, or a sample
        return False
    return True


@lru_cache(maxsize=MOST)
def _piece(template: str, _language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
    found: Any = loader.get_template(template)
    made: SafeString = found.template.render(Context(dict(values)))
    return made


@lru_cache(maxsize=64)
def asset(path: str) -> str:
    """The address of a static file; making it takes longer than all the rest of a line."""
    return static(path)
