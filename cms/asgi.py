"""The download process: whole kits and films, to hundreds of slow clients at once.

It answers every address, but each request costs more than under WSGI: send it what is large.
"""

import os

from django import setup
from django.core.handlers.asgi import ASGIHandler
from django.db import connections

from media.chunks import CHUNK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")


class Downloads(ASGIHandler):
    """Django's handler, which passes on chunks as they were read and does not cut them up."""

    chunk_size = CHUNK


setup(set_prefix=False)
for alias in connections:
    # Each request has a thread of its own here: what it leaves open, nobody else would use.
    connections.settings[alias]["CONN_MAX_AGE"] = 0
application = Downloads()
