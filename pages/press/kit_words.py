"""What one version of a kit changed, in sentences for journalists. Pure."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from media.kits.difference import Change, Listed

MOST_NAMED = 4
"""Items that a sentence names; more are counted."""


def sentences(changes: Iterable[Change]) -> list[str]:
    """One sentence for each thing that happened to photos, and one for each to the others."""
    found = list(changes)
    said = []
    for what in ("added", "replaced", "corrected", "removed"):
        group = [one for one in found if one.what == what]
        photos = [one for one in group if one.kind == "photo"]
        if photos:
            said.append(_of_photos(what, photos))
        said += [_of_another(what, one) for one in group if one.kind != "photo"]
    return said


def beginning(items: Sequence[Listed]) -> str:
    """What the first version had: «23 photos, 1 document, 1 film», as a sentence."""
    counted: tuple[tuple[str, Callable[[int], str]], ...] = (
        ("photo", lambda n: ngettext("%(n)s photo", "%(n)s photos", n)),
        ("document", lambda n: ngettext("%(n)s document", "%(n)s documents", n)),
        ("video", lambda n: ngettext("%(n)s film", "%(n)s films", n)),
        ("logo", lambda n: ngettext("%(n)s logo", "%(n)s logos", n)),
    )
    parts = []
    for kind, words in counted:
        number = sum(one.kind == kind for one in items)
        if number:
            parts.append(words(number) % {"n": number})
    return f"{', '.join(parts)}." if parts else ""


def _of_photos(what: str, photos: Sequence[Change]) -> str:
    names = [str(one.number) if one.number else _quoted(one.title) for one in photos]
    n = len(names)
    if n > MOST_NAMED:
        many = {
            "added": _("%(n)s photos added."),
            "replaced": _("%(n)s photos replaced by new files."),
            "corrected": _("%(n)s photos corrected."),
            "removed": _("%(n)s photos taken out."),
        }
        return many[what] % {"n": n}
    said = {"names": listed(names), "fields": _fields(photos)}
    if what == "added":
        return ngettext("Photo %(names)s added.", "Photos %(names)s added.", n) % said
    if what == "replaced":
        return (
            ngettext(
                "Photo %(names)s replaced by a new file.",
                "Photos %(names)s replaced by new files.",
                n,
            )
            % said
        )
    if what == "removed":
        return ngettext("Photo %(names)s taken out.", "Photos %(names)s taken out.", n) % said
    if not said["fields"]:
        return ngettext("Photo %(names)s corrected.", "Photos %(names)s corrected.", n) % said
    return (
        ngettext(
            "Photo %(names)s: %(fields)s corrected.", "Photos %(names)s: %(fields)s corrected.", n
        )
        % said
    )


def _of_another(what: str, one: Change) -> str:
    said = {"name": _quoted(one.title), "fields": _fields([one])}
    if what == "corrected" and said["fields"]:
        return capfirst(_("%(name)s: %(fields)s corrected.") % said)
    words = {
        "added": _("%(name)s added."),
        "replaced": _("%(name)s replaced by a new file."),
        "corrected": _("%(name)s corrected."),
        "removed": _("%(name)s taken out."),
    }
    return words[what] % said


def _fields(changes: Sequence[Change]) -> str:
    names = {
        "title": pgettext("of a file", "title"),
        "caption": pgettext("of a file", "caption"),
        "creator": pgettext("of a file", "creator"),
        "credit": pgettext("of a file", "credit"),
        "copyright": pgettext("of a file", "copyright notice"),
        "usage_terms": pgettext("of a file", "usage terms"),
        "alt": pgettext("of a file", "description"),
        "until": pgettext("of a file", "end of rights"),
        "territories": pgettext("of a file", "territories"),
        "uses": pgettext("of a file", "uses"),
    }
    found = {field for one in changes for field in one.fields}
    return listed([name for field, name in names.items() if field in found])


def listed(names: Sequence[str]) -> str:
    """«One, two and three»."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _quoted(name: str) -> str:
    return _("“%(name)s”") % {"name": name}
