"""Who asked, without saying who: a name for a person that holds for one month.

The key is made of the installation's secret and the month, and is kept nowhere. Keyed BLAKE2b:
RFC 7693, section 2.9.
"""

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.utils.crypto import salted_hmac

LENGTH = 22


def pseudonym(user_id: int | None, at: datetime) -> str:
    """What stands for a person in the month of this moment; nothing for somebody unknown."""
    if user_id is None:
        return ""
    key = _key(f"{at.astimezone(UTC):%Y-%m}", settings.SECRET_KEY)
    return blake2b(str(user_id).encode(), key=key, digest_size=LENGTH // 2).hexdigest()


@lru_cache(maxsize=4)
def _key(month: str, secret: str) -> bytes:
    return salted_hmac("search.insight", month, secret=secret, algorithm="sha256").digest()
