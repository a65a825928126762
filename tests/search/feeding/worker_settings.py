"""For processes that a test starts: its database, and its Elasticsearch."""

import os

from cms.settings.test import *  # noqa: F403
from cms.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
ELASTICSEARCH_URL = os.environ["TEST_ELASTICSEARCH_URL"]
ELASTICSEARCH_PREFIX = os.environ["TEST_ELASTICSEARCH_PREFIX"]
