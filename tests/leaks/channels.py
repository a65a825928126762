"""The ways by which something could reach a reader. A new way registers itself here."""

import html
from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from search.insight import saved
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
    return answer.status_code == 200 and bool(answer.getvalue())


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


def search(persona, case, **query):
    """What the API finds for the case's own word, or for what else is asked."""
    return persona.call("search", **{"q": case.rare, "exact": "true", **query}).json()


@channel("search hit", covers="api:search")
def as_a_hit(world, persona, case):
    return case.page.entry_key in {one["key"] for one in search(persona, case)["items"]}


@channel("search count")
def in_the_count_of_a_search(world, persona, case):
    found = search(persona, case)
    assert found["count"] == len(found["items"])
    return found["count"] > 0


@channel("search as a phrase")
def as_a_phrase(world, persona, case):
    found = search(persona, case, q=f'"{case.word}"')
    return case.page.entry_key in {one["key"] for one in found["items"]}


@channel("search among everything")
def among_the_newest_of_a_search(world, persona, case):
    found = search(persona, case, q="", topic=case.topic.slug)
    assert {one["count"] for one in found["facets"]["type"]} == {found["count"]}
    return found["count"] == 2  # the carrier is public


def _a_facet(name):
    @channel(f"search facet {name}")
    def in_a_facet(world, persona, case):
        found = search(persona, case)
        counts = [one["count"] for one in found["facets"][name]]
        assert counts in ([], [1]), found["facets"]
        return bool(counts)


for _name in ("type", "topic", "locale", "section", "year"):
    _a_facet(_name)


@channel("search facet under another filter")
def in_a_facet_under_another_filter(world, persona, case):
    found = search(persona, case, type="nothing-is-of-this-type")
    assert found["items"] == []
    return bool(found["facets"]["type"])


@channel("highlight")
def in_a_highlight(world, persona, case):
    return f"<mark>{case.rare}</mark>" in str(search(persona, case))


@channel("search under a path")
def in_a_search_under_a_path(world, persona, case):
    return search(persona, case, under=case.place.get_url())["count"] > 0


@channel("search under a key")
def in_a_search_under_a_key(world, persona, case):
    return search(persona, case, under=case.place.entry_key)["count"] > 0


@channel("search under the page itself")
def in_a_search_under_the_page(world, persona, case):
    return search(persona, case, under=case.page.entry_key)["count"] > 0


@channel("search by date")
def in_a_search_by_date(world, persona, case):
    found = search(persona, case, order="-published_at", since="2020-01-01", locale="fr")
    return case.page.entry_key in {one["key"] for one in found["items"]}


@channel("promoted")
def among_the_promoted(world, persona, case):
    return case.page.entry_key in {one["key"] for one in search(persona, case)["promoted"]}


@channel("correction")
def as_a_correction(world, persona, case):
    typed = case.rare.replace("zibeline", "zibelinne")
    found = search(persona, case, q=typed, exact="false")
    offered = (found["correction"] or {}).get("query") == case.rare
    assert offered == (found["count"] > 0)
    return offered


@channel("suggested title", covers="api:suggest")
def as_a_suggestion(world, persona, case):
    items = persona.call("suggest", q=case.rare[:-1]).json()["items"]
    return case.page.entry_key in {one.get("key") for one in items}


@channel("suggested query")
def as_a_suggested_query(world, persona, case):
    items = persona.call("suggest", q=case.rare[:-1], locale="fr").json()["items"]
    return case.rare in {one["title"] for one in items if one["kind"] == "query"}


@channel("opened result", covers="api:click")
def as_an_opened_result(world, persona, case):
    told = {"ask": search(persona, case)["ask"], "key": case.page.entry_key, "position": 1}
    return persona.tell("search/clicks", told).json()["counted"]


def _title_in(answer, case):
    assert answer.status_code == 200
    shown = html.unescape(answer.content.decode()).replace("<mark>", "").replace("</mark>", "")
    return f"Page {case.word}" in shown


@channel("search page", covers="search")
def on_the_page_of_search(world, persona, case):
    return _title_in(persona.open("/fr/search/", q=case.rare, exact="true"), case)


@channel("search page of a topic")
def on_the_page_of_a_filtered_search(world, persona, case):
    return _title_in(persona.open("/fr/search/", topic=case.topic.slug), case)


@channel("search page with what was meant")
def on_the_page_of_what_was_meant(world, persona, case):
    typed = case.rare.replace("zibeline", "zibelinne")
    return _title_in(persona.open("/fr/search/", q=typed), case)


@channel("search as one types", covers="search_live")
def as_one_types(world, persona, case):
    query = {"q": case.rare[:-1], "typing": "true"}
    answer = persona.browser.get("/fr/search/live/", query, headers={"HX-Request": "true"})
    return _title_in(answer, case)


@channel("feed of a search", covers="search_feed")
def in_the_feed_of_a_search(world, persona, case):
    query = {"token": persona.feed_token} if persona.feed_token else {}
    return _title_in(persona.open("/fr/search.atom", q=case.rare, **query), case)


@channel("feed of a search, of the session")
def in_the_feed_of_a_search_of_the_session(world, persona, case):
    return _title_in(persona.open("/fr/search.rss", q=case.rare), case)


@channel(
    "feed of a saved search",
    covers="search_saved_feed",
    expected=lambda case: case.readers - {"anonymous"},
)
def in_the_feed_of_a_saved_search(world, persona, case):
    if not persona.feed_token:
        return False
    kept = saved.keep(persona.user_id, case.rare, at=timezone.now())
    answer = Client().get(f"/fr/search/saved/{kept.pk}.atom", {"token": persona.feed_token})
    return _title_in(answer, case)
