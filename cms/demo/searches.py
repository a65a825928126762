"""Search as the company has used and tended it: what is curated, judged, kept and was asked."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms.accounts.models import User
from cms.demo.asked import Log
from cms.demo.content import Calendar, Raw
from cms.demo.orders import SOURCE
from cms.demo.people import STAFF
from cms.entries.models import Entry
from search.contract import Filters
from search.curation.models import Judgement, Promotion, Synonym
from search.insight import frequent, popular, saved
from search.insight.models import Asked, Click, SavedSearch
from search.portal import address

FOLDER = Path(__file__).parent / "searched"
ORDER = "order "
"""Stands before the number of a record, where others have the slug of a page."""
FILTERS = ("types", "topics", "locales")
CURATOR = "Élise Tournier"


def written(name: str) -> list[Raw]:
    """The entries of a file."""
    (entries,) = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")).values()
    return list(entries)


@transaction.atomic
def load(calendar: Calendar) -> None:
    """Each table that has nothing yet is filled. The entries must be stored."""
    keys = _keys()
    people = {user.get_full_name(): user for user in User.objects.filter(groups__name=STAFF)}
    if not Synonym.objects.exists():
        Synonym.objects.bulk_create(_synonyms(people[CURATOR]))
    if not Promotion.objects.exists():
        Promotion.objects.bulk_create(_promotions(keys, people, calendar))
    if not Judgement.objects.exists():
        Judgement.objects.bulk_create(_judgements(keys, people[CURATOR]))
    if not SavedSearch.objects.exists():
        _save(calendar)
    if settings.SEARCH_LOG_DAYS and not Asked.objects.exists():
        asked, clicks = Log(calendar, written("asked")).rows()
        Asked.objects.bulk_create(asked, batch_size=500)
        Click.objects.bulk_create(clicks, batch_size=500)
        frequent.learn(calendar.now)
        popular.learn(calendar.now)


def _keys() -> dict[str, str]:
    """The keys of entries by language and slug, and by number for orders."""
    found = {}
    for key, path, source in Entry.objects.values_list("key", "path", "source"):
        if path:
            locale, _, rest = path.strip("/").partition("/")
            found[f"{locale}/{rest.rpartition('/')[2]}"] = key
        elif source == SOURCE:
            found[f"{ORDER}{key.removeprefix(f'{SOURCE}-')}"] = key
    return found


def _synonyms(by: User) -> Iterator[Synonym]:
    for one in written("synonyms"):
        yield Synonym(
            words="\n".join(one["words"]),
            locale=one.get("locale", ""),
            direction=one.get("direction", Synonym.Direction.BOTH),
            note=one.get("note", ""),
            is_active=one.get("is_active", True),
            owner=by,
        )


def _promotions(
    keys: dict[str, str], people: dict[str, User], calendar: Calendar
) -> Iterator[Promotion]:
    today = timezone.localdate(calendar.now)
    for one in written("promotions"):
        yield Promotion(
            phrases="\n".join(one["phrases"]),
            entry_key=keys[one["shows"]],
            locale=one["locale"],
            owner=people[one["owner"]],
            on_behalf_of=one.get("on_behalf_of", ""),
            note=one["note"],
            starts_on=today + timedelta(days=one["from"]),
            ends_on=today + timedelta(days=one["to"]),
            order=one.get("order", 10),
        )


def _judgements(keys: dict[str, str], by: User) -> Iterator[Judgement]:
    for one in written("judged"):
        for grade in Judgement.Grade.values:
            for name in one.get(str(grade), ()):
                key = keys[name if name.startswith(ORDER) else f"{one['locale']}/{name}"]
                yield Judgement(
                    query=one["text"], locale=one["locale"], entry_key=key, grade=grade, by=by
                )


def _save(calendar: Calendar) -> None:
    searches = written("saved")
    emails = {one["by"] for one in searches}
    users = dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
    for one in searches:
        filters: dict[str, Any] = {name: tuple(one[name]) for name in FILTERS if name in one}
        saved.keep(
            users[one["by"]],
            one["query"],
            name=one["name"],
            filters=address.kept(Filters(**filters)),
            locale=one.get("locale", "fr"),
            at=calendar.ago(one["days_ago"]),
        )
