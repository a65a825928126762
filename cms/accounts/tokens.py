"""Making, finding and revoking tokens."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from cms.accounts.models import Token, User
from cms.problems import FieldError, InvalidParameters

PREFIX = "fr_"
LONGEST_DAYS = 3650
MOST_TOKENS = 50


class NewToken(NamedTuple):
    """A token's record, and the secret that is shown this once."""

    record: Token
    secret: str


def digest(secret: str) -> str:
    """SHA-256, hexadecimal. 256 random bits need neither a salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create(user: User, *, name: str, scopes: Iterable[str], days: int, at: datetime) -> NewToken:
    """A new token. Raises ``InvalidParameters`` naming the field that is wrong."""
    wanted = sorted(set(scopes))
    errors = []
    if not wanted or not set(wanted) <= set(Token.Scope.values):
        known = ", ".join(Token.Scope.values)
        errors.append(FieldError("scopes", f"Name one or more of: {known}."))
    if not 1 <= days <= LONGEST_DAYS:
        errors.append(FieldError("days", f"Choose between 1 and {LONGEST_DAYS} days."))
    if user.tokens.filter(revoked_at=None, expires_at__gt=at).count() >= MOST_TOKENS:
        errors.append(FieldError("name", f"{MOST_TOKENS} tokens are in use: revoke one first."))
    if errors:
        raise InvalidParameters(errors=errors)
    secret = PREFIX + secrets.token_urlsafe(32)
    record = Token.objects.create(
        user=user,
        name=name[:80] or "API",
        digest=digest(secret),
        hint=secret[:8],
        scopes=",".join(wanted),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return NewToken(record, secret)


def revoke(token: Token, at: datetime) -> None:
    """Close a token; the next request with it, in any process, is refused."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
