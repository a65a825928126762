"""The demo: everything embedded, on this machine only, with known passwords."""

from django.core.management.utils import get_random_secret_key

from cms.settings.base import *

DEMO = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

VAR_DIR.mkdir(parents=True, exist_ok=True)
_key = VAR_DIR / "demo-secret-key"
if not _key.exists():
    _key.write_text(get_random_secret_key())
SECRET_KEY = SECRET_KEY or _key.read_text()
INSTALLED_APPS = [*INSTALLED_APPS, "cms.demo"]
