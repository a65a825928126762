"""What may not leave is not published, by whatever way: list, schedule, code, command."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, PageLogEntry, Revision

from cms.entries.models import Entry, Holding
from cms.entries.projection import ProjectionFailed
from media.kits.models import KitVersion
from media.models import Image
from pages.base import schedule
from pages.models import PressKitPage
from tests.pages.press.conftest import item, kit, photo, release

pytestmark = pytest.mark.django_db

LACKING = {
    "alt": ({"description": ""}, {"description": "Un quai"}, "does not say what it shows"),
    "rights": ({"is_confirmed": False}, {"is_confirmed": True}, "rights are not confirmed"),
    "use": ({"uses": "internal"}, {"uses": ""}, "not cleared for"),
}


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"
    from django.utils import translation

    with translation.override("en"):
        yield


def now():
    return datetime.now(UTC)


def draft(room, title="L’Horlogère", **fields):
    """A kit that was never published: its second photo lacks something."""
    images = [photo(f"{title}, net"), photo(f"{title}, grain", **fields)]
    page = kit(room, title, live=False, items=[item("photo", one) for one in images])
    page.save_revision()
    return page


def mend(page, **fields):
    image = page.items[1].value["image"]
    for name, value in fields.items():
        setattr(image, name, value)
    image.save()


def is_read(page, api):
    return api.get(f"entries/{page.entry_key}").status_code == 200


@pytest.mark.parametrize("what", LACKING)
def test_code_that_publishes_is_refused_with_the_photo_and_the_remedy(room, api, what):
    lacking, mended, words = LACKING[what]
    page = draft(room, **lacking)

    for publish in (
        page.get_latest_revision().publish,
        lambda: _live(page),
        lambda: _new(room, lacking),
    ):
        with pytest.raises(ProjectionFailed) as refused:
            publish()
        assert "Photo 2" in str(refused.value)
        assert "grain" in str(refused.value)
        assert words in str(refused.value)
    assert Entry.objects.filter(type="press-kit").count() == 0
    assert KitVersion.objects.count() == 0
    page.refresh_from_db()
    assert not page.live

    mend(page, **mended)
    page.get_latest_revision().publish()
    assert is_read(page, api)


def _live(page):
    fresh = PressKitPage.objects.get(pk=page.pk)
    fresh.live = True
    fresh.save()


def _new(room, lacking):
    kit(
        room, "Neuf", items=[item("photo", photo("un")), item("photo", photo("grain 2", **lacking))]
    )


def test_the_list_of_the_admin_publishes_all_or_says_why_none(officer, room, api):
    good, bad = draft(room, "Bon"), draft(room, "Mauvais", is_confirmed=False)
    address = f"/editor/bulk/wagtailcore/page/publish/?next=/editor/&id={good.pk}&id={bad.pk}"

    answer = officer.post(address, follow=True)

    said = [str(one) for one in answer.context["messages"]]
    assert any("Photo 2" in one and "rights are not confirmed" in one for one in said)
    assert not any(is_read(one, api) for one in (good, bad))
    assert not Page.objects.filter(pk__in=(good.pk, bad.pk), live=True).exists()

    mend(bad, is_confirmed=True)
    officer.post(address)
    assert all(is_read(one, api) for one in (good, bad))


def test_what_is_out_stays_out_when_a_photo_becomes_unfit_and_loses_that_photo(room, api, client):
    page = draft(room)
    page.get_latest_revision().publish()
    assert len(api.get(f"entries/{page.entry_key}").json()["files"]) == 2

    mend(page, is_confirmed=False)

    assert len(api.get(f"entries/{page.entry_key}").json()["files"]) == 1
    assert client.get(page.get_url()).status_code == 200
    call_command("project", all=True, check=True)
    fresh = PressKitPage.objects.get(pk=page.pk)
    with pytest.raises(ProjectionFailed):
        fresh.save()
    fresh.refresh_from_db()
    fresh.unpublish()
    assert not is_read(page, api)


def test_a_copy_and_an_alias_are_refused_as_their_original_is(room, api):
    page = draft(room)
    page.get_latest_revision().publish()
    mend(page, is_confirmed=False)
    page.refresh_from_db()

    for make in (page.copy, page.create_alias):
        with pytest.raises(ProjectionFailed, match="not confirmed"):
            make(update_slug="copie") if make == page.create_alias else make(
                update_attrs={"slug": "copie"}
            )
    assert PressKitPage.objects.count() == 1

    mend(page, is_confirmed=True)
    page.refresh_from_db()
    copied = page.copy(update_attrs={"slug": "copie"})
    assert is_read(copied, api)


def test_releases_and_the_room_are_refused_too(room):
    bad = photo("Incertaine", is_confirmed=False)
    with pytest.raises(ProjectionFailed, match="Incertaine"):
        release(room, "Communiqué", lead_image=bad)
    room.lead_image = bad
    with pytest.raises(ProjectionFailed, match="Incertaine"):
        room.save()


# Publishing at an hour.


def scheduled(room, title, **fields):
    """Scheduled while it was fit, for an hour that has come; then the photo became unfit."""
    page = draft(room, title)
    page.go_live_at = now() + timedelta(days=1)
    revision = page.save_revision()
    revision.publish()
    mend(page, **fields)
    past = now() - timedelta(minutes=1)
    content = {**Revision.objects.get(pk=revision.pk).content, "go_live_at": past.isoformat()}
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past, content=content)
    Page.objects.filter(pk=page.pk).update(go_live_at=past)
    return page


def test_who_schedules_is_refused_as_who_publishes(room, api):
    page = draft(room, is_confirmed=False)
    page.go_live_at = now() + timedelta(days=1)
    revision = page.save_revision()

    with pytest.raises(ProjectionFailed, match="Photo 2"):
        revision.publish()
    revision.refresh_from_db()
    assert revision.approved_go_live_at is None
    assert Holding.objects.exclude(anchor="").count() == 0

    mend(page, is_confirmed=True)
    revision.publish()
    revision.refresh_from_db()
    assert revision.approved_go_live_at is not None


def test_a_page_that_is_late_says_why_and_the_others_go_out(room, api, officer, caplog):
    bad = scheduled(room, "Retenu", is_confirmed=False)
    good = scheduled(room, "Libre")

    with caplog.at_level(logging.ERROR, logger="pages.base.schedule"):
        done = schedule.publish_due(now())

    assert (done.published, len(done.failed)) == (1, 1)
    assert "Retenu" in done.failed[0]
    assert (is_read(good, api), is_read(bad, api)) == (True, False)
    (line,) = PageLogEntry.objects.filter(action=schedule.REFUSED)
    assert line.page_id == bad.pk
    assert "Photo 2" in line.data["reason"]
    history = officer.get(f"/editor/pages/{bad.pk}/history/").content.decode()
    assert "Not published when it was to be" in history
    assert "rights are not confirmed" in history
    edited = officer.get(f"/editor/pages/{bad.pk}/edit/").content.decode()
    assert "Not published when it was to be" in edited
    assert "Not published when it was to be" not in (
        officer.get(f"/editor/pages/{good.pk}/edit/").content.decode()
    )


def test_it_is_said_once_and_goes_out_when_it_is_mended(room, api, officer):
    page = scheduled(room, "Retenu", is_confirmed=False)
    for _ in range(3):
        schedule.publish_due(now())
    assert PageLogEntry.objects.filter(action=schedule.REFUSED).count() == 1

    mend(page, is_confirmed=True)
    done = schedule.publish_due(now())

    assert (done.published, done.failed) == (1, [])
    assert is_read(page, api)
    assert "Not published when it was to be" not in (
        officer.get(f"/editor/pages/{page.pk}/edit/").content.decode()
    )


def test_readers_get_nothing_of_a_scheduled_draft_that_became_unfit(room, api, at):
    page = draft(room)
    page.go_live_at = now() + timedelta(days=1)
    page.save_revision().publish()
    hour = page.go_live_at + timedelta(minutes=1)
    at(hour)
    assert is_read(page, api)

    mend(page, is_confirmed=False)

    assert not is_read(page, api)
    assert Image.objects.count() == 2
    call_command("project", all=True, check=True)


def test_the_command_publishes_the_others_and_names_the_one(room, api, capsys):
    bad, good = scheduled(room, "Retenu", is_confirmed=False), scheduled(room, "Libre")

    with pytest.raises(CommandError, match="Retenu"):
        call_command("publish_scheduled")

    assert "1 published" in capsys.readouterr().out
    assert (is_read(good, api), is_read(bad, api)) == (True, False)
    mend(bad, is_confirmed=True)
    call_command("publish_scheduled_pages")  # its older name
    assert is_read(bad, api)
