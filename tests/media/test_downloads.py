"""Who took what: resumed downloads are one, files inside archives are counted one by one."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from django.db import OperationalError, connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.accounts import identity
from cms.accounts.models import Organisation
from media.downloads import logging, writing
from media.downloads.models import Download, Taken
from media.downloads.visitors import visitor_of
from media.kits import archive, choosing
from media.kits.choosing import Choice
from media.streaming import Sent
from tests.factories import document, picture
from tests.media.takers import (
    KEY,
    layout_for,
    publish_kit,
    reader_of,
    rendered,
    sent,
    take,
)


@pytest.fixture
def outlet(db):
    return Organisation.objects.create(name="Le Courrier du Port", kind="outlet")


@pytest.fixture
def journalist(make_user, press, outlet):
    return make_user("nadia@courrier.example", groups=[press], organisation=outlet)


@pytest.fixture
def kit(press):
    files = [
        rendered(picture("Atelier", colour="teal", credit="Ana Ruiz / Cabestan")),
        rendered(picture("Quai", colour="navy")),
        document("Dossier", content=b"%PDF-1.4 " + b"x" * 5000),
    ]
    publish_kit(*files, groups=[press])
    return files


def later(**of):
    """Everything in the log becomes older."""
    for one in Download.objects.all():
        Download.objects.filter(pk=one.pk).update(
            started_at=one.started_at - timedelta(**of), last_at=one.last_at - timedelta(**of)
        )


def test_a_whole_kit_is_one_download_of_a_person_of_an_outlet(journalist, outlet, kit):
    layout = take(journalist)

    download = Download.objects.get()
    assert (download.person, download.organisation) == (journalist, outlet)
    assert (download.outlet, download.title) == ("Le Courrier du Port", "L’Horlogère")
    assert (download.kit, download.version, download.choice) == (KEY, 1, "all")
    assert download.completed_at is not None
    assert download.received == layout.length
    rows = list(download.taken.all())
    assert [row.file for row in rows] == [one.file_key for one in kit]
    assert [row.sha256 for row in rows] == [one.sha256 for one in layout.members[:3]]
    assert rows[0].source_sha256 == kit[0].sha256 != rows[0].sha256
    assert rows[0].state.said["credit"] == "Ana Ruiz / Cabestan"


def test_papers_and_the_directory_do_not_make_a_download_whole(journalist, kit):
    layout = take(journalist, layout_files_end(journalist))
    assert Taken.objects.count() == 0

    take(journalist, 0, layout_files_end(journalist))

    assert Download.objects.get().completed_at is not None
    assert Download.objects.get().received == layout.length


def layout_files_end(user):
    layout = layout_for(user)[3]
    return layout.starts[5] + layout.members[2].size


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.integers(1, 10_000), max_size=12), st.randoms())
def test_any_ranges_in_any_order_are_one_whole_download(journalist, kit, places, chance):
    Download.objects.all().delete()
    reader, found, choice, layout = layout_for(journalist)
    cuts = sorted({0, layout.length, *(place % layout.length for place in places)})
    pieces = list(pairwise(cuts))
    pieces += chance.sample(pieces, len(pieces) // 2)
    chance.shuffle(pieces)
    for start, stop in pieces:
        logging.note_zip(reader, found, choice, layout)(layout, sent(layout, start, stop))

    download = Download.objects.get()
    assert download.completed_at is not None
    assert download.received == layout.length
    assert all(row.received == row.size for row in download.taken.all())
    assert all(row.completed_at for row in download.taken.all())


def test_an_aborted_download_is_shown_as_parts(journalist, kit):
    layout = layout_for(journalist)[3]
    take(journalist, 0, layout.starts[3] + 10)

    download = Download.objects.get()
    whole, part = download.taken.all()
    assert download.completed_at is None
    assert whole.completed_at is not None
    assert (part.completed_at, part.received) == (None, 10)


def test_what_is_resumed_days_later_is_the_same_download(journalist, kit):
    layout = take(journalist, 0, 5000)
    later(days=3)
    take(journalist, 4000, layout.length)

    assert Download.objects.get().completed_at is not None


def test_the_same_range_twice_is_one_download_and_the_next_day_is_another(journalist, kit):
    take(journalist)
    take(journalist)
    assert Download.objects.count() == 1

    later(days=1)
    take(journalist)

    assert Download.objects.count() == 2
    assert Taken.objects.filter(completed_at__isnull=False).count() == 6


def test_another_person_and_another_choice_are_other_downloads(journalist, kit, make_user, press):
    take(journalist)
    take(make_user("leo@radio.example", groups=[press]))
    take(journalist, choice=Choice(size="web"))
    take(journalist, choice=Choice(anchors=(f"a-{kit[1].file_key}",)))

    rows = Download.objects.order_by("pk").values_list("choice", "size", "files")
    assert list(rows) == [("all", "hd", 3), ("all", "hd", 3), ("all", "web", 3), ("items", "hd", 1)]


def test_nothing_left_is_no_download(journalist, kit):
    reader, found, choice, layout = layout_for(journalist)
    logging.note_zip(reader, found, choice, layout)(layout, Sent(0, 0, layout.length))

    assert not Download.objects.exists()


def test_strangers_are_counted_without_an_address(kit, rf):
    publish_kit(*kit)
    at = identity.now()
    first, again, other = (
        rf.get("/", REMOTE_ADDR=address, headers={"User-Agent": "curl/8"})
        for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8")
    )
    for request in (first, again, other):
        reader, found, choice, layout = layout_for(None)
        visitor = visitor_of(request, at)
        note = logging.note_zip(reader, found, choice, layout, visitor=visitor)
        note(layout, sent(layout))

    assert Download.objects.count() == 2
    assert set(Download.objects.values_list("person", "outlet")) == {(None, "")}
    assert not any("203.0.113" in str(vars(one)) for one in Download.objects.all())
    assert visitor_of(first, at) != visitor_of(first, at + timedelta(days=1))


def test_an_administrator_who_looks_through_somebodys_eyes_is_not_them(journalist, kit):
    reader, found, choice, layout = layout_for(journalist)
    seen = replace(reader, grants=replace(reader.grants, seen_by="Ada"))
    logging.note_zip(seen, found, choice, layout)(layout, sent(layout))

    assert not Download.objects.exists()


def test_a_single_file_is_noted_with_what_was_delivered_and_what_it_was_made_of(
    journalist, kit, rf
):
    blob = choosing.blob_of(layout_for(journalist)[1].items[0], "hd")
    request = rf.get(f"/files/{kit[0].file_key}/press")
    note = logging.note_served(
        request, reader_of(journalist), kit[0], blob, size="press", name=kit[0].filename
    )
    note(Sent(0, blob.size, blob.size))

    row = Taken.objects.select_related("download", "state").get()
    assert (row.sha256, row.source_sha256) == (blob.sha256, kit[0].sha256)
    assert (row.download.choice, row.download.size) == ("file", "press")
    assert row.state.said["credit"] == "Ana Ruiz / Cabestan"


def test_the_range_comes_through_the_answer_that_sends_it(journalist, kit, rf):
    reader, found, choice, layout = layout_for(journalist)
    half = layout.length // 2
    for asked in (f"bytes={half}-", f"bytes=0-{half - 1}"):
        note = logging.note_zip(reader, found, choice, layout)
        request = rf.get("/", headers={"Range": asked})
        response = archive.respond(request, layout, name="kit", ended=note)
        assert response.status_code == 206

    download = Download.objects.get()
    assert download.received == layout.length
    assert download.completed_at is not None


def test_the_latest_version_taken_is_known(journalist, kit, press):
    reader = reader_of(journalist)
    assert logging.version_taken(reader, KEY) is None
    take(journalist)
    publish_kit(*kit[:2], groups=[press])
    assert logging.version_taken(reader, KEY)[0] == 1
    take(journalist, choice=Choice(anchors=(f"a-{kit[0].file_key}",)))
    assert logging.version_taken(reader, KEY)[0] == 1

    take(journalist, 0, 100)

    assert logging.version_taken(reader, KEY)[0] == 2
    assert logging.version_taken(reader_of(), KEY) is None


def test_a_log_that_fails_breaks_nothing_and_is_written_later(
    journalist, kit, django_db_blocker, caplog
):
    reader, found, choice, layout = layout_for(journalist)
    note = logging.note_zip(reader, found, choice, layout)

    with connection.execute_wrapper(no_writing):
        note(layout, sent(layout, 0, 1000))
    assert "download_not_noted" in caplog.text
    note(layout, sent(layout, 1000))

    assert Download.objects.get().completed_at is not None
    logging.forget()


def no_writing(execute, sql, params, many, context):
    if sql.startswith(("INSERT", "UPDATE")):
        raise OperationalError("disk I/O error")
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_ranges_that_end_at_once_on_many_connections_are_one_download(journalist, kit):
    reader, found, choice, layout = layout_for(journalist)
    cuts = [layout.length * place // 8 for place in range(9)]
    pieces = list(pairwise(cuts))
    random.Random(5).shuffle(pieces)
    together = Barrier(len(pieces))

    def end(start, stop):
        note = logging.note_zip(reader, found, choice, layout)
        together.wait(20)
        note(layout, sent(layout, start, stop))
        connections.close_all()

    threads = [Thread(target=end, args=piece) for piece in pieces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    logging.flush()

    download = Download.objects.get()
    assert download.received == layout.length
    assert download.completed_at is not None


def test_a_person_who_went_meanwhile_is_nobody(journalist, kit):
    reader, found, choice, layout = layout_for(journalist)
    note = logging.note_zip(reader, found, choice, layout)
    journalist.delete()
    note(layout, sent(layout))

    assert Download.objects.get().person is None
    assert writing.TRIES > 1
