"""A name for somebody who has none: good for one day, so that a resumed download is one.

The key is made of the installation's secret and the day, and is kept nowhere; no address is
stored. Keyed BLAKE2b: RFC 7693, section 2.9.
"""

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from cms.access.reader import Reader

_SIZE = 12


def visitor_of(request: HttpRequest, at: datetime) -> str:
    """What stands today for whoever sends from this address with this program."""
    address = request.META.get(settings.CLIENT_ADDRESS, "")
    program = request.META.get("HTTP_USER_AGENT", "")
    said = f"{address}\n{program}".encode(errors="replace")
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    return blake2b(said, key=_key(day, settings.SECRET_KEY), digest_size=_SIZE).hexdigest()


def taker_of(reader: Reader, visitor: str) -> str:
    """By whom ranges are put together; nothing for somebody of whom nothing is known."""
    if reader.person is not None:
        key = _key("people", settings.SECRET_KEY)
        said = str(reader.person.id).encode()
        return "p" + blake2b(said, key=key, digest_size=_SIZE).hexdigest()
    return f"v{visitor}" if visitor else ""


@lru_cache(maxsize=4)
def _key(purpose: str, secret: str) -> bytes:
    return salted_hmac("media.downloads", purpose, secret=secret, algorithm="sha256").digest()
