"""A sweep that is killed: ``python -m tests.media.sweeping DATABASE MEDIA_ROOT before|after``."""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
settings.MEDIA_ROOT = sys.argv[2]
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]

from media import sweeping  # noqa: E402
from media.storage import PrivateStorage  # noqa: E402

discard = PrivateStorage.discard


def deadly(self, name):
    """The process is killed just before, or just after, the bytes are gone."""
    if sys.argv[3] == "after":
        discard(self, name)
    os.kill(os.getpid(), signal.SIGKILL)


PrivateStorage.discard = deadly
list(sweeping.sweep(datetime.now(UTC) - timedelta(days=1)))
