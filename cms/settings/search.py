"""Settings of search: the log of what is asked, and Elasticsearch beside the embedded engine."""

from environs import Env

env = Env()

# What editors search in the admin; readers ask search.service.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}

SEARCH_LOG_DAYS = env.int("SEARCH_LOG_DAYS", 90)  # how long what was asked is kept; 0: not at all
SEARCH_LOG_K = env.int("SEARCH_LOG_K", 3)  # editors see a query once so many people asked it

ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", "")  # name and password may stand in it
ELASTICSEARCH_API_KEY = env.str("ELASTICSEARCH_API_KEY", "")
ELASTICSEARCH_CA = env.str("ELASTICSEARCH_CA", "")  # a file; the system's authorities otherwise
# Installations that share a server need names of their own.
ELASTICSEARCH_PREFIX = env.str("ELASTICSEARCH_PREFIX", "fil-rouge")
ELASTICSEARCH_REPLICAS = env.int("ELASTICSEARCH_REPLICAS", 0)
