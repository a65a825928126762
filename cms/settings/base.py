"""What every environment shares. This package is the only reader of the environment."""

from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers
from environs import Env

from cms.settings.media import *
from cms.settings.press import *
from cms.settings.search import *

env = Env()

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000")
DEMO = False

INSTALLED_APPS = [
    "cms.access",
    "cms.accounts",
    "cms.entries",
    "media",
    "search",
    "pages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "corsheaders",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "wagtail.contrib.table_block",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "cms.accounts.apps.PeopleConfig",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.snippets",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "cms.middleware.ApiFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.accounts.viewing.ReadOnly",
    "cms.accounts.middleware.AccountPages",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "search.admin_backend.cleaning.CleanSearches",
    "media.uploads.arrived.ArrivedFiles",
    "cms.middleware.RefusedDownloads",
    "cms.middleware.EditorTransactions",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.entries.context.frame",
            ],
        },
    }
]

# One database address for everything; the embedded default needs no server.
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'fil-rouge.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA mmap_size=268435456; PRAGMA cache_size=-32000;"
        ),
    }
else:
    # Every statement here is short: compiling it, or sharing it out, takes longer than running it.
    DATABASES["default"]["OPTIONS"] = {
        "application_name": "fil-rouge",
        # A long list of words not sorted in yet makes the planner read all passages instead (kB).
        "options": "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1 "
        "-c gin_pending_list_limit=256",
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = None

# Throttles must hold across processes, so the cache they count in is shared: a table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cms_cache",
        # With few entries a flood of addresses would push the counters out that should stop it.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English"), ("zh", "中文")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("en", "English")]
# Languages whose interface is translated; pages in others speak the first of these around them.
INTERFACE_LANGUAGES = ["fr", "en"]
LOCALE_PATHS = [BASE_DIR / "locale"]
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "Europe/Paris")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/files-are-served-by-key-only/"
STORAGES = {
    "default": {"BACKEND": FILES_STORAGE},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Accounts: one sign-in for portal and admin.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["cms.accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cms.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are created by the company, never by strangers
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True  # shared computers have a choice of their own on the form
ACCOUNT_USER_DISPLAY = "cms.accounts.models.display_name"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# allauth's own generator would note addresses in a table that goes on opening doors when the
# company gives a person another one.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,5/10m/key",
    "login_code_guess": "20/m/ip,10/30m/key",
    "reset_password": "20/m/ip,5/10m/key",
}
ACCOUNT_FORMS = {
    "login": "cms.accounts.forms.SignInForm",
    "confirm_login_code": "cms.accounts.forms.CodeForm",
    "reset_password": "cms.accounts.forms.ResetForm",
}
MFA_ADAPTER = "cms.accounts.adapter.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the company gave the address
MFA_TOTP_TOLERANCE = 1  # telephones are not always on time
MFA_FORMS = {
    "add_webauthn": "cms.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "cms.accounts.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cms.entries.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
MESSAGES_COOKIE = "messages"  # as that storage names it
X_FRAME_OPTIONS = "SAMEORIGIN"  # the admin shows the preview in a frame of its own origin
SECURE_REFERRER_POLICY = "same-origin"

# Players that the embed block may frame; the policy below and the block read the same list.
EMBED_HOSTS = ["www.youtube-nocookie.com", "player.vimeo.com", "geo.dailymotion.com"]
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    # Wagtail's editor brings scripts and styles of its own: cms.middleware widens the policy
    # for it alone.
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", *FILES_ORIGINS],
        "media-src": ["'self'", *FILES_ORIGINS],
        "frame-src": ["'self'", *(f"https://{host}" for host in EMBED_HOSTS)],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "dummy://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "portail@cabestan.example")

WAGTAIL_SITE_NAME = env.str("SITE_NAME", "Cabestan")
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = True
WAGTAILUSERS_PASSWORD_REQUIRED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# A shared password says nothing about who reads, so it would open a page to nobody.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_AUTOSAVE_INTERVAL = 2000
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "cite", "ol", "ul", "link", "document-link"]},
    }
}
TAGGIT_CASE_INSENSITIVE = True

# The reader API.
API_RATE = env.int("API_RATE", 600)
CORS_ALLOWED_ORIGINS: list[str] = env.list("API_CORS_ORIGINS", [])
CORS_URLS_REGEX = r"^/(api|files)/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
CORS_ALLOW_HEADERS = [*default_headers, "if-match", "if-none-match", "if-range", "range"]
CORS_EXPOSE_HEADERS = [
    "Accept-Ranges", "Content-Disposition", "Content-Range", "ETag", "RateLimit-Limit",
    "RateLimit-Remaining", "RateLimit-Reset", "Retry-After",
]  # fmt: skip
# Behind a proxy: the header in which it writes the client's address, such as HTTP_X_REAL_IP.
CLIENT_ADDRESS = env.str("CLIENT_ADDRESS", "REMOTE_ADDR")
API_PUBLIC_MAX_AGE = env.int("API_PUBLIC_MAX_AGE", 60)
API_ANSWER_CACHE = env.int("API_ANSWER_CACHE", 2000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    # A reader who asks for what does not exist is no news.
    "loggers": {"django.request": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # X_FRAME_OPTIONS is not DENY, for the preview
