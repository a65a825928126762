"""Production starts only with safe values, and says which one is missing."""

import json
import os
import subprocess
import sys

import pytest

GOOD = {
    "SECRET_KEY": "fil-rouge-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "portail.cabestan.example",
    "BASE_URL": "https://portail.cabestan.example",
    "DATABASE_URL": "postgres://fil:rouge@127.0.0.1:1/fil_rouge",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}
NAMES = [
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_DOMAIN",
    "SESSION_COOKIE_PATH",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SAMESITE",
    "CSRF_COOKIE_NAME",
    "LANGUAGE_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "DEBUG",
    "DEMO",
]
PRINT = f"""
import json, django
from django.conf import settings
django.setup()
print(json.dumps({{name: getattr(settings, name) for name in {NAMES}}}))
"""


def run(*arguments, **changed):
    """A process of its own with production's settings; a value of None is not set at all."""
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        **GOOD,
        **changed,
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env={name: value for name, value in env.items() if value is not None},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_cookies_of_production_are_for_this_host_over_https_only():
    made = run("-c", PRINT)

    values = json.loads(made.stdout)
    assert values == {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "DEBUG": False,
        "DEMO": False,
    }


@pytest.mark.slow
def test_djangos_own_check_of_a_deployment_finds_nothing():
    made = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert made.returncode == 0, made.stderr
    assert "no issues" in made.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "django-insecure-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2),
        ("SECRET_KEY", "abcd" * 20),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "portail.cabestan.example,*"),
        ("BASE_URL", None),
        ("BASE_URL", "http://portail.cabestan.example"),
        ("DATABASE_URL", None),
        ("DEBUG", "1"),
        ("EMAIL_URL", None),
        ("EMAIL_URL", ""),
    ],
)
def test_production_refuses_to_start_and_names_the_value(name, value):
    made = run("manage.py", "check", **{name: value})

    assert made.returncode != 0
    assert f"ImproperlyConfigured: {name}" in made.stderr


@pytest.mark.slow
def test_a_database_in_a_file_is_used_in_production_on_purpose_only(tmp_path):
    url = f"sqlite:///{tmp_path}/fil-rouge.sqlite3"

    refused = run("manage.py", "check", DATABASE_URL=url)
    wanted = run("manage.py", "check", DATABASE_URL=url, ALLOW_SQLITE="1")

    assert refused.returncode != 0
    assert "ImproperlyConfigured: DATABASE_URL" in refused.stderr
    assert wanted.returncode == 0, wanted.stderr


POLICY = """
import json, django
from django.conf import settings
django.setup()
print(json.dumps(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "there"),
    [
        ({}, []),
        ({"S3_BUCKET": "files", "FILES_REDIRECT": "no"}, []),
        (
            {"S3_BUCKET": "files", "S3_ENDPOINT": "https://s3.cabestan.example/x"},
            ["https://s3.cabestan.example"],
        ),
        (
            {"S3_BUCKET": "files", "S3_REGION": "eu-west-3"},
            ["https://files.s3.amazonaws.com", "https://files.s3.eu-west-3.amazonaws.com"],
        ),
    ],
)
def test_pages_show_pictures_and_films_from_where_readers_are_sent(changed, there):
    policy = json.loads(run("-c", POLICY, **changed).stdout)

    assert policy["img-src"] == ["'self'", "data:", *there]
    assert policy["media-src"] == ["'self'", *there]
    assert policy["default-src"] == ["'self'"]
