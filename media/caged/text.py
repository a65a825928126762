"""The words of plain text."""

from collections.abc import Iterator

from media.caged.pages import Page


def text(document: bytes) -> Iterator[Page]:
    """UTF-8, or UTF-16 with its mark, else Windows-1252, which reads anything."""
    if document[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield 1, document.decode("utf-16", errors="ignore")
        return
    try:
        yield 1, document.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield 1, document.decode("cp1252", errors="ignore")
