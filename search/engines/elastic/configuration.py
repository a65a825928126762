"""A system check: whether a client can be made of the settings. It asks no server."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from search.contract import EngineFailed


def check(**_kwargs: Any) -> list[CheckMessage]:
    """An error that names the variable and the remedy, if Elasticsearch is used and cannot be."""
    if not settings.ELASTICSEARCH_URL:
        return []
    from search.engines.elastic import client  # a package that is only loaded where it is used

    try:
        client.for_asking()
    except EngineFailed as failure:
        return [Error(str(failure), hint=HINT, id="search.E001")]
    return []


HINT = (
    "Set ELASTICSEARCH_URL to an address such as http://127.0.0.1:9200 or "
    "https://search.example:9200, with ELASTICSEARCH_CA naming the file of the authority that "
    "signed the certificate of the second; or leave both empty, and the embedded engine searches."
)
