"""Two processes' worth of readers and editors on one database."""

import threading
import time

import pytest
from django.db import connections
from django.test import Client

from cms.entries.models import Entry
from pages.models import SectionPage
from tests.conftest import build_site, forget_process
from tests.factories import article

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SECONDS = 5


def test_readers_and_publishing_editors_do_not_lock_each_other_out():
    home = build_site()
    section = home.add_child(
        instance=SectionPage(title="Actualités", slug="actualites", locale=home.locale)
    )
    pages = [article(section, f"Note {number}") for number in range(20)]
    forget_process()
    stop = time.monotonic() + SECONDS
    statuses, failures, published = [], [], []

    def read():
        client = Client()
        while time.monotonic() < stop:
            statuses.append(client.get("/api/v1/entries?limit=20").status_code)
            statuses.append(client.get(f"/api/v1/entries/{pages[0].entry_key}").status_code)
        connections.close_all()

    def edit(page):
        try:
            while time.monotonic() < stop:
                page.title = f"Note {len(published)}"
                page.save_revision().publish()
                page.refresh_from_db()
                published.append(page.title)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the test's finding
            failures.append(error)
        connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(16)]
    threads += [threading.Thread(target=edit, args=[page]) for page in pages[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert set(statuses) == {200}
    assert len(published) > 2
    assert Entry.objects.filter(title=published[-1]).exists()
