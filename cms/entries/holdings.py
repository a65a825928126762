"""Which files an entry holds for a reader."""

from datetime import datetime

from django.db import connection

from cms.access.reader import Reader
from cms.entries import detail, read


def held_by(key: str, reader: Reader) -> list[tuple[str, str, datetime]]:
    """The anchor, key and last moment of each file that an entry holds for this reader, now.

    Raises ``StaleReader``. One query.
    """
    rows = read.run(detail.held_by(key, reader, vendor=connection.vendor), reader)
    return [(anchor, file, read.as_moment(until)) for anchor, file, until in rows]
