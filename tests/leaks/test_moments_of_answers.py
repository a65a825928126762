"""Moments of people, downloads that are resumed over one, and how long answers may be kept."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client

from cms.accounts.models import Membership, Organisation
from tests.leaks import item_states, test_kit_items
from tests.leaks.item_states import ACCREDITED, EVERYBODY, MOMENT, SWISS, State, until_early

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

INSTANT = timedelta(microseconds=1)


# People: what an outlet's territory and an organisation's time open.


OF_LATER_VERSIONS = {"older archive", "delta", "credit as a word"}
OF_WHAT_ONE_TOOK = {"checksum of a copy", "words about a copy"}  # they go on knowing that
LEFT_OUT = OF_LATER_VERSIONS | OF_WHAT_ONE_TOOK


@pytest.fixture
def shop(db):
    """A kit with one item for Switzerland and one for everybody."""
    return item_states.build_first(
        [
            State(
                name="only-swiss",
                readers=SWISS,
                file=lambda _scene: {"territories": "CH"},
            ),
            State(name="always", readers=EVERYBODY),
        ]
    )


def test_an_outlet_that_moves_has_what_is_cleared_there_on_its_next_request(shop):
    case = shop.cases[0]
    reader = {name: shop.personas[name] for name in ("swiss", "journalist")}

    def seen():
        return {
            (name, way)
            for name, persona in reader.items()
            for way, channel in test_kit_items.CHANNELS.items()
            if not (channel.may_be_silent or channel.is_of_twins or way in LEFT_OUT)
            and "swiss" in channel.expected(case)
            and case.name in channel.look(shop, persona)
        }

    before = seen()
    for name, territory in (("swiss", "FR"), ("soir", "CH")):
        Organisation.objects.filter(pk=shop.outlets[name].pk).update(territory=territory)
    after = seen()

    assert {name for name, _ in before} == {"swiss"}
    assert not {way for name, way in after if name == "swiss"}
    assert {way for _, way in before} == {way for _, way in after}
    assert len(before) > 30


def test_an_organisation_whose_time_is_over_opens_nothing_on_the_next_request(shop, at):
    case, swiss = shop.cases[0], shop.personas["swiss"]
    ends_at = shop.at + MOMENT
    Organisation.objects.filter(pk=shop.outlets["swiss"].pk).update(expires_at=ends_at)
    key = shop.kit.entry_key
    own = f"/api/v1/kits/{key}/v1.zip?items={case.anchors[0]}"
    (link, *_) = shop.links["swiss"]["only-swiss"]
    by_session = [own, *(f"/files/{one.file_key}" for one in case.files)]
    by_token = [f"kits/{key}", f"entries/{key}", f"files/{case.paper.file_key}/link", "me"]

    def answered():
        return (
            {swiss.call(one).status_code for one in by_token},
            {swiss.open(one).status_code for one in by_session},
            Client().get(link).status_code,
            case.word in swiss.open(shop.kit.get_url()).content.decode(),
        )

    at(ends_at - INSTANT)
    assert answered() == ({200}, {200}, 200, True)
    at(ends_at)
    # A token is not good any more; a session is that of nobody.
    assert answered() == ({401}, {404}, 401, False)


# Downloads that are resumed after the moment.

CLOSINGS = {
    "rights end": State(
        name="closing", readers=EVERYBODY, file=lambda scene: {"closes_at": scene.at + MOMENT}
    ),
    "accreditation ends": State(
        name="closing", readers=ACCREDITED, item=lambda _scene: {"readers": "accredited"}
    ),
}


@pytest.fixture(params=CLOSINGS)
def closing(request, db):
    """A kit that «ended» may have whole until the moment, and less of from then on."""
    scene = item_states.build_first(
        [State(name="always", readers=EVERYBODY), CLOSINGS[request.param]]
    )
    if request.param == "accreditation ends":
        ends = Membership.objects.filter(user__email="ended@presse.example")
        ends.update(ends_at=scene.at + MOMENT)
    return scene


def asked(scene, address, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    token = scene.personas["ended"].token
    return Client().get(address, headers={"Authorization": f"Bearer {token}", **headers})


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_resume_never_brings_a_file_that_has_closed_meanwhile(closing, at):
    """With its tag: 412. With If-Range: the archive of now, whole. With neither, see below."""
    manifest = asked(closing, f"/api/v1/kits/{closing.kit.entry_key}").json()
    offered = next(one for one in manifest["downloads"] if one["what"] == "all")
    bare = offered["href"].partition("?")[0]
    at(closing.at + MOMENT - INSTANT)
    whole = asked(closing, offered["href"])
    first = asked(closing, bare, Range="bytes=0-199")
    assert (whole.status_code, first.status_code) == (200, 206)
    complete, shut = body_of(whole), closing.cases[1]
    assert shut.paper.blob.sha256 in complete.decode("latin-1")

    at(closing.at + MOMENT)

    tagged = asked(closing, offered["href"], Range="bytes=200-")
    assert tagged.status_code == 412
    assert "Begin again" in tagged.json()["detail"]
    careful = asked(closing, bare, Range="bytes=200-", If_Range=first["ETag"])
    assert careful.status_code == 200
    assert careful["ETag"] != first["ETag"]
    whole_now = body_of(careful)
    names = zipfile.ZipFile(BytesIO(whole_now)).namelist()
    assert not [name for name in names if shut.word in name]
    matching = asked(closing, bare, Range="bytes=200-", If_Match=first["ETag"])
    assert matching.status_code == 412
    # Whoever asks for a range of whatever is there now gets a range of that, which says so: its
    # tag is another and its length, too. Joined to an old beginning it is the archive of now, where
    # both begin alike, or no archive.
    for cut in (200, complete.index(shut.paper.filename.encode()) + 60):
        careless = asked(closing, bare, Range=f"bytes={cut}-")
        assert careless.status_code in {206, 416}
        assert not careless["Content-Range"].endswith(f"/{len(complete)}")
        rest = body_of(careless) if careless.status_code == 206 else b""
        assert shut.word.encode() not in rest
        assert shut.paper.blob.sha256.encode() not in rest
        if cut == 200:
            assert complete[:cut] + rest == whole_now
        else:
            with pytest.raises((zipfile.BadZipFile, AssertionError)):
                assert zipfile.ZipFile(BytesIO(complete[:cut] + rest)).testzip() is None


def test_a_resume_of_a_file_that_has_closed_is_a_404_whatever_the_client_says(closing, at):
    shut = closing.cases[1]
    kit = f"/api/v1/kits/{closing.kit.entry_key}/v1.zip?items="
    addresses = [
        *(f"/files/{one.file_key}" for one in shut.files),
        f"/files/{shut.photo.file_key}/press",
        *(kit + one for one in shut.anchors),
    ]
    at(closing.at + MOMENT - INSTANT)
    begun = {one: asked(closing, one, Range="bytes=0-3") for one in addresses}
    assert {one.status_code for one in begun.values()} == {206}

    at(closing.at + MOMENT)

    for one, answer in begun.items():
        for headers in ({}, {"If_Range": answer["ETag"]}, {"If_Match": answer["ETag"]}):
            resumed = asked(closing, one, Range="bytes=4-", **headers)
            assert resumed.status_code == 404, (one, headers)
        known = asked(closing, one, If_None_Match=answer["ETag"])
        assert known.status_code == 404, one


# Public answers are kept by nobody past the next moment.

MOMENTS = {
    "item's embargo": State(
        name="moving", readers=EVERYBODY, item=lambda scene: {"embargo_until": scene.at + MOMENT}
    ),
    "item's embargo, with an outlet": State(name="moving", readers=EVERYBODY, item=until_early),
    "file's embargo": State(
        name="moving", readers=EVERYBODY, file=lambda scene: {"opens_at": scene.at + MOMENT}
    ),
    "rights": State(
        name="moving", readers=EVERYBODY, file=lambda scene: {"closes_at": scene.at + MOMENT}
    ),
    "kit's embargo": State(name="moving", readers=EVERYBODY),
    "kit's expiry": State(name="moving", readers=EVERYBODY),
}


@pytest.fixture(params=MOMENTS)
def moving(request, db):
    scene = item_states.build_first(
        [State(name="always", readers=EVERYBODY), MOMENTS[request.param]]
    )
    if request.param.startswith("kit"):
        # Beside the kit that is open: the room's lists change with it.
        other = item_states.PressKitPage(
            title="Autre", slug="autre", film_title="Autre", locale=scene.room.locale
        )
        field = "embargo_until" if "embargo" in request.param else "expire_at"
        setattr(other, field, scene.at + MOMENT)
        scene.room.add_child(instance=other)
    return scene


def longest_of(answer):
    """For how many seconds anybody may keep an answer; 0 where only its reader may, and asks."""
    said = answer["Cache-Control"]
    if "public" not in said:
        assert {one.strip() for one in said.split(",")} & {"no-cache", "no-store", "private"}
        return 0
    return int(re.search(r"max-age=(\d+)", said)[1])


def public_addresses(scene):
    key, open_one, other = scene.kit.entry_key, *scene.cases
    for path in (
        "entries", "entries?type=press-kit&count=true", f"entries/{key}", "home",
        f"entries/by-path?path={scene.kit.get_url()}", f"entries?under={scene.room.get_url()}",
        f"kits/{key}", f"kits/{key}/v1.zip", f"kits/{key}/v1.zip?size=web", "search?q=Horlogère",
        f"kits/{key}/v1.zip?items={open_one.anchors[0]}", "suggest?q=Horl",
        f"copies/{open_one.paper.sha256}",
    ):  # fmt: skip
        yield f"/api/v1/{path}"
    for case in (open_one, other):
        for file in case.files:
            yield f"/files/{file.file_key}"
        for size in ("original", "card", "lead", "share", "press"):
            yield f"/files/{case.photo.file_key}/{size}"
        yield f"/embed/{case.film.file_key}/"
        yield f"/oembed?url=http://127.0.0.1:8000/embed/{case.film.file_key}/"
    yield from (scene.kit.get_url(), scene.room.get_url(), "/fr/", "/sitemap.xml")
    for form in ("atom", "rss", "json"):
        yield f"/feeds/{scene.room.entry_key}.{form}"
        yield f"/fr/search.{form}?q=Horlogère"


def test_no_public_answer_outlives_the_next_moment(moving, at):
    shared = set()
    for left in (timedelta(days=1), timedelta(seconds=9), timedelta(milliseconds=600)):
        at(moving.at + MOMENT - left)
        for address in public_addresses(moving):
            for _ in range(2):  # the first answer, and one that was kept
                answer = Client().get(address)
                if answer.status_code != 200:
                    continue
                seconds = longest_of(answer)
                assert seconds <= left.total_seconds(), (address, answer["Cache-Control"])
                if address.startswith("/oembed"):
                    assert answer.json()["cache_age"] <= left.total_seconds()
                if seconds:
                    shared.add(address.partition("?")[0].rstrip("0123456789"))

    assert {"/api/v1/entries", "/api/v1/home", "/oembed"} <= shared
    assert any(one.startswith("/files/") for one in shared)


def test_an_answer_that_is_kept_is_asked_again_with_its_tag_and_is_another(moving, at):
    """A cache that asks again at the moment is not told that nothing has changed."""
    address = f"/api/v1/entries?under={moving.room.get_url()}"
    entry = f"/api/v1/entries/{moving.kit.entry_key}"
    at(moving.at + MOMENT - INSTANT)
    before = {one: Client().get(one) for one in (address, entry)}
    known = {
        one: Client().get(one, headers={"If-None-Match": answer["ETag"]}).status_code
        for one, answer in before.items()
    }
    assert set(known.values()) == {304}

    at(moving.at + MOMENT)

    changed = [
        one
        for one, answer in before.items()
        if Client().get(one, headers={"If-None-Match": answer["ETag"]}).status_code == 200
    ]
    assert len(changed) == 1  # the kit's list, or the kit
