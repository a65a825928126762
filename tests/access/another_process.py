"""A second process that answers readers: reads «path token» lines, and writes each status."""

import os
import sys

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]

from django.test import Client  # noqa: E402

client = Client()
for line in sys.stdin:
    path, token = line.split()
    status = client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code
    sys.stdout.write(f"{status}\n")
    sys.stdout.flush()
