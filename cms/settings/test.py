"""Tests: the embedded default, or the PostgreSQL that DATABASE_URL names."""

import tempfile
from pathlib import Path

from cms.settings.base import *

SECRET_KEY = "only-for-tests-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "cms.demo"]
VAR_DIR = Path(tempfile.mkdtemp(prefix="fil-rouge-tests-"))
MEDIA_ROOT = VAR_DIR / "media"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
API_RATE = 0
ELASTICSEARCH_URL = ""  # tests that use it name it themselves
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: readers in other threads and processes are part of what is tested.
    DATABASES["default"]["NAME"] = str(VAR_DIR / "unused.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}
