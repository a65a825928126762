"""The ways by which something could reach a reader. A new way registers itself here."""

import html
from collections.abc import Callable
from dataclasses import dataclass

from tests.leaks.world import EDITORS, EVERYBODY, NOBODY, Case, Persona, World

Look = Callable[[World, Persona, Case], bool]


@dataclass(frozen=True)
class Channel:
    """A way, and whether a persona finds the case's page at its end."""

    name: str
    look: Look
    covers: frozenset[str]
    expected: Callable[[Case], frozenset[str]]


CHANNELS: dict[str, Channel] = {}


def readers(case: Case) -> frozenset[str]:
    return case.readers


def channel(
    name: str, *, covers: str = "", expected: Callable[[Case], frozenset[str]] = readers
) -> Callable[[Look], Look]:
    """Register a channel. ``covers`` names the routes that it goes through."""

    def register(look: Look) -> Look:
        CHANNELS[name] = Channel(name, look, frozenset(covers.split()), expected)
        return look

    return register


@channel("list", covers="api:list_entries")
def in_the_list(world, persona, case):
    cursor, keys = None, set()
    while True:
        query = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = persona.call("entries", **query).json()
        keys |= {item["key"] for item in answer["items"]}
        cursor = answer["next"]
        if cursor is None:
            return case.page.entry_key in keys


@channel("list by topic")
def in_the_topics_list(world, persona, case):
    items = persona.call("entries", topic=case.topic.slug).json()["items"]
    return case.page.entry_key in {item["key"] for item in items}


@channel("list of several topics")
def in_the_list_of_topics(world, persona, case):
    topics = f"{case.topic.slug},nothing-else"
    items = persona.call("entries", topic=topics, order="title").json()["items"]
    return case.page.entry_key in {item["key"] for item in items}


@channel("list under a path")
def in_the_subtree(world, persona, case):
    items = persona.call("entries", under=case.place.get_url(), limit=100).json()["items"]
    return case.page.entry_key in {item["key"] for item in items}


@channel("list under a key")
def below_a_key(world, persona, case):
    items = persona.call("entries", under=case.place.entry_key, limit=100).json()["items"]
    return case.page.entry_key in {item["key"] for item in items}


@channel("count")
def in_the_count(world, persona, case):
    answer = persona.call("entries", topic=case.topic.slug, count="true").json()
    return answer["count"] == 2  # the carrier is public


@channel("detail", covers="api:get_entry")
def in_detail(world, persona, case):
    return persona.call(f"entries/{case.page.entry_key}").status_code == 200


@channel("by path", covers="api:get_entry_by_path")
def by_path(world, persona, case):
    return persona.call("entries/by-path", path=case.page.get_url()).status_code == 200


@channel("breadcrumb")
def in_a_breadcrumb(world, persona, case):
    answer = persona.call(f"entries/{case.child.entry_key}")
    return f"Rubrique {case.word}" in answer.content.decode()


@channel("portal breadcrumb")
def in_the_portals_breadcrumb(world, persona, case):
    return f"Rubrique {case.word}" in persona.open(case.child.get_url()).content.decode()


@channel("translation")
def as_a_translation(world, persona, case):
    titles = persona.call(f"entries/{case.carrier.entry_key}").json()["translations"]
    return case.translation.title in {one["title"] for one in titles}


@channel("language switch")
def in_the_language_switch(world, persona, case):
    return case.translation.get_url() in persona.open(case.carrier.get_url()).content.decode()


@channel("page link")
def as_a_chosen_page(world, persona, case):
    body = persona.call(f"entries/{case.carrier.entry_key}").json()["body"]
    chosen = [card["key"] for block in body if block["type"] == "pages" for card in block["value"]]
    return case.page.entry_key in chosen


@channel("link in a text")
def as_a_link(world, persona, case):
    body = persona.call(f"entries/{case.carrier.entry_key}").json()["body"]
    text = next(block["value"] for block in body if block["type"] == "text")
    assert "lien" in text, "the author's words stay"
    return case.page.get_url() in text


@channel("anything of the carrier")
def anywhere_on_the_carrier(world, persona, case):
    answer = persona.call(f"entries/{case.carrier.entry_key}").content.decode()
    return f"Page {case.word}" in answer or f"page-{case.word}" in answer


@channel("related")
def among_the_related(world, persona, case):
    return f"Page {case.word}" in html.unescape(
        persona.open(case.carrier.get_url()).content.decode()
    )


@channel("home", covers="api:get_home")
def on_the_home(world, persona, case):
    answer = persona.call("home").json()
    keys = {item["key"] for shelf in answer["sections"] for item in shelf["items"]}
    return case.page.entry_key in keys | {item["key"] for item in answer["pinned"]}


@channel("feed", covers="feed")
def in_the_feed(world, persona, case):
    query = {"token": persona.feed_token} if persona.feed_token else {}
    answer = persona.open(f"/feeds/{case.place.entry_key}.atom", **query)
    assert answer.status_code == 200
    return f"Page {case.word}" in answer.content.decode()


@channel("feed of the session")
def in_the_feed_of_the_session(world, persona, case):
    answer = persona.open(f"/feeds/{case.place.entry_key}.rss")
    return f"Page {case.word}" in answer.content.decode()


@channel("portal page", covers="wagtail_serve")
def as_a_page(world, persona, case):
    answer = persona.open(case.page.get_url())
    # The address that was asked for may stand on the page; nothing that it leads to may.
    shown = f"Page {case.word}" in html.unescape(answer.content.decode())
    assert shown == (answer.status_code == 200)
    return shown


@channel("page by key", covers="record")
def as_a_page_by_key(world, persona, case):
    return persona.open(f"/fr/e/{case.page.entry_key}/").status_code == 200


@channel("section page")
def in_the_section(world, persona, case):
    return f"Page {case.word}" in html.unescape(persona.open(case.place.get_url()).content.decode())


@channel("topic page", covers="topic")
def on_the_topics_page(world, persona, case):
    answer = persona.open(f"/fr/topics/{case.topic.slug}/")
    return f"Page {case.word}" in html.unescape(answer.content.decode())


@channel("home page")
def on_the_home_page(world, persona, case):
    return f"Page {case.word}" in html.unescape(persona.open("/fr/").content.decode())


@channel(
    "sitemap",
    covers="sitemap",
    expected=lambda case: EVERYBODY if "anonymous" in case.readers else NOBODY,
)
def in_the_sitemap(world, persona, case):
    return case.page.get_url() in persona.open("/sitemap.xml").content.decode()


@channel("preview", covers="wagtailadmin_pages:view_draft", expected=lambda case: EDITORS)
def as_a_preview(world, persona, case):
    answer = persona.open(f"/editor/pages/{case.page.pk}/view_draft/")
    shown = case.word in answer.content.decode()
    assert shown == (answer.status_code == 200)
    return shown


def file_readers(case: Case) -> frozenset[str]:
    """What no entry holds is for editors only."""
    return case.readers if case.has_entry else EDITORS


def _bytes(answer):
    return answer.status_code == 200 and bool(b"".join(answer.streaming_content))


@channel("picture", covers="file", expected=file_readers)
def the_pictures_bytes(world, persona, case):
    return _bytes(persona.open(f"/files/{case.image.file_key}"))


@channel("picture's size", covers="file_rendition", expected=file_readers)
def a_sizes_bytes(world, persona, case):
    return _bytes(persona.open(f"/files/{case.image.file_key}/card"))


@channel("document", expected=file_readers)
def the_documents_bytes(world, persona, case):
    return _bytes(persona.open(f"/files/{case.file.file_key}"))


@channel(
    "editors' files",
    covers="editor_file editor_file_size editor_rendition",
    expected=lambda case: EDITORS,
)
def the_editors_way(world, persona, case):
    address = f"/editor/files/{case.image.file_key}/card"
    made = case.image.get_rendition("max-165x165")
    found = {_bytes(persona.open(address)), _bytes(persona.open(made.url))}
    assert len(found) == 1
    return found.pop()


@channel("stored files", covers="editor_stored_file", expected=lambda case: EDITORS)
def by_storage_address(world, persona, case):
    return _bytes(persona.open(case.image.file.url))


@channel(
    "closed doors",
    covers="wagtaildocs_serve wagtailimages_serve",
    expected=lambda case: NOBODY,
)
def through_wagtails_own_doors(world, persona, case):
    return any(
        persona.open(path).status_code == 200
        for path in (
            f"/documents/{case.file.pk}/{case.file.filename}",
            f"/media/{case.image.file.name}",
            f"/files-are-served-by-key-only/{case.image.file.name}",
            f"/{case.image.file.name}",
        )
    )
