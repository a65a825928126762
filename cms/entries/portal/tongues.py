"""The language a page speaks, and how it marks another."""

import re

from django.conf import settings
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

REGIONS = {"fr": "fr", "en": "en_GB"}


def interface_language(code: str | None = None) -> str:
    """The language in which the portal itself speaks on a page of that language."""
    code = (code or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE


def lang(code: str) -> str:
    """The attribute that marks words of a language other than the page's own, or nothing."""
    if not code or code == interface_language():
        return ""
    return mark_safe(f' lang="{conditional_escape(code)}"')  # noqa: S308


def language(code: str) -> str:
    """A language by its own name."""
    return dict(settings.LANGUAGES).get(code, code)


def in_language(text: str, code: str) -> list[tuple[str, str]]:
    """What a text says in a language, as pairs of a language's code and words.

    A line that begins with a language's code, as in ``en: Press use only.``, begins what is said in
    it; what stands before the first such line counts as said in the language asked for. Where
    nothing is, everything is given.
    """
    found: list[tuple[str, list[str]]] = [(code, [])]
    for line in text.splitlines():
        if mark := _BEGINS.match(line):
            found.append((mark[1].lower(), []))
        found[-1][1].append(line[mark.end() :] if mark else line)
    pairs = [(tongue, "\n".join(lines).strip()) for tongue, lines in found]
    said = [(tongue, words) for tongue, words in pairs if words]
    return [one for one in said if one[0] == code] or said


_BEGINS = re.compile(
    rf"({'|'.join(re.escape(code) for code, _name in settings.LANGUAGES)})\s*:\s*", re.IGNORECASE
)
