"""The French is complete: what the code and the templates say, against the catalogue."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
FRENCH = ROOT / "locale/fr/LC_MESSAGES/django.po"
PACKAGES = ("cms", "pages", "media", "search")
# What `makemessages` looks for, less its numbers of arguments, which Babel writes otherwise.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-z]|%(?:\d+\$)?[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def said():
    """Everything that is to be translated, with no translations."""
    catalogue = Catalog()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            gather(path.read_text(), catalogue)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        gather(as_python(path), catalogue)
    return catalogue


@pytest.fixture(scope="module")
def french():
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def as_python(template: Path) -> str:
    """What Django has translated in a template, as calls that the extractor of Python reads."""
    # Only the calls count: the rest is blanked out, and its indentation would be read as code.
    lines = templatize(template.read_text(), origin=str(template)).splitlines()
    return "\n".join(line.strip() for line in lines)


def gather(code: str, catalogue: Catalog) -> None:
    found = extract("python", io.BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        catalogue.add(message, context=context)


def keys(catalogue: Iterable[Message]) -> set[tuple[str, ...]]:
    """What is translated, each with its context; the head of a catalogue is nothing of it."""
    return {(one.context or "", *forms(one.id)) for one in catalogue if one.id}


def forms(text: str | Iterable[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def unfinished(catalogue: Catalog) -> list[str]:
    """What has no translation, or one that somebody has still to look at."""
    return [
        str(one.id)
        for one in catalogue
        if one.id and (one.fuzzy or not all(text.strip() for text in forms(one.string)))
    ]


def at_odds(catalogue: Catalog) -> Iterator[str]:
    """Translations that fill in something else than what they translate."""
    for one in catalogue:
        if not one.id:
            continue
        sources, translations = forms(one.id), forms(one.string)
        wanted = placeholders(sources[-1])
        if placeholders(translations[-1]) != wanted:
            yield f"{one.id}: {translations[-1]}"
        # «Une photo» says its number in words.
        for text in translations[:-1]:
            if not set(placeholders(text)) <= set(wanted):
                yield f"{one.id}: {text}"


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def test_everything_that_is_said_is_in_the_french_catalogue_and_nothing_else(said, french):
    assert keys(said) - keys(french) == set()
    assert keys(french) - keys(said) == set()
    assert list(french.obsolete) == []


def test_no_translation_is_empty_or_in_doubt(french):
    assert unfinished(french) == []


def test_translations_fill_in_what_they_translate(french):
    assert list(at_odds(french)) == []


def test_both_forms_of_a_plural_are_there(french):
    assert [one.id for one in french if one.pluralizable and len(one.string) != 2] == []


def test_what_templates_and_code_say_is_found(said):
    """The rules above hold for nothing that is not gathered."""
    found = keys(said)

    assert ("", "The facts") in found  # {% translate %}
    assert ("a rumour", "FALSE") in found  # with a context
    assert ("", "%(n)s piece", "%(n)s pieces") in found  # {% plural %}
    assert ("", "It ends before it begins: choose a later day.") in found  # code
    assert len(found) > 1000


@pytest.mark.parametrize(
    ("entry", "check"),
    [
        ('msgid "a"\nmsgstr ""\n', unfinished),
        ('#, fuzzy\nmsgid "a"\nmsgstr "b"\n', unfinished),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] ""\n', unfinished),
        ('msgid "a %(name)s"\nmsgstr "b %(nom)s"\n', at_odds),
        ('msgid "a {name}"\nmsgstr "b"\n', at_odds),
        ('msgid "a %s"\nmsgstr "b %s %s"\n', at_odds),
        ('msgid "one"\nmsgid_plural "%(n)s"\nmsgstr[0] "un"\nmsgstr[1] "des"\n', at_odds),
        ('msgid "one"\nmsgid_plural "%(n)s"\nmsgstr[0] "%(m)s"\nmsgstr[1] "%(n)s"\n', at_odds),
    ],
)
def test_each_rule_finds_its_mistake(entry, check):
    catalogue = read_po(io.BytesIO(entry.encode()), locale="fr")

    assert list(check(catalogue)) != []
