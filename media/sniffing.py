"""What bytes are, whatever their name says: libmagic decides.

The system's libmagic where there is one. A bare machine may have none, and nobody should need to
install system packages to try the demo: a package brings a copy.
"""

import codecs

try:
    import magic
except ImportError:
    import pylibmagic  # noqa: F401, I001 - importing it shows the loader where the copy lies
    import magic

SNIFFED = 4096
"""As many bytes as it takes to know."""

# Texts that some program would run or show: never taken for plain text.
ACTIVE_TEXTS = {
    "application/javascript", "application/xhtml+xml", "image/svg+xml", "text/html",
    "text/javascript", "text/x-msdos-batch", "text/x-perl", "text/x-php", "text/x-python",
    "text/x-ruby", "text/x-script.python", "text/x-shellscript", "text/xml",
}  # fmt: skip
_BARE_TEXTS = {"application/json", "application/x-ndjson", "application/x-subrip"}


def type_of(head: bytes) -> str:
    """The media type of a file that begins with these bytes."""
    sniffed = str(magic.from_buffer(head[:SNIFFED], mime=True))
    # Readers of PDF look for its mark in the first 1,024 bytes, libmagic at their very beginning.
    if sniffed == "application/octet-stream" and b"%PDF-" in head[:1024]:
        return "application/pdf"
    return "text/vtt" if sniffed == "text/plain" and is_vtt(head) else sniffed


def is_quiet_text(sniffed: str) -> bool:
    """Whether libmagic found words that nothing would run."""
    return (sniffed.startswith("text/") or sniffed in _BARE_TEXTS) and sniffed not in ACTIVE_TEXTS


def is_vtt(head: bytes) -> bool:
    """Whether these bytes begin as WebVTT files do (W3C WebVTT, section 4.1)."""
    start = head.removeprefix(codecs.BOM_UTF8)
    return start.startswith(b"WEBVTT") and start[6:7] in {b"", b" ", b"\t", b"\n", b"\r"}
