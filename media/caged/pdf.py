"""The words of PDF documents, by two libraries: what kills the one, the other may survive."""

import io
from collections.abc import Iterator

from media.caged.pages import Page, Stop


def pdf(document: bytes) -> Iterator[Page]:
    """By PDFium: quick and right, but some files abort the whole process."""
    import pypdfium2

    try:
        opened = pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Stop("protected", "password") from error
        raise Stop("failed", "damaged") from error
    for number in range(len(opened)):
        try:
            text = opened[number].get_textpage().get_text_range()
        except pypdfium2.PdfiumError:
            text = ""  # one damaged page; the others may be whole
        yield number + 1, text


def plain_pdf(document: bytes) -> Iterator[Page]:
    """By pypdf: slower, and alive where PDFium is not."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(document))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Stop("protected", "password")
        for number, page in enumerate(reader.pages, 1):
            yield number, page.extract_text()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Stop("failed", "damaged") from error
