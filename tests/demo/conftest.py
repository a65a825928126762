"""Groupe Cabestan, loaded once for all tests of this folder; each test's own changes are undone."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from wagtail.admin.models import Admin
from wagtail.models import Collection, Locale, Page

from cms.accounts import identity
from cms.demo import accounts
from cms.demo.load import load
from tests.conftest import forget_process


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """In whatever order tests run, those of the demo follow each other, or it is loaded again."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


@pytest.fixture(scope="package")
def cabestan(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        _make_roots()
        loaded = load(quiet=True)
        yield loaded
        transaction.set_rollback(True)
    forget_process()


@pytest.fixture
def demo(cabestan, db):
    return cabestan


@pytest.fixture
def signed_in(demo):
    """The accounts as the command prints them, with their tokens."""
    accounts.file().unlink(missing_ok=True)
    yield accounts.remember("http://127.0.0.1:8000")["accounts"]
    accounts.file().unlink(missing_ok=True)


@pytest.fixture
def get(signed_in):
    """Ask as a persona, or as nobody."""

    def asked(path, persona=None, **parameters):
        headers = {}
        if persona:
            headers["Authorization"] = f"Bearer {signed_in[persona]['token']}"
        return Client().get(path, parameters, headers=headers)

    return asked


@pytest.fixture
def at(monkeypatch):
    """Set the clock of every request."""

    def moved(moment):
        monkeypatch.setattr(identity, "now", lambda: moment)

    return moved


def _make_roots():
    """What Wagtail's migrations make, and a test with real transactions takes away."""
    fr, _ = Locale.objects.get_or_create(language_code="fr")
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(instance=Page(title="Root", slug="root", locale=fr))
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")
    Permission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(Admin), codename="access_admin"
    )
