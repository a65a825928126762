"""The ways by which a file could reach somebody: every address there is of a kit and its files."""

import io
import zipfile

from django.test import Client

from media.models import Derived
from tests.leaks import kits
from tests.leaks.channels import channel, file_readers, search
from tests.leaks.world import EDITORS, NOBODY, Case

PUBLIC_GATE = frozenset(
    {"public", "unpublished-parent", "made-public-again", "embargoed-early", "embargoed"}
)


def _body(answer):
    if answer.status_code != 200:
        return b""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _zip(persona, case, version=2, **query):
    body = _body(persona.call(f"kits/{case.kit.entry_key}/v{version}.zip", **query))
    return zipfile.ZipFile(io.BytesIO(body)) if body else None


def told_to_everybody(case: Case) -> frozenset[str]:
    """Engines are told only of what is behind no gate."""
    return case.readers if case.state in PUBLIC_GATE else NOBODY


@channel("kit's manifest", covers="api:get_kit")
def in_the_manifest(world, persona, case):
    answer = persona.call(f"kits/{case.kit.entry_key}", since=1)
    shown = case.word in answer.content.decode()
    assert shown == (answer.status_code == 200)
    return shown


@channel("kit's archive", covers="api:get_kit_zip")
def in_the_archive(world, persona, case):
    found = _zip(persona, case)
    return bool(
        found
        and any(
            case.word in found.read(name).decode("latin-1") or case.state in name
            for name in found.namelist()
        )
    )


@channel("kit's older archive")
def in_an_older_archive(world, persona, case):
    return _zip(persona, case, version=1) is not None


@channel("kit's web archive")
def in_the_web_archive(world, persona, case):
    return _zip(persona, case, size="web") is not None


@channel("kit's delta")
def in_the_delta(world, persona, case):
    return _zip(persona, case, since=1) is not None


@channel("range of a kit's archive")
def a_range_of_the_archive(world, persona, case):
    headers = {"Range": "bytes=10-40"}
    if persona.token:
        headers["Authorization"] = f"Bearer {persona.token}"
    answer = Client().get(f"/api/v1/kits/{case.kit.entry_key}/v2.zip", headers=headers)
    return answer.status_code == 206


@channel("size of a kit's archive")
def the_head_of_the_archive(world, persona, case):
    headers = {"Authorization": f"Bearer {persona.token}"} if persona.token else {}
    answer = Client().head(f"/api/v1/kits/{case.kit.entry_key}/v2.zip", headers=headers)
    return answer.status_code == 200


@channel("one item of a kit")
def one_item(world, persona, case):
    found = {
        bool(_body(persona.call(f"kits/{case.kit.entry_key}/v2.zip", items=anchor)))
        for anchor in kits.anchors(case)
    }
    assert len(found) == 1
    return found.pop()


@channel("kit's page")
def on_the_kits_page(world, persona, case):
    answer = persona.open(case.kit.get_url())
    shown = f"Présentation {case.word}" in answer.content.decode()
    assert shown == (answer.status_code == 200)
    return shown


@channel("kit's list of files")
def in_the_list_of_files(world, persona, case):
    answer = persona.call(f"entries/{case.kit.entry_key}")
    return answer.status_code == 200 and len(answer.json()["files"]) == 3


def _each_file(persona, case, address):
    found = {bool(_body(persona.open(address(one)))) for one in kits.files(case)}
    assert len(found) == 1
    return found.pop()


@channel("kit's originals", expected=file_readers)
def the_originals(world, persona, case):
    return _each_file(persona, case, lambda one: f"/files/{one.file_key}")


@channel("kit's photo in press sizes", expected=file_readers)
def the_press_sizes(world, persona, case):
    photo, film, _ = kits.files(case)
    addresses = [f"/files/{photo.file_key}/{size}" for size in ("original", "web", "share", "lead")]
    addresses.append(f"/files/{film.poster.file_key}/lead")
    found = {bool(_body(persona.open(address))) for address in addresses}
    assert len(found) == 1
    return found.pop()


@channel(
    "link to a file",
    covers="api:get_file_link",
    # A link stands for somebody; who has no account needs none for what is public.
    expected=lambda case: file_readers(case) - {"anonymous"},
)
def by_a_signed_link(world, persona, case):
    photo, _, paper = kits.files(case)
    found = set()
    for file, size in ((photo, "card"), (paper, None)):
        query = {"rendition": size} if size else {}
        answer = persona.call(f"files/{file.file_key}/link", **query)
        found.add(answer.status_code == 200 and bool(_body(Client().get(answer.json()["href"]))))
    assert len(found) == 1
    return found.pop()


@channel("JSON-LD", expected=told_to_everybody)
def in_the_data_for_engines(world, persona, case):
    text = persona.open(case.kit.get_url()).content.decode()
    _, _, data = text.partition('<script type="application/ld+json">')
    return case.word in data.partition("</script>")[0]


@channel("oEmbed", covers="oembed")
def by_oembed(world, persona, case):
    _, film, _ = kits.files(case)
    address = f"http://127.0.0.1:8000/embed/{film.file_key}/"
    answer = persona.open("/oembed", url=address)
    return answer.status_code == 200 and case.word in answer.content.decode()


@channel("player", covers="embed")
def in_a_player(world, persona, case):
    _, film, _ = kits.files(case)
    return case.word in persona.open(f"/embed/{film.file_key}/").content.decode()


@channel("enclosure of a feed")
def as_an_enclosure(world, persona, case):
    query = {"token": persona.feed_token} if persona.feed_token else {}
    photo, _, _ = kits.files(case)
    feed = persona.open(f"/feeds/{case.place.entry_key}.json", **query).content.decode()
    return f"/files/{photo.file_key}/" in feed


@channel("word inside a file")
def by_a_word_inside_a_file(world, persona, case):
    found = search(persona, case, q=kits.inside(case))
    named = [one["file"]["id"] for one in found["items"] if one.get("file")]
    assert len(named) == len(found["items"]) == found["count"]
    return named == [kits.files(case)[2].file_key]


@channel("checksum of a copy", covers="api:get_copy", expected=file_readers)
def by_the_checksum_of_a_copy(world, persona, case):
    photo, film, paper = kits.files(case)
    made = Derived.objects.filter(source=photo.blob, size="original").get().result
    found = {
        persona.call(f"copies/{digest}").json()["known"]
        for digest in (made.sha256, film.sha256, paper.sha256)
    }
    assert len(found) == 1
    return found.pop()


@channel("storage paths", expected=lambda case: NOBODY)
def by_the_path_in_the_storage(world, persona, case):
    names = [one.blob.name for one in kits.files(case)]
    return any(
        persona.open(f"/{place}{name}").status_code == 200
        for name in names
        for place in ("", "media/", "files/", "static/", "files/blobs/")
    )


@channel("stored files of a kit", expected=lambda case: EDITORS)
def by_the_editors_storage_path(world, persona, case):
    photo, _, _ = kits.files(case)
    return bool(_body(persona.open(f"/editor/stored/{photo.blob.name}")))


@channel("contact's card", covers="api:get_contact_card")
def on_a_contacts_card(world, persona, case):
    return case.word in persona.call(f"contacts/{case.contact.entry_key}.vcf").content.decode()
