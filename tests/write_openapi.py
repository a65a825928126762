"""Write the committed document of the API anew: `make openapi`."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
django.setup()

from tests.test_openapi import SNAPSHOT, document_of_the_api  # noqa: E402

SNAPSHOT.write_text(json.dumps(document_of_the_api(), indent=1, ensure_ascii=False) + "\n")
