"""Settings of a server that takes uploads: the test's own database, and its folder."""

import os
from pathlib import Path

from cms.settings.test import *  # noqa: F403

VAR_DIR = Path(os.environ["UPLOADS_FOLDER"])
MEDIA_ROOT = VAR_DIR / "media"
DATABASES["default"]["NAME"] = os.environ["UPLOADS_DATABASE"]  # noqa: F405
