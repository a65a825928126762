"""The terms of the press room: which version is to be accepted, by whom, and accepting it."""

from datetime import datetime

from cms.accounts.models import User
from pages.press.accreditation.models import PressTerms, TermsAccepted


def current(at: datetime, locale: str = "") -> PressTerms | None:
    """The newest published version, in this language where it has a text in it."""
    published = list(PressTerms.objects.filter(published_at__lte=at).order_by("-version", "locale"))
    newest = [one for one in published if one.version == published[0].version]
    return next((one for one in newest if one.locale == locale), newest[0] if newest else None)


def terms_to_accept(user: User, at: datetime, locale: str = "") -> PressTerms | None:
    """The version this person has yet to accept before downloading; none when all is accepted.

    A version that was accepted in one language is accepted in all.
    """
    newest = current(at, locale or user.language)
    if newest is None:
        return None
    accepted = TermsAccepted.objects.filter(user=user, terms__version=newest.version)
    return None if accepted.exists() else newest


def accept(user: User, terms: PressTerms, at: datetime) -> None:
    """Note that a person accepted a text. The first time counts."""
    TermsAccepted.objects.get_or_create(user=user, terms=terms, defaults={"at": at})
