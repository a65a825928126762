"""Kits through the API: what is in them for whom, as which bytes, and what changed."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from media.kits.models import KitItem, KitVersion
from media.models import Image
from media.renditions.keeping import make
from tests.pages.press.conftest import item, kit, paper, photo

pytestmark = pytest.mark.django_db


def rendered(*images):
    for image in images:
        make(image)
    return images


def manifest(api, page, token=None, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return api.get(f"kits/{page.entry_key}?{text}", token=token)


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def unzipped(answer):
    return zipfile.ZipFile(io.BytesIO(body_of(answer)))


@pytest.fixture
def photos(db):
    return rendered(
        photo("L’établi", colour="brown"), photo("Le mouvement", colour="gold", size=(1700, 900))
    )


@pytest.fixture
def page(room, photos):
    return kit(
        room,
        items=[item("photo", one) for one in photos]
        + [item("document", paper("Dossier", content=b"%PDF-1.4 dossier"))],
    )


def test_the_manifest_says_names_sizes_and_checksums_before_anything_is_downloaded(api, page):
    told = manifest(api, page).json()

    assert (told["version"], told["is_ready"]) == (1, True)
    assert [one["kind"] for one in told["items"]] == ["photo", "photo", "document"]
    assert [one["number"] for one in told["items"]] == [1, 2, None]
    for download in told["downloads"]:
        answer = api.get(download["href"])
        content = body_of(answer)
        assert len(content) == download["size"] == int(answer["Content-Length"])
        assert hashlib.sha256(content).hexdigest() == download["sha256"]
        assert answer["ETag"] == download["etag"]
    for one in told["items"]:
        content = body_of(api.get(one["hd"]["href"]))
        assert hashlib.sha256(content).hexdigest() == one["hd"]["sha256"]


def test_the_archive_holds_the_files_and_their_papers(api, page):
    archive = unzipped(api.get(f"kits/{page.entry_key}/v1.zip"))
    names = archive.namelist()

    assert archive.testzip() is None
    assert sum(name.startswith("photos/") for name in names) == 2
    assert sum(name.startswith("documents/") for name in names) == 1
    assert "© Joachim Serre / Cabestan" in archive.read("CREDITS.csv").decode("utf-8-sig")
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_the_web_size_has_small_jpegs_and_no_films(api, page, photos):
    archive = unzipped(api.get(f"kits/{page.entry_key}/v1.zip?size=web"))
    pictures = [name for name in archive.namelist() if name.startswith("photos/")]
    assert all(name.endswith("-web.jpg") for name in pictures)
    assert len(pictures) == 2


def test_one_chosen_file_comes_as_itself_and_several_as_an_archive(api, page):
    first, second, _ = (one["id"] for one in manifest(api, page).json()["items"])
    alone = api.get(f"kits/{page.entry_key}/v1.zip?items={first}")
    assert alone["Content-Type"] == "image/jpeg"
    assert alone["Content-Disposition"].startswith("attachment")
    both = unzipped(api.get(f"kits/{page.entry_key}/v1.zip?items={second},{first}"))
    assert len([name for name in both.namelist() if name.startswith("photos/")]) == 2


def test_a_change_makes_the_next_version_with_what_differs_and_a_delta(api, page, photos):
    replaced, corrected = photos
    added = photo("Besançon", colour="navy")
    raw = page.items.get_prep_value()
    corrected.credit = "© Lou Ferrer / Cabestan"
    corrected.save()
    replaced.file = photo("autre", colour="black").file.file
    Image.objects.filter(pk=replaced.pk).update(title="L’établi")
    replaced.refresh_from_db()
    page.items = [*raw, {"type": "photo", "value": {"image": added.pk, "readers": "public"}}]
    page.save()
    rendered(corrected, added, replaced)

    told = manifest(api, page, since=1).json()
    newest = told["versions"][0]

    assert told["version"] > 1
    delta = next(one for one in told["downloads"] if one["what"] == "changes")
    names = unzipped(api.get(delta["href"])).namelist()
    assert sum(name.startswith("photos/") for name in names) == 2
    assert not any(name.startswith("documents/") for name in names)
    whats = {change["what"] for version in told["versions"] for change in version["changes"]}
    assert {"added", "corrected"} <= whats
    assert newest["changes"], told["versions"]
    old = unzipped(api.get(f"kits/{page.entry_key}/v1.zip"))
    assert len([name for name in old.namelist() if name.startswith("photos/")]) == 2


def test_saving_a_kit_that_did_not_change_makes_no_version(page):
    page.title = "L’Horlogère, autrement"
    page.save()
    assert KitVersion.objects.filter(key=page.entry_key).count() == 1
    assert KitItem.objects.count() == 3


def test_an_item_that_a_reader_may_not_have_is_nowhere_in_what_they_get(
    api, room, photos, personas, early_outlet, hour, at
):
    secret = photo("Photo accréditée", colour="purple")
    later = photo("Photo en avance", colour="green")
    rendered(secret, later)
    page = kit(
        room,
        items=[
            item("photo", photos[0]),
            item("photo", secret, readers="accredited"),
            item("photo", later, embargo_until=hour, early_outlets=[str(early_outlet.pk)]),
        ],
    )
    expected = {
        "anonymous": {"L’établi"},
        "employee": {"L’établi"},
        "journalist": {"L’établi", "Photo accréditée"},
        "early": {"L’établi", "Photo accréditée", "Photo en avance"},
    }
    for name, titles in expected.items():
        token = personas[name].token
        told = manifest(api, page, token)
        assert {one["title"] for one in told.json()["items"]} == titles, name
        archive = api.get(f"kits/{page.entry_key}/v1.zip", token=token)
        files = unzipped(archive).namelist()
        assert sum(one.startswith("photos/") for one in files) == len(titles), name
        for title in {"Photo accréditée", "Photo en avance"} - titles:
            assert title not in told.content.decode()
        for image, title in ((secret, "Photo accréditée"), (later, "Photo en avance")):
            status = api.get(f"/files/{image.file_key}/original", token=token).status_code
            assert (status == 200) is (title in titles), (name, title)

    anchors = {row.said["title"]: row.anchor for row in KitItem.objects.all()}
    hidden = api.get(f"kits/{page.entry_key}/v1.zip?items={anchors['Photo accréditée']}")
    never = api.get(f"kits/{page.entry_key}/v1.zip?items=never-was")
    assert hidden.status_code == never.status_code == 404
    assert hidden.content == never.content
    at(hour)
    assert "Photo en avance" in manifest(api, page).content.decode()


def test_a_resume_ends_when_a_file_of_the_archive_has_closed(api, room, photos, personas, hour, at):
    ending = photo("Fin de droits", colour="purple", closes_at=hour)
    rendered(ending)
    page = kit(room, items=[item("photo", photos[0]), item("photo", ending)])
    whole = next(one for one in manifest(api, page).json()["downloads"] if one["what"] == "all")
    started = api.get(whole["href"], Range="bytes=0-999")
    assert started.status_code == 206

    at(hour)

    resumed = api.get(whole["href"], Range="bytes=1000-")
    assert resumed.status_code == 412
    assert "Begin again" in resumed.json()["detail"]
    careful = api.get(
        f"kits/{page.entry_key}/v1.zip", Range="bytes=1000-", If_Range=started["ETag"]
    )
    assert careful.status_code == 200
    assert len([n for n in unzipped(careful).namelist() if n.startswith("photos/")]) == 1


def test_a_kit_under_embargo_opens_at_its_second(
    api, room, photos, personas, early_outlet, hour, at
):
    page = kit(
        room,
        items=[item("photo", photos[0])],
        embargo_until=hour,
        early_outlets=[early_outlet],
    )
    addresses = [f"kits/{page.entry_key}", f"kits/{page.entry_key}/v1.zip"]
    for moment, is_open in ((hour - timedelta(microseconds=1), False), (hour, True)):
        at(moment)
        for address in addresses:
            assert api.get(address).status_code == (200 if is_open else 404)
            assert api.get(address, token=personas["early"].token).status_code == 200


def test_a_kit_whose_sizes_are_not_made_yet_says_so_and_is_not_cut_short(api, room):
    page = kit(room, items=[item("photo", photo("Immense", size=(3200, 2400)))])

    told = manifest(api, page).json()
    answer = api.get(f"kits/{page.entry_key}/v1.zip")

    assert told["is_ready"] is False
    assert told["downloads"][0]["href"] is None
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_a_head_tells_the_size_of_an_archive_and_sends_none_of_it(api, page):
    address = f"/api/v1/kits/{page.entry_key}/v1.zip"
    whole, head = Client().get(address), Client().head(address)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Type"):
        assert head[name] == whole[name]


def test_wrong_parameters_are_named(api, page):
    for query, field in (
        ("size=huge", "size"),
        ("since=0", "since"),
        ("since=x", "since"),
        ("nonsense=1", "nonsense"),
    ):
        answer = api.get(f"kits/{page.entry_key}/v1.zip?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["field"] == field
    assert api.get(f"kits/{page.entry_key}/v9.zip").status_code == 404
    assert api.get(f"kits/{page.entry_key}/v1.zip?since=7").status_code == 404


def test_a_manifest_takes_a_fixed_number_of_queries(api, room, page, django_assert_max_num_queries):
    api.get(f"kits/{page.entry_key}")
    with django_assert_max_num_queries(12):
        assert Client().get(f"/api/v1/kits/{page.entry_key}").status_code == 200
