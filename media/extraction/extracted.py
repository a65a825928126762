"""What was found in a file: a value, and what editors are told of it."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

READ = "read"
EMPTY = "empty"
PROTECTED = "protected"
TOO_LARGE = "too_large"
FAILED = "failed"

SAID = {
    "scanned": gettext_noop(
        "There are pictures of pages in it, but no text: readers will not find it by its words. "
        "Run text recognition (OCR) and replace the file."
    ),
    "blank": gettext_noop("There is no text in it."),
    "other_kind": gettext_noop("No text is read from files of this kind."),
    "password": gettext_noop(
        "It asks for a password: readers will not find it by its words. Save it without one."
    ),
    "cut": gettext_noop("It is long: only its beginning is found by its words."),
    "partly": gettext_noop("Part of it is damaged: only the rest is found by its words."),
    "size": gettext_noop("It is too large to be read: readers find it by its title only."),
    "bomb": gettext_noop(
        "It unpacks to more than a document would: it was not read. Save it anew in the program "
        "that made it."
    ),
    "damaged": gettext_noop(
        "It is damaged, or not what it says: it was not read. Save it anew and replace the file."
    ),
    "missing": gettext_noop("Its bytes are missing from the storage: upload it again."),
    "slow": gettext_noop(
        "It took too long, or too much memory, to read: readers find it by its title only."
    ),
}
"""By reason, in English; ``gettext`` says them in the editor's language."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The words of a file.

    ``state`` is read, empty, protected, too_large or failed. ``pages`` are pairs of a number from 1
    (a page, a slide; 1 alone where there are none) and its text. ``note`` is a value of ``SAID`` or
    nothing.
    """

    state: str
    pages: tuple[tuple[int, str], ...] = ()
    note: str = ""

    @property
    def length(self) -> int:
        """In characters."""
        return sum(len(text) for _number, text in self.pages)
