"""Production: refuses to start while a value is missing or unsafe, and names it."""

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import *

if env.bool("DEBUG", False):
    raise ImproperlyConfigured("DEBUG must not be set in production: remove it.")
if (
    len(SECRET_KEY) < 50
    or len(set(SECRET_KEY)) < 5
    # What Django writes into new projects, and so into repositories (security.W009).
    or SECRET_KEY.startswith("django-insecure-")
):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing, short or easily guessed: set it to at least 50 random characters, "
        "such as those of: python -c 'import secrets; print(secrets.token_urlsafe(50))'."
    )
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is missing or holds '*': list the portal's host names, comma-separated."
    )
if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must be the portal's https:// address.")
if DATABASES["default"]["ENGINE"].endswith("sqlite3") and not env.bool("ALLOW_SQLITE", False):
    raise ImproperlyConfigured(
        "DATABASE_URL is missing: name a PostgreSQL database, or set ALLOW_SQLITE=1 on purpose."
    )
if not env.str("EMAIL_URL", ""):
    raise ImproperlyConfigured(
        "EMAIL_URL is missing, and codes to sign in go by mail: name the server that sends it, "
        "such as smtp://user:password@host:587/?tls=True, or dummy:// to send none on purpose."
    )

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
