"""The preview: the portal page of a draft, by the same projection and the same template."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from cms.access.reader import Reader
from cms.accounts import identity
from cms.entries import read, views
from cms.entries.present import EntryView, Passage, Weaver
from cms.entries.projection import Projection
from pages.base import projections

if TYPE_CHECKING:
    from pages.base.models import BasePage


def of(page: "BasePage", request: HttpRequest) -> HttpResponse:
    """What readers will get. Every part is shown; links lead where the editor may read."""
    drafted = projections.projection_of_draft(page, at=datetime.now(UTC))
    response = identity.answered(
        request, lambda reader: views.rendered(request, reader, _view(drafted, reader))
    )
    # Nothing holds a draft's files for readers, so its pictures come the editors' way.
    response.content = response.content.replace(b'="/files/', b'="/editor/files/')
    return response


def _view(drafted: Projection, reader: Reader) -> EntryView:
    gates = reader.grants.gates
    weaver = Weaver(
        passages={
            part.anchor: Passage(
                title=part.title, body=part.body, readers=gates.names_of(part.terms.rule)
            )
            for part in drafted.parts
            if not part.file
        },
        cards=read.cards_of(sorted(drafted.references), reader),
    )
    listings = {file.file: file.listing for file in drafted.files if file.listing is not None}
    return EntryView(
        card=drafted.card,
        body=weaver.weave(drafted.body),
        files=[dict(listing) for listing in listings.values()],
        breadcrumb=read.breadcrumb(drafted.path or "/", reader),
        readers=gates.label_of(drafted.rule),
        is_public=not drafted.rule.clauses,
    )
