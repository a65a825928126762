"""Persona × state of an item × channel, within one public kit: no leak, nothing wrongly hidden."""

import hashlib
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from media.downloads import logging
from media.models import Derived
from media.renditions.sizes import SIZES
from tests.leaks.item_states import ACCREDITED, EVERYBODY, KINDS, NOBODY, Case, World, build
from tests.leaks.world import Persona

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

Look = Callable[[World, Persona], set[str]]


@dataclass(frozen=True)
class Channel:
    """A way, the cases whose items a persona finds at its end, and who should.

    ``is_of_twins``: looked at by those who took the first version. ``may_be_silent``: it need not
    say everything that it could.
    """

    look: Look
    expected: Callable[[Case], frozenset[str]]
    is_of_twins: bool = False
    may_be_silent: bool = False


CHANNELS: dict[str, Channel] = {}


def channel(name, *, expected=lambda case: case.readers, **more):
    def register(look):
        CHANNELS[name] = Channel(look, expected, **more)
        return look

    return register


def told_of(case: Case) -> frozenset[str]:
    """Also those who read that it was taken out."""
    return case.readers | case.told


def held(case: Case) -> frozenset[str]:
    """What an entry does not hold has no reader, editors neither."""
    return NOBODY if case.state.is_removed else case.readers


@pytest.fixture(scope="module", params=["born so", "became so"])
def world(request, django_db_setup, django_db_blocker):
    """Built once: the channels only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(is_born_so=request.param == "born so")
        transaction.set_rollback(True)
        logging.forget()


def _body(answer):
    if answer.status_code not in (200, 206):
        return b""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _text(answer):
    """Everything an answer says, as a person would read it."""
    said = html.unescape(_body(answer).decode())
    return said.replace("<mark>", "").replace("</mark>", "")


def _named(world, text):
    """The cases whose words stand in a text."""
    return {
        case.name
        for case in world.cases
        if any(word in text for word in (case.word, case.new, case.inside))
    }


def _each(world, found: Callable[[Case], Iterable[bool]]):
    """The cases of which something is found: all of it, or the channel is not of one mind."""
    names = set()
    for case in world.cases:
        seen = set(found(case))
        assert len(seen) == 1, f"{case.name}: some of it is there and some is not"
        if seen == {True}:
            names.add(case.name)
    return names


def _kit(world, persona, **query):
    return persona.call(f"kits/{world.kit.entry_key}", **query)


def _zip(world, persona, version=None, **query):
    number = version or world.latest
    return persona.call(f"kits/{world.kit.entry_key}/v{number}.zip", **query)


def _zipped(answer):
    """The names and the contents of an archive, as one text."""
    body = _body(answer)
    if not body.startswith(b"PK"):
        return body.decode("latin-1")
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert archive.testzip() is None
    return "\n".join(
        f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist()
    )


@channel("items of the manifest")
def in_the_items(world, persona):
    return _named(world, str(_kit(world, persona).json()["items"]))


@channel("whole manifest", expected=told_of)
def in_the_manifest(world, persona):
    return _named(world, _text(_kit(world, persona, since=1)))


@channel("changes of the versions", expected=told_of, may_be_silent=True)
def in_the_changes(world, persona):
    return _named(world, str(_kit(world, persona).json()["versions"]))


@channel("ids in the manifest", expected=told_of)
def by_ids_in_the_manifest(world, persona):
    said = _text(_kit(world, persona, since=1))
    return {case.name for case in world.cases if any(one in said for one in case.anchors)}


@channel("archive")
def in_the_archive(world, persona):
    return _named(world, _zipped(_zip(world, persona)))


@channel("web archive")
def in_the_web_archive(world, persona):
    return _named(world, _zipped(_zip(world, persona, size="web")))


@channel("delta")
def in_the_delta(world, persona):
    return _named(world, _zipped(_zip(world, persona, since=1)))


@channel("oldest archive")
def in_the_oldest_archive(world, persona):
    return _named(world, _zipped(_zip(world, persona, version=1)))


@channel("older archive")
def in_an_older_archive(world, persona):
    return _named(world, _zipped(_zip(world, persona, version=world.latest - 1)))


@channel("one item")
def one_item(world, persona):
    return _each(world, lambda case: [bool(_body(_zip(world, persona, items=case.anchors[2])))])


@channel("one item in web size")
def one_item_in_web_size(world, persona):
    return _each(
        world,
        lambda case: [bool(_body(_zip(world, persona, items=case.anchors[0], size="web")))],
    )


@channel("one item of the oldest version")
def one_old_item(world, persona):
    return _each(
        world,
        lambda case: [bool(_body(_zip(world, persona, 1, items=case.anchors[0])))],
    )


@channel("chosen items beside a public one")
def chosen_items(world, persona):
    public = next(one for one in world.cases if one.name in {"public", "always"}).anchors[0]
    return _each(
        world,
        lambda case: [_zip(world, persona, items=f"{public},{case.anchors[1]}").status_code == 200],
    )


def _as(persona, method, address, **headers):
    if persona.token:
        headers["Authorization"] = f"Bearer {persona.token}"
    return getattr(Client(), method)(address, headers=headers)


@channel("head of one item")
def head_of_one_item(world, persona):
    address = f"/api/v1/kits/{world.kit.entry_key}/v{world.latest}.zip?items="
    return _each(
        world,
        lambda case: [
            _as(persona, "head", address + one).status_code == 200 for one in case.anchors
        ],
    )


@channel("range of one item")
def range_of_one_item(world, persona):
    address = f"/api/v1/kits/{world.kit.entry_key}/v{world.latest}.zip?items="
    return _each(
        world,
        lambda case: [
            _as(persona, "get", address + one, Range="bytes=2-9").status_code == 206
            for one in case.anchors
        ],
    )


@channel("files of the entry")
def in_the_files(world, persona):
    return _named(world, str(persona.call(f"entries/{world.kit.entry_key}").json()["files"]))


@channel("body of the entry")
def in_the_body(world, persona):
    return _named(world, str(persona.call(f"entries/{world.kit.entry_key}").json()["body"]))


@channel("whole entry")
def in_the_entry(world, persona):
    return _named(world, _text(persona.call(f"entries/{world.kit.entry_key}")))


@channel("whole entry by path")
def in_the_entry_by_path(world, persona):
    return _named(world, _text(persona.call("entries/by-path", path=world.kit.get_url())))


@channel("ids in the entry")
def by_ids_in_the_entry(world, persona):
    """The place of a part is an id; whoever does not have the part does not see its place."""
    said = _text(persona.call(f"entries/{world.kit.entry_key}"))
    return {case.name for case in world.cases if any(one in said for one in case.anchors)}


@channel("keys of files in the entry")
def by_keys_of_files(world, persona):
    said = _text(persona.call(f"entries/{world.kit.entry_key}"))
    return {
        case.name
        for case in world.cases
        if any(re.search(rf"{one.file_key}\b", said) for one in (*case.files, case.poster))
    }


@channel("page of the kit", expected=told_of)
def on_the_page(world, persona):
    return _named(world, _text(persona.open(world.kit.get_url())))


@channel("ids on the page of the kit")
def by_ids_on_the_page(world, persona):
    said = _text(persona.open(world.kit.get_url()))
    return {case.name for case in world.cases if any(one in said for one in case.anchors)}


@channel("page of the kit in another language's frame", expected=told_of)
def on_the_page_by_key(world, persona):
    answer = persona.browser.get(f"/en/e/{world.kit.entry_key}/", follow=True)
    return _named(world, _text(answer))


@channel("JSON-LD")
def in_the_data_for_engines(world, persona):
    _, _, data = _text(persona.open(world.kit.get_url())).partition("application/ld+json")
    return _named(world, data.partition("</script>")[0])


def _each_file(world, persona, address):
    return _each(
        world,
        lambda case: [bool(_body(persona.open(address(one)))) for one in case.files],
    )


@channel("original", expected=lambda case: case.file_readers)
def the_original(world, persona):
    return _each_file(world, persona, lambda one: f"/files/{one.file_key}")


@channel("original to be saved", expected=lambda case: case.file_readers)
def the_original_to_be_saved(world, persona):
    return _each_file(world, persona, lambda one: f"/files/{one.file_key}?download")


@channel("every size of a poster", expected=lambda case: case.poster_readers)
def every_size_of_a_poster(world, persona):
    return _each(
        world,
        lambda case: [
            bool(_body(persona.open(f"/files/{case.poster.file_key}/{size}"))) for size in SIZES
        ],
    )


@channel("every size of a photo", expected=lambda case: case.file_readers)
def every_size(world, persona):
    return _each(
        world,
        lambda case: [
            bool(_body(persona.open(f"/files/{case.photo.file_key}/{size}"))) for size in SIZES
        ],
    )


@channel("range of a file", expected=lambda case: case.file_readers)
def range_of_a_file(world, persona):
    return _each(
        world,
        lambda case: [
            _as(persona, "get", f"/files/{one.file_key}", Range="bytes=1-5").status_code == 206
            for one in case.files
        ],
    )


@channel("head of a file", expected=lambda case: case.file_readers)
def head_of_a_file(world, persona):
    return _each(
        world,
        lambda case: [
            _as(persona, "head", f"/files/{one.file_key}").status_code == 200 for one in case.files
        ],
    )


@channel(
    "link made before",
    expected=lambda case: case.file_readers - {"anonymous"},
    may_be_silent=True,  # who was not let in then was given none
)
def by_a_link_made_before(world, persona):
    return _each(
        world,
        lambda case: (
            [bool(_body(Client().get(one))) for one in world.links[persona.name][case.name]]
            or [False]
        ),
    )


@channel("link made now", expected=lambda case: case.file_readers - {"anonymous"})
def by_a_link_made_now(world, persona):
    return _each(
        world,
        lambda case: [
            persona.call(f"files/{one.file_key}/link").status_code == 200 for one in case.files
        ],
    )


def _search(persona, query, **more):
    return persona.call("search", **{"q": query, "exact": "true", **more})


@channel("hit and its file by a word of an item")
def by_a_word(world, persona):
    def found(case):
        answer = _search(persona, case.word).json()
        assert answer["count"] == len(answer["items"])
        assert _named(world, str(answer["items"])) <= {case.name}
        return [world.kit.entry_key in {one["key"] for one in answer["items"]}]

    return _each(world, found)


@channel("highlight of a word of an item")
def in_a_highlight(world, persona):
    return _each(
        world,
        lambda case: [f"<mark>{case.word}</mark>" in str(_search(persona, case.word).json())],
    )


@channel("facets of a word of an item")
def in_the_facets(world, persona):
    return _each(world, lambda case: [bool(_search(persona, case.word).json()["facets"]["type"])])


@channel("word inside a document")
def by_a_word_inside(world, persona):
    def found(case):
        items = _search(persona, case.inside).json()["items"]
        named = [one["file"]["id"] for one in items if one.get("file")]
        assert len(named) == len(items)
        return [named == [case.paper.file_key]]

    return _each(world, found)


@channel("credit as a word")
def by_the_credit(world, persona):
    return _each(world, lambda case: [_search(persona, case.new).json()["count"] > 0])


@channel("correction of a word")
def as_a_correction(world, persona):
    def found(case):
        typed = case.word.replace("zz", "zx", 1)
        answer = _search(persona, typed, exact="false").json()
        return [(answer["correction"] or {}).get("query") == case.word]

    return _each(world, found)


@channel("suggestion", expected=lambda case: NOBODY)
def as_a_suggestion(world, persona):
    """Only titles of entries and what many people asked for are suggested."""
    return _each(
        world,
        lambda case: [bool(persona.call("suggest", q=case.word[:-1]).json()["items"])],
    )


@channel("page of search")
def on_the_page_of_search(world, persona):
    return _each(
        world,
        lambda case: ["Horlogère" in _text(persona.open("/fr/search/", q=case.word, exact="true"))],
    )


@channel("search as one types", may_be_silent=True)
def as_one_types(world, persona):
    headers = {"HX-Request": "true"}
    return _each(
        world,
        lambda case: [
            case.word
            in _text(
                persona.browser.get(
                    "/fr/search/live/", {"q": case.word[:-1], "typing": "true"}, headers=headers
                )
            ).replace(f'"{case.word[:-1]}"', "")
        ],
    )


@channel("oEmbed", expected=held)
def by_oembed(world, persona):
    address = "http://127.0.0.1:8000/embed/{}/"
    return _each(
        world,
        lambda case: [
            case.word in _text(persona.open("/oembed", url=address.format(case.film.file_key)))
        ],
    )


@channel("player", expected=held)
def in_the_player(world, persona):
    return _each(
        world,
        lambda case: [case.word in _text(persona.open(f"/embed/{case.film.file_key}/"))],
    )


def _sums(case):
    made = Derived.objects.filter(source=case.photo.blob, size="original").order_by("-pk")
    return made[0].result.sha256, case.film.sha256, case.paper.sha256


@channel("checksum of a copy", expected=lambda case: case.file_readers)
def by_a_checksum(world, persona):
    return _each(
        world, lambda case: [persona.call(f"copies/{one}").json()["known"] for one in _sums(case)]
    )


@channel("words about a copy", expected=lambda case: case.file_readers)
def in_the_words_about_a_copy(world, persona):
    return _named(
        world,
        "".join(
            _text(persona.call(f"copies/{one}")) for case in world.cases for one in _sums(case)
        ),
    )


@channel("lists, home, feeds, the room", expected=lambda case: NOBODY)
def in_lists(world, persona):
    """They show the kit, and of its items nothing."""
    token = {"token": persona.feed_token} if persona.feed_token else {}
    answers = [
        persona.call("entries", limit=100),
        persona.call("home"),
        persona.open("/fr/"),
        persona.open(world.room.get_url()),
        *(
            persona.open(f"/feeds/{world.room.entry_key}.{form}", **token)
            for form in ("atom", "rss", "json")
        ),
        persona.open("/sitemap.xml"),
    ]
    assert all(one.status_code == 200 for one in answers)
    return _named(world, "\n".join(map(_text, answers)))


# Those who took the kit before: they know names, and learn nothing that is not theirs any more.


def _corrected(world, text):
    return {case.name for case in world.cases if case.new in text}


@channel("my downloads", is_of_twins=True, may_be_silent=True)
def in_my_downloads(world, persona):
    answer = persona.open("/fr/press/downloads/")
    assert answer.status_code == 200
    return _corrected(world, _text(answer))


@channel("words about what I took", expected=lambda case: case.file_readers, is_of_twins=True)
def in_the_words_about_what_i_took(world, persona):
    return _corrected(
        world,
        "".join(
            _text(persona.call(f"copies/{one}")) for case in world.cases for one in _sums(case)
        ),
    )


@channel("mail to those who took it", is_of_twins=True)
def in_the_mail(world, persona):
    return _corrected(world, world.mails.get(f"{persona.name}-b@presse.example", ""))


@pytest.mark.parametrize("name", CHANNELS)
def test_each_channel_shows_each_persona_exactly_the_items_that_they_may_have(world, name):
    channel = CHANNELS[name]
    people = world.twins if channel.is_of_twins else world.personas

    wrong = []
    for persona in people.values():
        found = channel.look(world, persona)
        for case in world.cases:
            may = persona.name in channel.expected(case)
            if case.name in found and not may:
                wrong.append(f"LEAK to {persona.name}: {case.name}")
            elif may and case.name not in found and not channel.may_be_silent:
                wrong.append(f"hidden from {persona.name}: {case.name}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_numbers_and_counts_tell_nothing_of_items_that_are_not_theirs(world, name):
    persona = world.personas[name]
    theirs = [case for case in world.cases if name in case.readers]
    told = _kit(world, persona).json()

    assert len(told["items"]) == len(KINDS) * len(theirs)
    numbers = [one["number"] for one in told["items"] if one["number"] is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert all(one["number"] is None for one in told["items"] if one["kind"] != "photo")
    files = {one["what"]: one["files"] for one in told["downloads"]}
    assert files == {"all": 3 * len(theirs), "web": 2 * len(theirs)}
    for one in told["downloads"]:
        assert len(_body(_as(persona, "get", one["href"]))) == one["size"]
    page = _text(persona.open(world.kit.get_url()))
    assert page.count('class="shot"') == len(theirs)
    shown = [
        int(one)
        for one in re.findall(r'<span class="no"\s+aria-hidden="true"><span>(\d+)</span>', page)
    ]
    assert sorted(shown) == sorted(numbers)


def test_the_count_of_photos_in_the_room_is_that_of_what_each_has_and_cards_say_none(world):
    for persona in world.personas.values():
        theirs = [case for case in world.cases if persona.name in case.readers]
        (card,) = persona.call("entries", type="press-kit").json()["items"]
        assert "photos" not in card
        said = _text(persona.open(world.room.get_url()))
        assert int(re.search(r"(\d+)\s+photos?\b", said)[1]) == len(theirs), persona.name


def test_a_photo_has_the_same_number_for_everybody_who_has_it(world):
    numbers = {}
    for persona in world.personas.values():
        for one in _kit(world, persona).json()["items"]:
            if one["number"] is not None:
                numbers.setdefault(one["id"], set()).add(one["number"])

    assert all(len(found) == 1 for found in numbers.values())


@pytest.mark.parametrize(
    ("name", "readers"), [("replaced", EVERYBODY), ("replaced-accredited", ACCREDITED)]
)
def test_bytes_that_were_replaced_are_in_the_version_that_had_them_and_nowhere_else(
    world, name, readers
):
    case = world.named(name)
    _photo, film, paper = case.old_sums
    for persona in world.personas.values():
        for version in range(1, world.before + 1):
            old = _zip(world, persona, version)
            names = zipfile.ZipFile(io.BytesIO(_body(old))).read("SHA256SUMS").decode()
            assert (paper in names) is (persona.name in readers), persona.name
            assert (film in names) is (persona.name in readers), persona.name
        for version in range(world.before + 1, world.latest + 1):
            now = zipfile.ZipFile(io.BytesIO(_body(_zip(world, persona, version))))
            assert paper not in now.read("SHA256SUMS").decode()
        given = _body(_as(persona, "get", f"/files/{case.paper.file_key}"))
        assert bool(given) is (persona.name in readers)
        assert not given or hashlib.sha256(given).hexdigest() == case.paper.sha256
        said = persona.call(f"copies/{paper}").json()
        assert said["known"] is (persona.name in readers)
        assert not said["known"] or said["state"] == "replaced"
