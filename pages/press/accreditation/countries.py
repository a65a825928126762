"""Countries to choose from (ISO 3166-1 alpha-2), named and sorted in the active language."""

import unicodedata
from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language, to_locale

from cms.access.rule import is_territory

# In CLDR's list beside the countries: groups of them, outlying parts, codes for tests.
NO_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)


def choices() -> list[tuple[str, str]]:
    """Code and name of every country."""
    return _choices(to_locale(get_language() or "en").partition("_")[0].partition("@")[0])


@lru_cache(maxsize=8)
def _choices(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    countries = [
        (code, str(name))
        for code, name in names.items()
        if is_territory(code) and code not in NO_COUNTRIES
    ]
    return sorted(countries, key=lambda one: _plain(one[1]))


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name)
    return "".join(one for one in folded if not unicodedata.combining(one)).casefold()
