"""Whether a file may come in: by its bytes, compared with its name, within the field's limits."""

import re
import zipfile
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from PIL import Image

from media import archives, sniffing
from media.kinds import FIELDS, NAMES, PACKAGES, SVG, VTT, Field, Kind
from media.kits.names import safe


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may come in: its media type, its extension without a dot, a picture's pixels."""

    content_type: str
    extension: str
    width: int = 0
    height: int = 0


class Refused(ValidationError):
    """A file that may not come in. ``field`` is the one it was meant for, ``code`` says why."""

    def __init__(self, field: str, message: str, code: str = "refused") -> None:
        super().__init__(message, code=code)
        self.field = field


def safe_name(name: str) -> str:
    """A name for people, in any script: no folder, no control or direction marks, not long."""
    return safe(re.split(r"[/\\]", name)[-1])


def extension_of(name: str) -> str:
    """In small letters and without its dot, or nothing."""
    _stem, dot, extension = safe_name(name).rpartition(".")
    return extension.lower() if dot else ""


def check(file: IO[bytes], name: str, field: str) -> Checked:
    """Look at an open file that is to go into a field of ``FIELDS``, and leave it at its start.

    Reads heads and lists, decodes nothing. Raises ``Refused``, whose message says what the file is,
    what the field takes and what to do.
    """
    place = FIELDS[field]
    try:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(sniffing.SNIFFED)
        file.seek(0)
        if not head:
            raise Refused(field, _("The file is empty: choose it again."), "empty")
        _check_size(field, size, place.max_bytes())
        kind = _kind_of(file, head, name, field)
        if kind.content_type.startswith("image/") and kind.content_type != SVG:
            width, height = _pixels(file, field)
            return Checked(kind.content_type, extension_of(name), width, height)
        return Checked(kind.content_type, extension_of(name))
    finally:
        file.seek(0)


def _check_size(field: str, size: int, most: int) -> None:
    if size > most:
        raise Refused(
            field,
            _("The file has %(size)s; the most that may come in here is %(most)s. Make it smaller.")
            % {"size": filesizeformat(size), "most": filesizeformat(most)},
            "too_large",
        )


def _kind_of(file: IO[bytes], head: bytes, name: str, field: str) -> Kind:
    """The kind that bytes and name agree on."""
    place = FIELDS[field]
    sniffed = sniffing.type_of(head)
    if sniffed in PACKAGES:
        sniffed = _package(file, field)
    extension = extension_of(name)
    kind = place.by_extension.get(extension)
    if kind is not None and _is(kind, sniffed, head):
        return kind
    true = next((one for one in place.kinds if sniffed == one.content_type), None)
    if true is None:
        raise Refused(field, _not_taken(place, sniffed, extension), "not_allowed")
    raise Refused(
        field,
        _(
            "This is %(kind)s, but its name ends in “%(extension)s”. Rename it so that it ends in "
            "“.%(right)s”, and upload it again."
        )
        % {
            "kind": _name_of(sniffed),
            "extension": f".{extension}" if extension else safe_name(name)[-12:],
            "right": true.extensions[0],
        },
        "mislabelled",
    )


def _is(kind: Kind, sniffed: str, head: bytes) -> bool:
    if kind.content_type == VTT:
        return sniffing.is_vtt(head)
    if sniffed == kind.content_type or sniffed in kind.sniffed:
        return True
    return "*" in kind.sniffed and sniffing.is_quiet_text(sniffed)


def _not_taken(place: Field, sniffed: str, extension: str) -> str:
    return _("This is %(kind)s%(claim)s. %(field)s: %(allowed)s. %(remedy)s") % {
        "kind": _name_of(sniffed),
        "claim": _(", whatever its name says") if extension in place.by_extension else "",
        "field": place.label,
        "allowed": ", ".join(str(kind.label) for kind in place.kinds),
        "remedy": place.remedy,
    }


def _name_of(content_type: str) -> str | Promise:
    return NAMES.get(content_type, content_type)


def _package(file: IO[bytes], field: str) -> str:
    """The media type of a ZIP package, by what is in it."""
    try:
        package = archives.look_into(file)
    except archives.Suspicious as error:
        raise Refused(
            field,
            _(
                "This package is built to overwhelm or mislead whoever opens it. Save the document "
                "anew in the program that made it."
            ),
            "bomb",
        ) from error
    except zipfile.BadZipFile as error:
        raise Refused(
            field, _("The file is damaged or was cut off: upload it again."), "damaged"
        ) from error
    if package.has_macros:
        raise Refused(
            field,
            _("The document holds macros: save it without them (DOCX, XLSX, PPTX)."),
            "macros",
        )
    return package.content_type


def _pixels(file: IO[bytes], field: str) -> tuple[int, int]:
    """Width and height as the header says, before anything is decoded."""
    most = settings.UPLOAD_PICTURE_PIXELS
    too_many = Refused(
        field,
        _("The picture has more than %(most)s million pixels: make it smaller.")
        % {"most": most // 1_000_000},
        "too_many_pixels",
    )
    try:
        with Image.open(file) as picture:
            width, height = picture.size
            frames = getattr(picture, "n_frames", 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many from error
    except Exception as error:  # the reader of each format has errors of its own
        raise Refused(
            field,
            _("The picture is damaged or was cut off: it cannot be opened. Upload it again."),
            "damaged",
        ) from error
    finally:
        file.seek(0)
    if width * height * frames > most:
        raise too_many
    return width, height
