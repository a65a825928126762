"""What is due is done once, by whichever worker comes first, and one failure stops nothing else."""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from wagtail.models import Page, PageLogEntry, Revision

from cms.entries.models import Entry
from pages.base import schedule
from pages.base.schedule import publish_due
from pages.models import ArticlePage, SectionPage
from tests.conftest import build_site
from tests.factories import article


def now():
    return datetime.now(UTC)


def scheduled(section, title, **changes):
    """A draft whose moment has come: scheduled ahead, then its dates moved back."""
    page = article(section, title, live=False, go_live_at=now() + timedelta(days=1))
    revision = page.save_revision()
    revision.publish()
    past = now() - timedelta(minutes=1)
    content = {**revision.content, "go_live_at": past.isoformat(), **changes}
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past, content=content)
    Page.objects.filter(pk=page.pk).update(go_live_at=past)
    return page


def expired(section, title):
    page = article(section, title)
    ArticlePage.objects.filter(pk=page.pk).update(expire_at=now() - timedelta(minutes=1))
    return page


def test_a_scheduled_page_goes_live_when_its_moment_has_come(section):
    due = scheduled(section, "Attendu")
    later = article(section, "Plus tard", live=False, go_live_at=now() + timedelta(days=1))
    later.save_revision().publish()

    done = publish_due(now())

    assert (done.published, done.expired, done.failed) == (1, 0, [])
    due.refresh_from_db()
    later.refresh_from_db()
    assert due.live
    assert not later.live
    assert Entry.objects.get(page_id=due.pk).opens_at <= now()
    assert PageLogEntry.objects.filter(page=due, action="wagtail.publish.scheduled").count() == 1


def test_an_expired_page_is_unpublished_and_its_entry_gone(section):
    page = expired(section, "Passé")

    done = publish_due(now())

    assert (done.published, done.expired) == (0, 1)
    page.refresh_from_db()
    assert not page.live
    assert page.expired
    assert not Entry.objects.filter(page_id=page.pk).exists()


def test_doing_it_again_does_nothing(section):
    scheduled(section, "Attendu")
    expired(section, "Passé")
    assert publish_due(now())
    assert not publish_due(now())


def test_one_that_fails_is_named_and_the_others_are_done(section, caplog):
    broken = scheduled(section, "Cassé", story='[{"type": "quote", "value": {}, "id": "q"}]')
    good = scheduled(section, "Entier")

    with caplog.at_level(logging.ERROR, logger="pages.base.schedule"):
        done = publish_due(now())

    assert done.published == 1
    assert len(done.failed) == 1
    assert "Cassé" in done.failed[0]
    assert "Cassé" in caplog.text
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.live, good.live) == (False, True)


def test_one_that_keeps_failing_is_not_named_at_every_turn(section, caplog):
    scheduled(section, "Cassé", story='[{"type": "quote", "value": {}, "id": "q"}]')
    told: dict[str, float] = {}
    with caplog.at_level(logging.ERROR, logger="pages.base.schedule"):
        publish_due(now(), told=told)
        publish_due(now(), told=told)
    assert caplog.text.count("not_done_on_time") == 1


def test_what_an_editor_was_quicker_with_is_left_alone(section):
    page = scheduled(section, "Attendu")
    wanted = Revision.objects.filter(approved_go_live_at__lte=now())
    (pk,) = schedule._keys(wanted)
    page.get_latest_revision().publish()
    assert not schedule._one(wanted, pk, lambda revision: pytest.fail(str(revision)))


def test_the_command_does_what_is_due_and_ends(section):
    page = scheduled(section, "Attendu")
    call_command("work", once=True)
    page.refresh_from_db()
    assert page.live


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_each_page_once():
    home = build_site()
    section = home.add_child(
        instance=SectionPage(title="Actualités", slug="actualites", locale=home.locale)
    )
    pages = [scheduled(section, f"Note {number}") for number in range(6)]
    start = threading.Barrier(2)
    done = []

    def work():
        start.wait()
        done.append(publish_due(now()))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(one.published for one in done) == len(pages)
    assert [one.failed for one in done] == [[], []]
    log = PageLogEntry.objects.filter(action="wagtail.publish.scheduled")
    assert sorted(log.values_list("page_id", flat=True)) == sorted(page.pk for page in pages)
