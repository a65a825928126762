"""The press desk's side: report, export, notices, a person's file, and how long all is kept."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client
from django.utils import timezone

from cms.accounts import identity
from cms.accounts.models import Organisation
from media.downloads import following, report, retention
from media.downloads.models import Download, FileState, Notice, Taken, Told
from media.downloads.report import Asked
from media.kits.choosing import Choice
from tests.factories import document, picture
from tests.media.takers import KEY, publish_kit, rendered, take, take_file

pytestmark = pytest.mark.urls("tests.media.downloads_urls")
REPORT = "/editor/reports/downloads/"
NOTICES = "/editor/reports/downloads/notices/"


@pytest.fixture
def outlet(db):
    return Organisation.objects.create(name="=Courrier+Port", kind="outlet")


@pytest.fixture
def nadia(make_user, press, outlet):
    return make_user(
        "nadia@courrier.example", groups=[press], organisation=outlet, first_name="=Nadia"
    )


@pytest.fixture
def leo(make_user, press):
    return make_user("leo@radio.example", groups=[press])


@pytest.fixture
def files(press):
    found = [rendered(picture("Atelier", credit="Ana Ruiz")), document("Dossier")]
    publish_kit(*found, groups=[press])
    following.turn(identity.now())
    return found


@pytest.fixture
def desk(make_user):
    """A client that signs in with these permissions and no others."""

    def signed_in(*codenames):
        group = Group.objects.create(name=" ".join(codenames) or "nothing")
        group.permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
        client = Client()
        client.force_login(make_user(f"desk{group.pk}@cabestan.example", groups=[group]))
        return client

    return signed_in


def this_month():
    today = timezone.localdate()
    return Asked(since=today - timedelta(days=29), until=today)


def test_figures_count_files_inside_archives_and_resumes_once(nadia, leo, files):
    layout = take(nadia, 0, 500)
    take(nadia, 500)
    take(leo, 0, layout.starts[1] + layout.members[0].size + 1)
    take_file(leo, files[1])

    found = report.of(this_month())

    assert (found.begun, found.whole, found.files) == (3, 2, 4)
    assert (found.people, found.outlets, found.strangers) == (2, 1, 0)
    assert found.by_day[-1] == 3
    assert found.whole_by_day[-1] == 2
    assert [(one.key, one.whole, one.people) for one in found.by_file] == [
        (files[1].file_key, 2, 2),
        (files[0].file_key, 2, 2),
    ]
    assert [(one.key, one.whole) for one in found.by_outlet] == [("=Courrier+Port", 1)]
    assert [(one.title, one.begun) for one in found.by_kit] == [("L’Horlogère", 2)]


def test_filters_narrow_it_down(nadia, leo, files):
    take(nadia)
    take(leo, choice=Choice(anchors=(f"a-{files[1].file_key}",)))
    digest = Taken.objects.filter(file=files[0].file_key).get().sha256

    def begun(**filters):
        asked = this_month()
        return report.of(Asked(since=asked.since, until=asked.until, **filters)).begun

    assert begun(outlet="=Courrier+Port") == 1
    assert begun(person=leo.pk) == 1
    assert begun(file=files[1].file_key) == 2
    assert begun(file=files[0].filename) == begun(file=digest) == 1
    assert begun(kit=KEY) == 2
    assert begun(kit="another") == 0


def test_the_report_is_shown_to_those_who_have_its_permission_alone(nadia, files, desk):
    take(nadia)
    refused, allowed = desk(), desk("view_download")

    assert refused.get(REPORT).status_code == 302
    page = allowed.get(REPORT)
    assert page.status_code == 200
    text = page.content.decode()
    assert "L’Horlogère" in text
    assert "=Courrier+Port" in text
    assert allowed.get(REPORT, {"person": "nobody@x.example"}).status_code == 200
    assert allowed.get(REPORT, {"person": nadia.email, "p": "9"}).status_code == 200
    assert allowed.get(NOTICES).status_code == 302


def test_the_export_is_a_line_a_file_and_runs_in_no_spreadsheet(nadia, files, desk):
    layout = take(nadia)
    response = desk("view_download").get(REPORT, {"export": "csv"})

    assert response.streaming
    text = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert [row["sha256"] for row in rows] == [one.sha256 for one in layout.members[:2]]
    assert {row["outlet"] for row in rows} == {"'=Courrier+Port"}
    assert {row["person"] for row in rows} == {"'=Nadia"}


def test_the_export_of_a_thousand_files_takes_a_fixed_number_of_queries(
    nadia, files, django_assert_num_queries
):
    take(nadia)
    download = Download.objects.get()
    state = FileState.objects.first()
    Taken.objects.bulk_create(
        Taken(
            download=download, position=position, file="image-1", name="x.jpg", sha256="0" * 64,
            source_sha256="0" * 64, size=1, state=state,
        )
        for position in range(10, 1010)
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert len(list(report.as_csv(report.lines(this_month())))) == 1004


def test_a_persons_file_can_be_had_and_they_can_be_forgotten(nadia, leo, files, desk):
    take(nadia)
    take(leo)
    address = f"{REPORT}people/{nadia.pk}/"
    reader, full = desk("view_download"), desk("view_download", "delete_download")

    assert reader.get(address).status_code == 200
    text = b"".join(reader.get(address, {"export": "csv"}).streaming_content).decode()
    assert "nadia@courrier.example" in text
    assert "leo@radio.example" not in text
    assert reader.post(address).status_code == 302
    assert Download.objects.filter(person=nadia).exists()

    full.post(address)

    assert Download.objects.count() == 2
    forgotten = Download.objects.get(person=None)
    assert (forgotten.outlet, forgotten.organisation, forgotten.token) == ("", None, None)
    assert forgotten.completed_at is not None
    take(nadia)
    assert Download.objects.filter(person=nadia).count() == 1


def test_the_outlet_stays_where_others_belong_to_it(nadia, files, outlet, make_user):
    make_user("autre@courrier.example", organisation=outlet)
    take(nadia)
    retention.forget_person(nadia)

    assert Download.objects.get().outlet == outlet.name


def test_what_is_older_than_the_setting_is_forgotten(nadia, files, settings):
    settings.DOWNLOAD_LOG_DAYS = 100
    take(nadia)
    at = identity.now()

    assert retention.forget_old(at + timedelta(days=99)) == 0
    assert retention.forget_old(at + timedelta(days=101)) == 1
    assert not Taken.objects.exists()
    assert not FileState.objects.exists()


def corrected(files, press):
    asset = type(files[1]).objects.get(pk=files[1].pk)
    asset.credit = "Ida Voss"
    asset.save()
    publish_kit(files[0], asset, groups=[press])
    following.turn(identity.now())
    return Notice.objects.get()


def test_an_editor_sees_who_would_be_told_writes_why_and_sends(
    nadia, leo, files, press, desk, django_capture_on_commit_callbacks
):
    take(nadia)
    notice = corrected(files, press)
    client = desk("change_notice")

    page = client.get(NOTICES).content.decode()
    assert "nadia@courrier.example" in page
    assert "leo@radio.example" not in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(NOTICES, {"notice": notice.pk, "reason": "Nom mal écrit.", "verb": "send"})

    (message,) = mail.outbox
    assert message.to == ["nadia@courrier.example"]
    assert "Nom mal écrit." in message.body
    notice.refresh_from_db()
    assert notice.state == "sent"
    assert notice.ended_by is not None
    assert client.get(NOTICES).status_code == 200


def test_an_editor_may_tell_nobody(nadia, files, press, desk):
    take(nadia)
    notice = corrected(files, press)

    desk("change_notice").post(NOTICES, {"notice": notice.pk, "reason": "", "verb": "dismiss"})

    notice.refresh_from_db()
    assert notice.state == "dismissed"
    assert not Told.objects.exists()


def test_the_portal_lists_ones_own_downloads_and_what_became_of_them(nadia, leo, files, press):
    take(nadia)
    take(leo, choice=Choice(size="web"))
    client = Client()
    assert client.get("/fr/press/downloads/").status_code == 302
    client.force_login(nadia)

    def page():
        answer = client.get("/en/press/downloads/")
        assert answer.status_code == 200
        return answer.content.decode()

    first = page()
    assert "L’Horlogère" in first
    assert first.count("<section") == 1
    assert "corrected since" not in first

    corrected(files, press)
    assert "corrected since" in page()
    assert f"/api/v1/kits/{KEY}/v2.zip?since=1" in page()

    files[0].withdrawn_at = identity.now() - timedelta(seconds=2)
    files[0].save()
    assert "withdrawn: do not use it" in page()

    nadia.groups.clear()
    assert "closed to you by now" in page()
    assert "/api/v1/kits/" not in page()
