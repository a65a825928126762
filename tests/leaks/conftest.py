"""The clock of every request, and worlds that stay until a module is over."""

import pytest
from django.db import transaction

from cms.accounts import identity
from media.downloads import logging
from tests.conftest import forget_process


@pytest.fixture
def at(monkeypatch):
    """Set the clock of every request."""

    def moved(moment):
        monkeypatch.setattr(identity, "now", lambda: moment)

    return moved


@pytest.fixture(scope="module")
def lasting(django_db_setup, django_db_blocker):
    """Build something once for a module, and take it away behind it."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget_process()
        yield lambda build: build()
        transaction.set_rollback(True)
        logging.forget()
        forget_process()
