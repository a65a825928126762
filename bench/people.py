"""The readers: who asks, with a token for the API and a session for the portal."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bench.world import World

NAMED = ("employee", "archive", "empty", "veteran")


@dataclass(frozen=True, slots=True)
class Asker:
    """A reader as requests know them."""

    name: str
    token: str = ""
    session: str = ""

    def headers_for(self, path: str) -> dict[str, str]:
        """The API takes the token, the portal the session."""
        if path.startswith("/api/"):
            return {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Cookie": f"sessionid={self.session}"} if self.session else {}


def make(world: World) -> dict[str, Asker]:
    """Anonymous, the employee, and the readers who are hardest to serve."""
    return {
        "anonymous": Asker("anonymous"),
        **{name: account(name, world.gates_of(name)) for name in NAMED},
    }


def editor() -> Asker:
    """Somebody who may do everything in the admin."""
    from cms.accounts.models import User

    made = account("editor", [])
    User.objects.filter(email="editor@bench.example").update(is_superuser=True)
    return made


def account(name: str, groups: list[int]) -> Asker:
    """Somebody in these groups, with a token and a session."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from cms.accounts import tokens
    from cms.accounts.models import User

    user = User.objects.create(email=f"{name}@bench.example", first_name=name, password="!")
    user.groups.set(groups)
    token = tokens.create(user, name="bench", scopes=["read"], days=2, at=datetime.now(UTC))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return Asker(name, token=token.secret, session=session.session_key or "")
