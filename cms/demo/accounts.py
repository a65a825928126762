"""The demo's sign-ins and tokens. Only digests of tokens are stored: a private file keeps them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from cms.accounts import tokens
from cms.accounts.models import Token, User
from cms.demo.people import PASSWORD, PERSONAS

NAME = "demo"
DAYS = 3650
READING = (Token.Scope.READ, Token.Scope.FEED)


def file() -> Path:
    return Path(settings.VAR_DIR) / "demo-accounts.json"


def remember(base: str) -> dict[str, Any]:
    """The accounts, with good tokens, noted for later calls as served at this address."""
    noted = _noted()
    known = noted.get("accounts", {})
    accounts = {}
    with transaction.atomic():
        for persona, (email, _) in PERSONAS.items():
            secret = known.get(persona, {}).get("token", "")
            if not _is_good(email, secret):
                secret = _new_token(persona, email)
            accounts[persona] = {"email": email, "password": PASSWORD, "token": secret}
        present = {"base": base, "accounts": accounts}
        if present != noted:
            _write(present)
    return present


def last_base() -> str | None:
    """The address that the demo was last served at."""
    return _noted().get("base")


def _noted() -> dict[str, Any]:
    try:
        noted = json.loads(file().read_text())
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _is_good(email: str, secret: str) -> bool:
    found = Token.objects.filter(digest=tokens.digest(secret), user__email=email).first()
    return found is not None and found.is_good(datetime.now(UTC))


def _new_token(persona: str, email: str) -> str:
    """A new token in place of the demo's old ones, which nobody has any more."""
    at = datetime.now(UTC)
    user = User.objects.get(email=email)
    user.tokens.filter(name=NAME, revoked_at=None).update(revoked_at=at)
    # Whoever administers may try the calls by which outside systems send records.
    scopes = (*READING, Token.Scope.INGEST) if persona == "administrator" else READING
    return tokens.create(user, name=NAME, scopes=scopes, days=DAYS, at=at).secret


def _write(present: dict[str, Any]) -> None:
    """For the owner's eyes only, from the first byte on."""
    fresh = file().with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(present, out, indent=2)
    fresh.replace(file())
