"""What may be uploaded where: one allow-list a field. What is not named here does not come in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
SVG = "image/svg+xml"
VTT = "text/vtt"
PACKAGES = {WORD, SLIDES, SHEET, ODT, "application/zip"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, what people call it, its extensions, how libmagic calls it.

    ``sniffed`` are further types that libmagic gives to such files; ``*`` takes any text that is
    neither a web page nor a program.
    """

    content_type: str
    label: str | Promise
    extensions: tuple[str, ...]
    sniffed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """A place that takes uploads: its name for people, its kinds, its limits."""

    label: str | Promise
    kinds: tuple[Kind, ...]
    max_bytes: Callable[[], int]
    remedy: str | Promise
    by_extension: dict[str, Kind] = field(init=False)

    def __post_init__(self) -> None:
        named = {extension: kind for kind in self.kinds for extension in kind.extensions}
        object.__setattr__(self, "by_extension", named)

    @property
    def extensions(self) -> list[str]:
        return sorted(self.by_extension)


def _kind(content_type: str, label: str | Promise, extensions: str, *sniffed: str) -> Kind:
    return Kind(content_type, label, tuple(extensions.split()), frozenset(sniffed))


JPEG = _kind("image/jpeg", "JPEG", "jpg jpeg")
PNG = _kind("image/png", "PNG", "png")
PICTURES = (
    JPEG,
    PNG,
    _kind("image/webp", "WebP", "webp"),
    _kind("image/avif", "AVIF", "avif"),
    _kind("image/gif", "GIF", "gif"),
    _kind("image/heic", "HEIC", "heic", "image/heif"),
    _kind("image/tiff", "TIFF", "tif tiff"),
)
CAPTIONS = _kind(VTT, "WebVTT", "vtt", "text/plain")
MP4 = _kind("video/mp4", "MP4", "mp4 m4v", "video/x-m4v")
DOCUMENTS = (
    _kind("application/pdf", "PDF", "pdf"),
    _kind(WORD, "Word (DOCX)", "docx"),
    _kind(SLIDES, "PowerPoint (PPTX)", "pptx"),
    _kind(SHEET, "Excel (XLSX)", "xlsx"),
    _kind(ODT, "OpenDocument (ODT)", "odt"),
    _kind("text/plain", _("plain text (TXT)"), "txt", "*"),
    _kind("text/csv", "CSV", "csv", "*"),
    _kind("text/markdown", "Markdown", "md", "*"),
    CAPTIONS,
    _kind(SVG, _("SVG logo"), "svg"),
    _kind("audio/mpeg", "MP3", "mp3"),
    MP4,
    _kind("application/zip", "ZIP", "zip"),
)
VIDEOS = (
    MP4,
    _kind("video/quicktime", "QuickTime (MOV)", "mov"),
    _kind("video/webm", "WebM", "webm"),
)
RECORDS = (
    _kind("application/x-ndjson", "JSON Lines", "jsonl ndjson", "application/json", "text/plain"),
    _kind("application/json", "JSON", "json", "text/plain"),
)

FIELDS: dict[str, Field] = {
    "picture": Field(
        _("Picture"),
        PICTURES,
        lambda: settings.UPLOAD_PICTURE_BYTES,
        _("Export it from your picture program as a JPEG and upload that."),
    ),
    "document": Field(
        _("Document"),
        DOCUMENTS,
        lambda: settings.UPLOAD_DOCUMENT_BYTES,
        _("Export it as a PDF and upload that."),
    ),
    "video": Field(
        _("Film"),
        VIDEOS,
        lambda: settings.UPLOAD_VIDEO_BYTES,
        _("Export it as an MP4 (H.264) and upload that."),
    ),
    "captions": Field(
        _("Captions"),
        (CAPTIONS,),
        lambda: settings.UPLOAD_CAPTIONS_BYTES,
        _("Save the captions as WebVTT: its first line is WEBVTT."),
    ),
    "records": Field(
        _("Records"),
        RECORDS,
        lambda: settings.UPLOAD_RECORDS_BYTES,
        _("Write one JSON object a line, in UTF-8."),
    ),
}

NAMES: dict[str, str | Promise] = {
    "application/msword": _("an old Word file (DOC)"),
    "application/pdf": "PDF",
    "application/vnd.microsoft.portable-executable": _("a Windows program"),
    "application/x-dosexec": _("a Windows program"),
    "application/x-executable": _("a program"),
    "application/x-ole-storage": _("an old Office file, or one with a password"),
    "application/x-sharedlib": _("a program"),
    "application/x-subrip": _("SubRip captions (SRT)"),
    "application/octet-stream": _("a file of an unknown kind"),
    "application/encrypted": _("an encrypted file"),
    "text/html": _("a web page (HTML)"),
    "text/plain": _("plain text"),
    "text/x-php": _("a PHP program"),
    "text/x-shellscript": _("a shell program"),
    "text/xml": "XML",
    **{kind.content_type: kind.label for kind in (*PICTURES, *DOCUMENTS, *VIDEOS, *RECORDS)},
}
"""What people call what libmagic finds."""
