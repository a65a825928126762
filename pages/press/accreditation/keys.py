"""What the mailed link to confirm an address carries: it names one request, and is signed."""

from typing import NamedTuple

from django.core import signing

from pages.press.accreditation.models import Accreditation

SALT = "press.accreditation.confirm"


class Named(NamedTuple):
    """The request that a key names."""

    pk: int
    email: str


def key_of(request: Accreditation) -> str:
    """The key of a request's link. It stands nowhere but in the mail."""
    return signing.Signer(salt=SALT).sign_object([request.pk, request.email])


def opened(key: str) -> Named | None:
    """What a key names, if it is one of ours."""
    try:
        pk, email = signing.Signer(salt=SALT).unsign_object(key)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Named(pk, email)
