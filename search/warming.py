"""What the first search of a process would wait for, read before anybody asks.

Words for corrections and the sizes of what each gate holds: some 500 ms at 100,000 entries. Where
Elasticsearch answers, its client, which takes half a second to import.
"""

import logging
from datetime import UTC, datetime
from threading import Thread

from django.db import DatabaseError, connection

from search import correction, service
from search.engines.embedded import engine

logger = logging.getLogger(__name__)


def begin() -> Thread:
    """Read it beside whatever the process does. Without a database there is nothing to read."""
    thread = Thread(target=_warm, name="warm-search", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    try:
        service.engines()  # whoever names them has imported what they need
        correction.read_words()
        engine.count(datetime.now(UTC))
    except DatabaseError as error:
        logger.info("search_not_warmed reason=%s", type(error).__name__)
    finally:
        connection.close()
