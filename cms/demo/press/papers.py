"""The papers of the kits: dossiers as PDF and titles as SVG, let in as uploads are."""

from collections.abc import Iterable
from html import escape
from io import BytesIO

from django.core.files.base import ContentFile

from cms.accounts.models import User
from cms.demo import pdf
from cms.demo.library import collections
from cms.demo.press.photos import SHELF, terms_of
from cms.demo.press.wanted import Kit, Paper
from media.admission import admit
from media.models import Document

# Letters as outlines would need a font of ours; what is missing on a machine falls back to its own.
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 260" width="900" height="260">
<title>{line}</title>
<path d="M60 40H840" stroke="{ink}" stroke-width="3" fill="none"/>
<text x="450" y="150" text-anchor="middle" font-family="Georgia, serif" font-size="{size}"
 letter-spacing="4" fill="{ink}">{line}</text>
<text x="450" y="210" text-anchor="middle" font-family="Georgia, serif" font-style="italic"
 font-size="26" fill="{ink}">{below}</text>
<path d="M60 240H840" stroke="{ink}" stroke-width="3" fill="none"/>
</svg>
"""


def documents(kits: Iterable[Kit], by: User) -> dict[str, int]:
    """The primary key of each paper and logo by its file name, made where missing."""
    shelf = collections([SHELF])[SHELF]
    there = dict(Document.objects.filter(collection=shelf).values_list("name", "pk"))
    found = {}
    for kit in kits:
        logo = kit.film["logo"]
        files = {one.file: (one.title, content_of(one, 1)) for one in kit.papers}
        files[logo["file"]] = (f"{kit.film['title']}, titre", _logo(logo))
        for name, (title, content) in files.items():
            found[name] = there.get(name) or _kept(title, name, content, kit, by)
    return found


def content_of(paper: Paper, step: int) -> bytes:
    """The PDF as it was at a version: at first, or once it was replaced."""
    now = 1 if paper.replaced_in and step >= paper.replaced_in else 0
    marks = {name: values[now] for name, values in paper.marks.items()}
    return pdf.written(
        paper.title, [[line.format_map(marks) for line in page] for page in paper.pages]
    )


def replace(document: Document, paper: Paper, step: int) -> None:
    """The paper as it is from a version on."""
    content = content_of(paper, step)
    document.file = ContentFile(content, name=paper.file)
    document.file_size = len(content)
    document.save()


def _logo(logo: dict[str, str]) -> bytes:
    size = 96 if len(logo["line"]) < 8 else 78
    said = {"line": escape(logo["line"]), "below": escape(logo["below"])}
    return LOGO.format(**said, ink=logo["ink"], size=size).encode()


def _kept(title: str, name: str, content: bytes, kit: Kit, by: User) -> int:
    document = Document(
        title=title,
        collection=collections([SHELF])[SHELF],
        uploaded_by_user=by,
        file=admit(BytesIO(content), name, "document").file,
        credit="Cabestan",
        copyright="© 2026 Cabestan",
        usage_terms=terms_of(kit),
        uses="internal press",
        is_confirmed=True,
    )
    document.file_size = len(content)
    document.save()
    return document.pk
