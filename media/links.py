"""Links to one file for one reader: for front ends that cannot send a token with ``<img>``.

A link only says who asks. It is answered as that reader would be answered now: it dies with its
hour, its token, the person's account and whatever opened the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.utils.crypto import constant_time_compare

from cms.access.reader import Reader, StaleReader
from cms.accounts import identity, tokens
from cms.accounts.identity import TRIES
from cms.accounts.models import Token, User
from cms.problems import InvalidCredentials, NotAllowed, NotNow

Answer = TypeVar("Answer")

PARAMETER = "k"
SHORTEST, USUAL, LONGEST = 60, 900, 86_400
"""Seconds that a link is good for."""
OWN_TOKEN = "Links to files"  # noqa: S105 - the name of a token, as its owner's page lists it
OWN_TOKEN_DAYS = 30
_signer = signing.Signer(salt="media.links", sep=".")


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and when it stops being good."""

    href: str
    expires_at: datetime


def make(reader: Reader, file: str, size: str | None, seconds: int) -> Link:
    """A link for a reader who is known. Raises ``InvalidCredentials`` and ``NotAllowed``.

    The moment is rounded up, so that the address stays the same for a while and browsers keep what
    it gave.
    """
    expires = _rounded(reader.at, seconds)
    token = _token_of(reader, expires)
    key = _signed(file, size, token, expires)
    path = f"/files/{file}/{size}" if size else f"/files/{file}"
    return Link(f"{path}?{urlencode({PARAMETER: key})}", expires)


def answered(key: str, file: str, size: str | None, question: Callable[[Reader], Answer]) -> Answer:
    """Ask as whom the link names. Raises ``InvalidCredentials`` for one that is not good."""
    digest = _digest_of(_read(key, file, size, identity.now()))
    for _ in range(TRIES):
        try:
            return question(identity.reader_for_digest(digest))
        except StaleReader:
            identity.forget_digest(digest)
    raise NotNow("Access is changing too fast to answer.")


def _signed(file: str, size: str | None, token: int, expires: datetime) -> str:
    """``{expires}.{token}.{signature}``; what the address says is signed and not said again."""
    said = f"{int(expires.timestamp()):x}.{token:x}"
    signature = _signer.signature(f"{said} {file} {size or ''}")
    return f"{said}.{signature}"


def _read(key: str, file: str, size: str | None, at: datetime) -> int:
    """The token's number. Raises ``InvalidCredentials``."""
    try:
        said, token = key.split(".")[:2]
        number, expires = int(token, 16), datetime.fromtimestamp(int(said, 16), UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidCredentials("This link is not whole.") from None
    if not constant_time_compare(key, _signed(file, size, number, expires)):
        raise InvalidCredentials("This link is not whole, or it is for another file.")
    if expires <= at:
        raise InvalidCredentials("This link has expired.")
    return number


def _digest_of(token: int) -> str:
    digest = Token.objects.filter(pk=token).values_list("digest", flat=True).first()
    if digest is None:
        raise InvalidCredentials
    return digest


def _token_of(reader: Reader, expires: datetime) -> int:
    """What carries the link: the token that asks, or one of the person's for links alone.

    Theirs is listed on their page like any other, where revoking it closes all links given out.
    """
    if reader.person is None:
        raise InvalidCredentials("Links are for readers who are known: send a token.")
    if reader.grants.seen_by:
        raise NotAllowed("Who looks through somebody's eyes is given no links.")
    if reader.grants.token_id is not None:
        return reader.grants.token_id
    user = User.objects.get(pk=reader.person.id)
    kept = user.tokens.filter(
        name=OWN_TOKEN, scopes=Token.Scope.READ, revoked_at=None, expires_at__gt=expires
    ).first()
    if kept is not None:
        return kept.pk
    made = tokens.create(
        user, name=OWN_TOKEN, scopes=[Token.Scope.READ], days=OWN_TOKEN_DAYS, at=reader.at
    )
    return made.record.pk


def _rounded(at: datetime, seconds: int) -> datetime:
    step = max(SHORTEST, seconds // 4)
    until = (int((at + timedelta(seconds=seconds)).timestamp()) // step + 1) * step
    return datetime.fromtimestamp(until, UTC)
