"""The small files that go into a kit: credits, rights, checksums, contacts. Pure, deterministic."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

# Excel takes a file for UTF-8 only by this mark.
BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet runs a cell that begins so; with an apostrophe before it, it shows it.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What one file of a kit says of itself. Codes are lists with spaces between them."""

    name: str
    sha256: str
    caption: str = ""
    creator: str = ""
    credit: str = ""
    copyright: str = ""
    usage_terms: str = ""
    valid_until: datetime | None = None
    territories: str = ""
    uses: Sequence[str] = ()
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who answers. ``uid`` is a URI that stays with the person."""

    name: str
    family_name: str = ""
    given_name: str = ""
    organisation: str = ""
    role: str = ""
    email: str = ""
    telephone: str = ""
    languages: Sequence[str] = ()
    url: str = ""
    uid: str = ""


def credits_table(files: Iterable[Credit]) -> bytes:
    """CREDITS.csv (RFC 4180): one line a file, under the names the standards use."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(
        ("file", "caption", "creator", "credit line", "copyright", "usage terms", "valid until",
         "territories", "uses", "alt text", "sha256")
    )  # fmt: skip
    for one in files:
        until = one.valid_until.isoformat() if one.valid_until else ""
        cells = (
            one.name, one.caption, one.creator, one.credit, one.copyright, one.usage_terms, until,
            one.territories, "; ".join(one.uses), one.alt, one.sha256,
        )  # fmt: skip
        rows.writerow([_harmless(cell) for cell in cells])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def checksums(files: Iterable[tuple[str, str]]) -> bytes:
    """SHA256SUMS of ``(name, sha256)``, as ``sha256sum --check`` of coreutils reads it."""
    return "".join(_checksum(name, digest) for name, digest in files).encode()


def rights_name(locale: str) -> str:
    """What the rights file is called in a language."""
    return "DROITS.txt" if locale.startswith("fr") else "RIGHTS.txt"


def rights(title: str, files: Sequence[Credit], *, locale: str, terms: str = "") -> bytes:
    """What may be done with the files, in words, in one language."""
    with translation.override(locale):
        lines = [title, "", _("Rights and credits"), ""]
        if terms:
            lines += [*_single(terms), ""]
        lines += [_("The credit line of each file has to be printed with it."), ""]
        for one in files:
            lines += [one.name, *(f"  {said}" for said in _said(one)), ""]
        lines.append(_("The same is in CREDITS.csv as a table. SHA256SUMS proves each file."))
    # Windows' editor of old shows lines only when they end so.
    return (BYTE_ORDER_MARK + "\r\n".join(lines) + "\r\n").encode()


def cards(contacts: Iterable[Contact]) -> bytes:
    """Contacts as vCard 4.0 (RFC 6350), one after the other."""
    return "".join(_card(one) for one in contacts).encode()


def _said(one: Credit) -> list[str]:
    until = ""
    if one.valid_until:
        there = localtime(one.valid_until)
        until = date_format(there, "DATETIME_FORMAT") + there.strftime(" %Z")
    listed = (
        (_("Credit"), one.credit),
        (_("Creator"), one.creator),
        (_("Copyright"), one.copyright),
        (_("Usage terms"), one.usage_terms),
        (_("Valid until"), until),
        (_("Territories"), one.territories),
        (_("Uses"), ", ".join(one.uses)),
        (_("Caption"), one.caption),
    )
    # A colon stands off in French, by a space that does not break.
    colon = "\u00a0: " if (translation.get_language() or "").startswith("fr") else ": "
    return [f"{label}{colon}{' '.join(_single(value))}" for label, value in listed if value]


def _single(text: str) -> list[str]:
    """Lines without controls."""
    return ["".join(one for one in line if one.isprintable()) for line in text.splitlines()]


def _harmless(cell: str) -> str:
    cell = cell.replace("\x00", "")
    return f"'{cell}" if cell.lstrip(" \n").startswith(_RUNS) else cell


def _checksum(name: str, digest: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != name else ""
    return f"{mark}{digest}  {escaped}\n"


def _card(one: Contact) -> str:
    family, given = one.family_name, one.given_name
    lines = ["BEGIN:VCARD", "VERSION:4.0"]
    lines += [f"UID:{one.uid}"] if one.uid else []
    lines.append(f"FN:{_escaped(one.name)}")
    if family or given:
        lines.append(f"N:{_escaped(family)};{_escaped(given)};;;")
    texts = (("ORG", one.organisation), ("TITLE", one.role))
    lines += [f"{name}:{_escaped(value)}" for name, value in texts if value]
    lines += [f"EMAIL;TYPE=work:{_escaped(one.email)}"] if one.email else []
    if one.telephone:
        number = "".join(sign for sign in one.telephone if sign in "+0123456789")
        lines.append(f"TEL;TYPE=work;VALUE=uri:tel:{number}")
    lines += [f"LANG;PREF={place}:{tag}" for place, tag in enumerate(one.languages, start=1)]
    lines += [f"URL:{_bare(one.url)}"] if one.url else []
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCARD"))


def _escaped(value: str) -> str:
    """A text value (RFC 6350, 3.4)."""
    value = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return "\\n".join(_single(value))


def _bare(value: str) -> str:
    return "".join(_single(value))


def _folded(line: str) -> str:
    """At most 75 bytes a line (RFC 6350, 3.2), never within a character."""
    rows, row, size = [], "", 0
    for one in line:
        width = len(one.encode())
        if size + width > 75:
            rows.append(row)
            row, size = " ", 1
        row, size = row + one, size + width
    return "\r\n".join([*rows, row])
