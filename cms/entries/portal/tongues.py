"""The language a page speaks, and how it marks another."""

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
