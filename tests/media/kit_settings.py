"""Settings of a server that sends one kit: the blobs of the folder ``KIT_FILES``."""

import os
from pathlib import Path

from cms.settings.test import *  # noqa: F403

ROOT_URLCONF = "tests.media.kit_server"
MEDIA_ROOT = Path(os.environ["KIT_FILES"])
DOWNLOADS_AT_ONCE = int(os.environ["DOWNLOADS_AT_ONCE"])
