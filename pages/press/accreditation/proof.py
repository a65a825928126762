"""Proofs: a press card or an editor's letter, seen by the desk alone and not kept for long."""

import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from media import scanning, sniffing
from pages.press.accreditation.models import Accreditation

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
SHOWN = 120  # characters of the name that it had
TOO_LARGE = _("The file has more than 10 MB. Send a smaller one.")
NOT_A_PROOF = _("This is no PDF, JPEG or PNG, whatever its name says. Choose another file.")
BROKEN = _("This picture cannot be read. Choose another file.")


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that was looked into: its true type, and the name it came with."""

    file: "UploadedFile[Any]"
    content_type: str
    name: str


def checked(file: "UploadedFile[Any]") -> Proof:
    """Look into an uploaded file. Raises ``ValidationError``, which says what to do instead."""
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(TOO_LARGE, code="too_large")
    file.seek(0)
    content_type = sniffing.type_of(file.read(sniffing.SNIFFED))
    file.seek(0)
    if content_type not in ENDINGS:
        raise ValidationError(NOT_A_PROOF, code="type")
    if content_type.startswith("image/"):
        _check_picture(file)
    return Proof(file, content_type, _shown(file.name or "", content_type))


def keep(accreditation: Accreditation, proof: Proof) -> None:
    """Store a proof with a request that is about to be saved, under a name nobody can guess."""
    stored = secrets.token_urlsafe(24) + ENDINGS[proof.content_type]
    accreditation.proof.save(stored, proof.file, save=False)
    accreditation.proof_name = proof.name
    accreditation.proof_type = proof.content_type


def drop(accreditation: Accreditation) -> None:
    """Delete a stored proof, and what its record says of it. Saves the record."""
    if accreditation.proof:
        accreditation.proof.delete(save=False)
    accreditation.proof_name = accreditation.proof_type = ""
    accreditation.save(update_fields=["proof", "proof_name", "proof_type"])


def is_safe(accreditation: Accreditation) -> bool:
    """Whether the virus scanner, where there is one, lets it through. No answer is no."""
    with accreditation.proof.open("rb") as file:
        return scanning.scan(file).state in {scanning.CLEAN, scanning.UNSCANNED}


def sent(accreditation: Accreditation) -> FileResponse:
    """The file as a download: never shown in place, where it could act as a page."""
    response = FileResponse(
        accreditation.proof.open("rb"),
        as_attachment=True,
        filename=accreditation.proof_name,
        content_type=accreditation.proof_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _check_picture(file: Any) -> None:
    try:
        with Image.open(file) as picture:
            is_large = picture.width * picture.height > MOST_PIXELS
            if not is_large:
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ValidationError(BROKEN, code="broken") from None
    finally:
        file.seek(0)
    if is_large:
        raise ValidationError(TOO_LARGE, code="pixels")


def _shown(name: str, content_type: str) -> str:
    """The name without folders and unprintable characters, with the ending that is true."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    plain = "".join(one for one in stem if one.isprintable()).strip(". ") or "proof"
    ending = ENDINGS[content_type]
    return plain[: SHOWN - len(ending)] + ending
