"""The product with one address more: a kit to download."""

from environs import Env

from cms.settings.demo import *  # noqa: F403

ROOT_URLCONF = "bench.zip_kit"
DOWNLOADS_AT_ONCE = Env().int("DOWNLOADS_AT_ONCE", 100)
