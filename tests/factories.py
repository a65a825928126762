"""Pages and restrictions in one line each."""

import itertools
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image as PillowImage
from wagtail.models import Collection, PageViewRestriction

from media.models import Document, Image
from pages.models import ArticlePage, SectionPage

_numbers = itertools.count(1)


def article(parent, title=None, **fields):
    """A live article below a page."""
    number = next(_numbers)
    title = title or f"Article {number}"
    fields.setdefault("slug", f"article-{number}")
    return parent.add_child(instance=ArticlePage(title=title, locale=parent.locale, **fields))


def subsection(parent, title=None, **fields):
    number = next(_numbers)
    fields.setdefault("slug", f"section-{number}")
    title = title or f"Section {number}"
    return parent.add_child(instance=SectionPage(title=title, locale=parent.locale, **fields))


def restrict(page, *groups, kind="groups"):
    """Only these groups read the page and what is below it."""
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    restriction.groups.set(groups)
    return restriction


def picture(title="Photo", *, size=(900, 600), colour="teal", **fields):
    _have_library()
    return Image.objects.create(title=title, file=jpeg(size, colour), **fields)


def jpeg(size, colour="teal"):
    buffer = BytesIO()
    PillowImage.new("RGB", size, colour).save(buffer, "JPEG")
    return ContentFile(buffer.getvalue(), name=f"photo-{next(_numbers)}.jpg")


def document(title="Note", *, content=b"%PDF-1.4 nothing much", **fields):
    _have_library()
    file = ContentFile(content, name=f"note-{next(_numbers)}.pdf")
    return Document.objects.create(title=title, file=file, **fields)


def _have_library():
    """A test with real transactions empties every table, the root of the library included."""
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")


def restricted_block(groups, *content, title="Réservé"):
    """A restricted section's value."""
    return (
        "restricted",
        {
            "readers": [str(group.pk) for group in groups],
            "title": title,
            "content": list(content),
        },
    )
