"""Searches that a person keeps: to come back to, and to follow as a feed."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

import orjson
from django.utils.translation import gettext as _

from cms.access.reader import Reader
from cms.accounts import identity
from cms.problems import FieldError, InvalidCredentials, InvalidParameters
from search.insight.models import SavedSearch
from search.query import clean

MOST = 50
LONGEST_NAME = 120
LONGEST_FILTERS = 2_000


def saved_by(user_id: int) -> list[SavedSearch]:
    """What a person kept, by name. One query."""
    return list(SavedSearch.objects.filter(user=user_id))


def one_of(user_id: int, pk: int) -> SavedSearch | None:
    """One that this person kept: nobody else's can be asked for."""
    return SavedSearch.objects.filter(user=user_id, pk=pk).first()


def keep(
    user_id: int,
    query: str,
    *,
    name: str = "",
    filters: Mapping[str, Any] | None = None,
    locale: str = "",
    at: datetime,
) -> SavedSearch:
    """Keep a search. Once kept, keeping it again only names it anew.

    Raises ``InvalidParameters`` when it asks for nothing, or the person keeps too many.
    """
    query = clean(query)
    written = orjson.dumps(filters or {}, option=orjson.OPT_SORT_KEYS).decode()
    if not query and not filters:
        raise _invalid("query", _("Look for something first: there is nothing to save."))
    if len(written) > LONGEST_FILTERS:
        raise _invalid("filters", _("There are too many filters to save: take some away."))
    name = clean(name)[:LONGEST_NAME] or query[:LONGEST_NAME] or _("Saved search")
    digest = blake2b(f"{query}\n{written}\n{locale}".encode(), digest_size=16).hexdigest()
    kept = SavedSearch.objects.filter(user=user_id)
    known = kept.filter(digest=digest).first()
    if known is None and kept.count() >= MOST:
        raise _invalid(
            "query", _("You keep %d searches: take one away before saving another.") % MOST
        )
    if known is None:
        values = {"query": query, "filters": written, "locale": locale, "name": name}
        known, is_new = SavedSearch.objects.get_or_create(
            user_id=user_id,
            digest=digest,
            defaults={**values, "created_at": at, "last_seen_at": at},
        )
        if is_new:
            return known
    known.name = name
    known.save(update_fields=["name"])
    return known


def take_away(user_id: int, pk: int) -> bool:
    """Forget a saved search. Whether there was one of this person's."""
    gone, _each = SavedSearch.objects.filter(user=user_id, pk=pk).delete()
    return bool(gone)


def seen(user_id: int, pk: int, at: datetime) -> None:
    """Its owner has looked: what is newer than this is new to them."""
    SavedSearch.objects.filter(user=user_id, pk=pk, last_seen_at__lt=at).update(last_seen_at=at)


def filters_of(saved: SavedSearch) -> dict[str, Any]:
    """The filters as they were kept."""
    return dict(orjson.loads(saved.filters)) if saved.filters else {}


def followed(secret: str, pk: int) -> tuple[Reader, SavedSearch]:
    """Who follows a saved search, and the search, by the token in a feed's address.

    As in ``cms.entries.streams``. Raises ``InvalidCredentials`` for a token that is not good or may
    not be used so, and for a search that is not its owner's: both look the same from outside.
    """
    reader = identity.reader_for_token(secret)
    saved = one_of(reader.person.id, pk) if reader.person else None
    if "feed" not in reader.grants.scopes or saved is None:
        raise InvalidCredentials
    return reader, saved


def _invalid(field: str, message: str) -> InvalidParameters:
    return InvalidParameters(errors=[FieldError(field, message)])
