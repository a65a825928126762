"""A worker: ``python -m tests.media.rendering DATABASE MEDIA_ROOT``, until it is ended."""

import os
import sys

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
settings.MEDIA_ROOT = sys.argv[2]
settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]

from django.core.management import call_command  # noqa: E402

from media.renditions import keeping  # noqa: E402

sys.stdout.write(f"{keeping.ask_for_missing()}\n")
sys.stdout.flush()
call_command("work", interval=0.05)
