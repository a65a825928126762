"""Is my copy current? Answered of what the reader may have or took; of all else as of nothing."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from cms.accounts import identity
from media.chunks import Chunks
from media.kits import sums
from media.kits.choosing import Choice
from media.kits.models import ArchiveSum
from media.models import Derived
from media.renditions import keeping
from tests.factories import document, picture
from tests.media.takers import KEY, kit_for, layout_for, publish_kit, rendered, take

NOBODYS = hashlib.sha256(b"nobody has these bytes").hexdigest()


@pytest.fixture
def photo(db):
    return rendered(picture("Atelier", credit="Ana Ruiz / Cabestan", usage_terms="Presse."))


@pytest.fixture
def dossier(db):
    return document("Dossier", content=b"%PDF-1.4 " + b"x" * 500)


@pytest.fixture
def kit(press, photo, dossier):
    publish_kit(photo, dossier, groups=[press])


@pytest.fixture
def nadia(make_user, press):
    return make_user("nadia@courrier.example", groups=[press])


@pytest.fixture
def ask(api, token_of):
    tokens = {}

    def asked(sha256, user=None):
        if user is not None and user.pk not in tokens:
            tokens[user.pk] = token_of(user)
        return api.get(f"copies/{sha256}", token=tokens.get(user.pk) if user else None)

    return asked


def size_of(photo, size):
    return Derived.objects.get(source=photo.blob, size=size).result.sha256


def test_every_size_of_a_photo_is_known_with_its_credit_and_its_kit(ask, kit, nadia, photo):
    for digest in (photo.sha256, size_of(photo, "original"), size_of(photo, "web")):
        said = ask(digest, nadia).json()
        assert said["known"] is True
        assert said["state"] == "current"
        assert (said["title"], said["name"]) == ("Atelier", photo.filename)
        assert (said["credit"], said["usage_terms"]) == ("Ana Ruiz / Cabestan", "Presse.")
        assert said["kit"] == {"key": KEY, "title": "L’Horlogère", "url": f"/fr/presse/{KEY}/"}
        assert said["version"] == 1
        assert said["replaced_by"] is None


def test_hidden_and_unknown_are_the_same_answer_byte_for_byte(
    ask, kit, photo, dossier, make_user, nadia
):
    take(nadia)
    stranger = make_user("autre@presse.example")
    hidden = [dossier.sha256, photo.sha256, size_of(photo, "web"), archive_sum(nadia)]
    for user in (None, stranger):
        unknown = ask(NOBODYS, user)
        assert unknown.content == b'{"known":false}'
        for digest in hidden:
            answer = ask(digest, user)
            assert answer.content == unknown.content
            assert dict(answer.headers) == dict(unknown.headers)


def test_what_is_no_sha256_is_named(ask, db):
    for wrong in ("abc", "g" * 64, "0" * 65):
        answer = ask(wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "sha256"
    assert ask(NOBODYS.upper()).json() == {"known": False}


def test_a_replaced_file_names_what_there_is_now(ask, kit, nadia, dossier, photo, press):
    old = dossier.sha256
    dossier.file = document(content=b"%PDF-1.4 other").file
    new = document("Neu", content=b"%PDF-1.4 other")
    dossier.hold(new.blob)
    dossier.save()
    publish_kit(photo, dossier, groups=[press])

    said = ask(old, nadia).json()

    assert said["state"] == "replaced"
    assert said["version"] == 1
    assert said["replaced_by"] == {
        "name": dossier.filename, "sha256": new.sha256, "url": f"/files/{dossier.file_key}",
    }  # fmt: skip
    assert ask(new.sha256, nadia).json()["state"] == "current"


def test_a_photo_whose_credit_was_corrected_is_replaced_by_the_same_size(
    ask, kit, nadia, photo, dossier, press
):
    old = size_of(photo, "web")
    photo.credit = "Ida Voss / Cabestan"
    photo.save()
    keeping.make(photo)
    publish_kit(photo, dossier, groups=[press])

    said = ask(old, nadia).json()

    assert said["state"] == "replaced"
    assert said["credit"] == "Ida Voss / Cabestan"
    now = kit_for(nadia)[1].items[0].web.sha256
    assert said["replaced_by"]["sha256"] == now != old


def test_another_focal_point_makes_no_copy_old(ask, kit, nadia, photo, dossier, press):
    old = size_of(photo, "web")
    photo.focal_point_x, photo.focal_point_y = 10, 10
    photo.focal_point_width = photo.focal_point_height = 20
    photo.save()
    keeping.make(photo)
    publish_kit(photo, dossier, groups=[press])

    assert ask(old, nadia).json()["state"] == "current"


def test_a_withdrawn_file_is_told_to_its_takers_alone(
    ask, kit, nadia, photo, dossier, make_user, press
):
    other = make_user("leo@radio.example", groups=[press])
    layout = take(nadia)
    photo.withdrawn_at = identity.now() - timedelta(seconds=5)
    photo.save()
    publish_kit(photo, dossier, groups=[press])
    digest = layout.members[0].sha256

    said = ask(digest, nadia).json()
    assert (said["state"], said["name"]) == ("withdrawn", photo.filename)
    assert (said["title"], said["credit"], said["kit"], said["replaced_by"]) == ("", "", None, None)
    assert ask(digest, other).json() == {"known": False}


def test_the_end_of_rights_is_told(ask, kit, nadia, photo, dossier, press):
    digest = take(nadia).members[0].sha256
    photo.closes_at = identity.now() - timedelta(seconds=5)
    photo.save()
    publish_kit(photo, dossier, groups=[press])

    assert ask(digest, nadia).json()["state"] == "expired"


def archive_sum(user, choice=None):
    return sums.sum_of(layout_for(user, choice)[3])


def test_a_whole_zip_is_known_until_there_is_a_newer_version(
    ask, kit, nadia, photo, dossier, press, make_user
):
    take(nadia)
    digest = archive_sum(nadia)
    other = make_user("leo@radio.example", groups=[press])
    for user in (nadia, other):
        said = ask(digest, user).json()
        assert (said["state"], said["version"], said["kit"]["key"]) == ("current", 1, KEY)

    publish_kit(photo, dossier, document("Annexe"), groups=[press])

    said = ask(digest, nadia).json()
    assert said["state"] == "replaced"
    assert said["replaced_by"]["version"] == 2
    assert said["replaced_by"]["url"].endswith(f"/kits/{KEY}/v2.zip?since=1")


def test_a_zip_that_somebody_with_more_rights_took_is_nothing_to_others(
    ask, nadia, photo, dossier, press, make_user, staff
):
    publish_kit(photo, dossier, groups=[press])
    take(nadia)
    digest = archive_sum(nadia)
    publish_kit(photo, groups=[press, staff])
    insider = make_user("ida@cabestan.example", groups=[staff])

    assert ask(digest, insider).json() == {"known": False}
    assert ask(digest, nadia).json()["known"] is True


def test_a_revoked_token_is_told_so_even_of_unknown_bytes(ask, nadia, kit):
    assert ask(NOBODYS, nadia).status_code == 200
    nadia.tokens.update(revoked_at=identity.now())

    assert ask(NOBODYS, nadia).status_code == 401


def test_the_sum_of_an_archive_is_that_of_its_bytes_and_read_once(kit, nadia):
    layout = layout_for(nadia)[3]
    expected = hashlib.sha256(b"".join(Chunks(layout.segments()))).hexdigest()

    assert sums.sum_of(layout) == expected
    ArchiveSum.objects.update(sha256="f" * 64)
    assert sums.sum_of(layout) == "f" * 64


def test_a_large_archive_is_read_by_the_worker(
    kit, nadia, monkeypatch, django_capture_on_commit_callbacks
):
    layout = layout_for(nadia, Choice(size="web"))[3]
    monkeypatch.setattr(sums, "AT_ONCE", 100)

    with django_capture_on_commit_callbacks() as queued:
        assert sums.sum_of(layout) == ""
        assert sums.sum_of(layout) == ""
    assert len(queued) == 1
    queued[0]()
    queued[0]()

    expected = hashlib.sha256(b"".join(Chunks(layout.segments()))).hexdigest()
    assert sums.sum_of(layout) == expected
    assert ArchiveSum.objects.count() == 1


def test_an_archive_whose_file_is_gone_has_no_sum(kit, nadia, photo, caplog):
    layout = layout_for(nadia)[3]
    default_storage.discard(layout.members[0].content)

    assert sums.sum_of(layout) == ""
    assert "archive_not_read" in caplog.text
