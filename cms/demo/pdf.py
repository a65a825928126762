"""The demo's PDF files. The core fonts know Latin-1 only; the rest is written around."""

from collections.abc import Sequence
from datetime import UTC, datetime

from anyascii import anyascii
from fpdf import FPDF
from fpdf.enums import XPos, YPos

WRITTEN_AROUND = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "œ": "oe",
        "Œ": "OE", "€": "EUR", "\u202f": "\u00a0", "\u2009": "\u00a0", "−": "-", "•": "-",
    }
)  # fmt: skip
THREAD = (166, 38, 38)
INK = (34, 30, 28)
GREY = (110, 104, 100)
MADE_AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)  # the same bytes each time


def written(title: str, pages: Sequence[Sequence[str]]) -> bytes:
    """A document of some pages, each a heading and its paragraphs."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(MADE_AT)
    pdf.set_title(latin(title))
    pdf.set_author("Groupe Cabestan")
    pdf.set_lang("fr")
    pdf.set_margins(26, 24, 26)
    for number, (heading, *paragraphs) in enumerate(pages, start=1):
        pdf.add_page()
        _head(pdf, title if number == 1 else "", heading)
        pdf.set_text_color(*INK)
        for paragraph in paragraphs:
            pdf.set_font("Times", size=12)
            pdf.multi_cell(0, 6.4, latin(paragraph), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            pdf.ln(3.2)
        _foot(pdf, title, f"{number} / {len(pages)}")
    return bytes(pdf.output())


def _head(pdf: FPDF, title: str, heading: str) -> None:
    pdf.set_draw_color(*THREAD)
    pdf.set_line_width(0.6)
    pdf.line(26, 18, 60, 18)
    pdf.set_font("Helvetica", size=9)
    pdf.set_text_color(*GREY)
    pdf.cell(0, 6, "Groupe Cabestan", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(6)
    pdf.set_text_color(*INK)
    if title:
        pdf.set_font("Times", style="B", size=22)
        pdf.multi_cell(0, 9.5, latin(title), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(6)
    pdf.set_font("Helvetica", style="B", size=12)
    pdf.multi_cell(0, 7, latin(heading), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(2)


def _foot(pdf: FPDF, title: str, place: str) -> None:
    pdf.set_auto_page_break(auto=False)
    pdf.set_y(-20)
    pdf.set_font("Helvetica", size=8)
    pdf.set_text_color(*GREY)
    pdf.cell(120, 5, latin(title))
    pdf.cell(0, 5, place, align="R")
    pdf.set_auto_page_break(auto=True, margin=24)


def latin(text: str) -> str:
    """The text with every character outside Latin-1 written around."""
    text = text.translate(WRITTEN_AROUND)
    return "".join(char if char.encode("latin-1", "ignore") else anyascii(char) for char in text)
