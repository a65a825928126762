"""What the press section says about the downloads of its kits: who answers, and on which terms."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from cms.access.reader import Reader
from cms.entries import read
from cms.problems import NotAllowed
from media.kits.reading import Kit
from media.kits.texts import Contact
from pages.press import shown


class TermsToAccept(NotAllowed):
    """The person has yet to accept the present terms of the press room."""

    slug = "terms-to-accept"
    title = "The terms of the press room are to be accepted first"
    remedy = "press_accreditation_terms"


def ask_for_terms(reader: Reader) -> None:
    """Accredited people accept the terms once a version. Raises ``TermsToAccept``."""
    status = shown.standing_of(reader)
    if status is not None and status.is_open and status.terms_to_accept is not None:
        raise TermsToAccept(_("Accept the terms of the press room, then download."))


class PressDesk:
    """Stands behind every press kit."""

    def contacts(self, kit: Kit, reader: Reader) -> Sequence[Contact]:
        """Those of the kit's page."""
        view = read.entry(reader, key=kit.key)
        return shown.vcards(shown.contact_cards(view, reader)) if view else ()

    def terms(self, kit: Kit, reader: Reader) -> str:
        """Nothing beyond what each file says of itself."""
        return ""

    def check(self, kit: Kit, reader: Reader) -> None:
        """See ``ask_for_terms``."""
        ask_for_terms(reader)
