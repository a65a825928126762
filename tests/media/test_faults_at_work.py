"""Faults while something is under way: a killed worker, two editors at once, a lost database."""

import os
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.test import Client

from cms.accounts.models import User
from cms.entries.models import Entry
from media.downloads import logging
from media.downloads.models import Download
from media.kits.models import KitItem, KitVersion
from media.models import Derived
from pages.models import PressKitPage, PressRoomPage
from pages.press.accreditation.models import PressTerms  # noqa: F401 - its table is flushed too
from tests.conftest import build_site
from tests.factories import document
from tests.media.takers import KEY, publish_kit
from tests.media.test_renditions_kept import (
    all_whole,
    arrived,
    noisy,
    until,
    worker,  # noqa: F401 - a fixture
)
from tests.pages.press.conftest import item
from tests.pages.press.conftest import photo as cleared
from tests.pages.press.test_publishing import kit_form, photo_in_form

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LARGE = 6_000_000


@pytest.fixture
def room():
    Group.objects.get_or_create(name="Presse accréditée")
    home = build_site()
    return home.add_child(
        instance=PressRoomPage(title="Espace presse", slug="presse", locale=home.locale)
    )


def kit_of(room, *images):
    return room.add_child(
        instance=PressKitPage(
            title="L’Horlogère", slug="l-horlogere", film_title="L’Horlogère", locale=room.locale,
            items=[item("photo", image) for image in images],
        )
    )  # fmt: skip


@pytest.mark.skipif(connection.vendor != "sqlite", reason="shares a database file")
def test_a_kit_whose_worker_was_killed_says_so_until_the_next_one_made_the_rest(
    worker,  # noqa: F811
    room,
    client,
    settings,
):
    images = [arrived(noisy(4000 + 8 * number, 3000)) for number in range(2)]
    for image in images:
        type(image).objects.filter(pk=image.pk).update(
            is_confirmed=True, description="Une photo", credit="Cabestan"
        )
        image.refresh_from_db()
    page = kit_of(room, *images)
    address = f"/api/v1/kits/{page.entry_key}"
    first = worker()
    first.stdout.readline()
    until(Derived.objects.exists)
    first.kill()
    assert first.wait() == -9

    told = client.get(address).json()
    archive = client.get(f"{address}/v1.zip")
    shown = client.get(page.get_url(), headers={"Accept-Language": "en"}).content.decode()

    assert told["is_ready"] is False
    assert next(one for one in told["downloads"] if one["what"] == "all")["href"] is None
    assert archive.status_code == 503
    assert int(archive["Retry-After"]) > 0
    assert "eing prepared" in shown or "n préparation" in shown
    all_whole()
    worker()
    until(lambda: client.get(address).json()["is_ready"])
    assert client.get(f"{address}/v1.zip").status_code == 200
    all_whole()


def editors(count):
    found = []
    for number in range(count):
        client = Client(raise_request_exception=False)
        client.force_login(
            User.objects.create_superuser(f"redaction-{number}@cabestan.example", "phrase")
        )
        found.append(client)
    return found


def at_once(*calls):
    """Each in a thread and a connection of its own. What they gave, in their order."""
    gate, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            gate.wait(20)
            found[number] = call()
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    return found


def test_two_editors_who_publish_the_same_kit_at_once_number_its_versions_one_by_one(room):
    first, second, third = (
        cleared(f"Photo {n}", colour=c) for n, c in enumerate(("red", "blue", "green"))
    )
    page = kit_of(room, first)
    clients = editors(2)

    def publish(client, *images):
        data = kit_form(*(("photo", photo_in_form(one)) for one in images))
        address = f"/editor/pages/{page.pk}/edit/"
        return client.post(address, {**data, "action-publish": "action-publish"}).status_code

    for _ in range(4):
        found = at_once(
            lambda: publish(clients[0], first, second),
            lambda: publish(clients[1], second, third),
        )
        assert set(found) <= {200, 302}, found  # 302: published; 200: the form, with a message

    numbers = list(
        KitVersion.objects.filter(key=page.entry_key)
        .order_by("number")
        .values_list("number", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 1
    last = KitItem.objects.filter(version__key=page.entry_key, version__number=numbers[-1])
    stored = Entry.objects.get(key=page.entry_key)
    held = stored.holdings.exclude(anchor="").order_by("position").values_list("file", flat=True)
    assert list(last.order_by("position").values_list("file", flat=True)) == list(held)


# The database is lost in the middle of a download.


@contextmanager
def no_database():
    """Nobody can connect any more, and nobody is connected any more."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        connections.close_all()
        hidden = {
            one: one.with_name(f"{one.name}.hidden") for one in path.parent.glob(f"{path.name}*")
        }
        for one, other in hidden.items():
            one.rename(other)
        path.mkdir()
        try:
            yield
        finally:
            connections.close_all()
            path.rmdir()
            for one, other in hidden.items():
                other.rename(one)
        return
    import psycopg

    name = connection.settings_dict["NAME"]
    told = {key: connection.settings_dict[key.upper()] for key in ("user", "password", "host")}
    connections.close_all()
    port = connection.settings_dict["PORT"] or 5432
    with psycopg.connect(dbname="postgres", port=port, autocommit=True, **told) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connections.close_all()
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_a_download_goes_on_without_the_database_and_is_noted_when_it_is_back(room, caplog):
    content = b"%PDF-1.4 " + os.urandom(LARGE)
    file = document("Dossier", content=content)
    publish_kit(file)
    address = f"/api/v1/kits/{KEY}/v1.zip"
    whole = b"".join(Client().get(address).streaming_content)
    Download.objects.all().delete()
    answer = Client().get(address)
    chunks = iter(answer.streaming_content)
    got = [next(chunks)]

    with no_database():
        got += chunks
        during = Client(raise_request_exception=False).get(address)

    assert b"".join(got) == whole
    assert during.status_code == 503
    assert "download_not_noted" in caplog.text
    assert not Download.objects.exists()
    assert b"".join(Client().get(f"/files/{file.file_key}").streaming_content) == content
    logging.flush()
    assert Download.objects.filter(kit=KEY, completed_at__isnull=False).exists()
