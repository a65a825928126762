"""What makes an entry worth more than its words say: its language, its age, how many open it.

Together they multiply a score by at most 1.85, so that they decide among what is about as good, and
hide nothing that is much better. Both engines and whoever explains a result go by these numbers.
"""

from datetime import UTC, datetime, timedelta

LANGUAGE = 0.5
"""Of a text in the reader's language, where no language is chosen."""
RECENCY = 0.2
"""Of the newest news: in full for some days, then less each day until it has faded."""
NEWS = ("article", "brief", "rumour")
"""Types whose age counts. What else is published stays as good as it was."""
FRESH = timedelta(days=7)
FADING = timedelta(days=120)
POPULARITY = 0.15
"""Of what most people open from their searches; less so by levels of what others do."""
LEVELS = 4


def of_age(type_slug: str, published_at: datetime, at: datetime) -> float:
    """What the age of an entry adds to 1."""
    if type_slug not in NEWS:
        return 0.0
    faded = (today(at) - published_at - FRESH) / FADING
    return RECENCY * min(max(1 - faded, 0.0), 1.0)


def of_level(level: int) -> float:
    """What a level of popularity adds, from 1 to ``LEVELS``."""
    return POPULARITY * level / LEVELS


def today(at: datetime) -> datetime:
    """The moment by which age is told: pages asked for one after another are ranked the same."""
    return datetime.combine(at.astimezone(UTC).date(), datetime.min.time(), UTC)
