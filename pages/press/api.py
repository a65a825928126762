"""Press contacts as cards for address books."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries import read
from cms.entries.answers import reader_for, spend
from cms.entries.api import PROBLEMS
from cms.problems import NothingHere
from media.disposition import disposition
from media.kits import texts
from pages.press import shown

router = Router(tags=["Press"])
VCARD = "text/vcard; charset=utf-8"


@router.get(
    "/contacts/{key}.vcf",
    summary="A press contact as a vCard",
    operation_id="get_contact_card",
    response={200: None, **PROBLEMS},
)
def get_contact_card(request: HttpRequest, key: str) -> HttpResponse:
    """VCard 4.0 (RFC 6350), of a contact whose page this reader may read."""
    spend(request)

    def question(reader: Reader) -> bytes:
        reader_for(request)
        view = read.entry(reader, key=key[:160])
        if view is None or view.card["type"] != "press-contact":
            raise NothingHere
        return texts.cards([shown.vcard_of(view.card)])

    response = HttpResponse(answered(request, question), content_type=VCARD)
    response["Content-Disposition"] = disposition(f"{key}.vcf", is_attachment=True)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    return response
