"""Sizes, names, counts and addresses, as pages write them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, pgettext

from cms.entries import html, types
from cms.entries.portal.tongues import REGIONS, interface_language
from cms.entries.present import EntryView
from cms.entries.structured import script


def filesize(size: Any) -> str:
    """310 kB, as the language counts."""
    if not isinstance(size, int) or size <= 0:
        return ""
    amount = float(size)
    units = (gettext("bytes"), gettext("kB"), gettext("MB"), gettext("GB"))
    for unit in units:
        if amount < 1000 or unit == units[-1]:
            break
        amount /= 1000
    rounded = round(amount, 1) if amount < 10 else round(amount)
    number = format_decimal(rounded, locale=REGIONS[interface_language()])
    return f"{number}\N{NO-BREAK SPACE}{unit}"


def extension(name: str) -> str:
    """PDF, of a file's name."""
    _, dot, end = str(name).rpartition(".")
    return end.upper() if dot and len(end) <= 5 else ""


def initials(name: str) -> str:
    words = str(name).replace("@", " ").split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def kind(slug: str) -> str:
    """The name of an entry's type."""
    return capfirst(types.label_of(slug))


def clean(markup: Any) -> str:
    """HTML that may have come from outside, with nothing but text in it."""
    return mark_safe(html.clean(markup)) if isinstance(markup, str) else ""  # noqa: S308


def readers(clauses: Sequence[Sequence[str]]) -> str:
    """Who may read a passage: every clause, each by any of its groups."""
    known = {"signed-in": gettext("everybody who is signed in")}
    either, both = " " + gettext("or") + " ", " " + gettext("and") + " "
    named = [either.join(known.get(one, one) for one in clause) for clause in clauses]
    return capfirst(both.join(filter(None, named)) or gettext("everybody"))


def number(count: int) -> str:
    """A small count in words, as it begins or continues a sentence about things."""
    words = (
        pgettext("how many things", "no"),
        pgettext("how many things", "one"),
        pgettext("how many things", "two"),
        pgettext("how many things", "three"),
        pgettext("how many things", "four"),
        pgettext("how many things", "five"),
        pgettext("how many things", "six"),
        pgettext("how many things", "seven"),
        pgettext("how many things", "eight"),
        pgettext("how many things", "nine"),
        pgettext("how many things", "ten"),
    )
    return words[count] if 0 <= count < len(words) else str(count)


def absolute(url: str) -> str:
    return settings.BASE_URL + url if url.startswith("/") else url


def structured(view: EntryView) -> SafeString:
    """The page's JSON-LD. It is data, which no policy of scripts is asked about."""
    data = script(view, base=settings.BASE_URL, site=settings.WAGTAIL_SITE_NAME)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(data))


def home_url(code: str) -> str:
    """Where a language begins; without one, where the site chooses."""
    return f"/{code}/" if code else "/"


def rendition(src: str, size: str) -> str:
    """Another of the named sizes of a picture."""
    return f"{src.rpartition('/')[0]}/{size}" if src.startswith("/files/") else src


def topic_url(slug: str) -> str:
    return _topic_url(slug, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=2048)
def _topic_url(slug: str, _language: str) -> str:
    try:
        return reverse("topic", args=[slug])
    except NoReverseMatch:
        return ""


def icon(name: str) -> SafeString:
    """One of the 22 strokes; it stands next to a word."""
    return _icon(name)


@lru_cache(maxsize=64)
def _icon(name: str) -> SafeString:
    href = f"{static('icons.svg')}#i-{conditional_escape(name)}"
    return mark_safe(  # noqa: S308
        f'<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{href}"/></svg>'
    )
