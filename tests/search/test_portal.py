"""The page of search: whole without a script, soft on bad addresses, never kept, noted once."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from cms.accounts import tokens
from cms.accounts.identity import now
from cms.accounts.models import Token
from pages.base.topics import Topic
from pages.models import BriefPage
from search import service
from search.contract import EngineFailed
from search.insight import logging
from search.insight.models import Asked, Click, SavedSearch
from tests.factories import article, picture, restrict, restricted_block

pytestmark = pytest.mark.django_db

LIVE = {"HX-Request": "true"}


@pytest.fixture
def posters(section):
    """Three texts about posters: two articles and a brief."""
    topic = Topic.objects.create(name="Matériel", slug="materiel")
    first = article(section, "Affiche de salle", summary="Le format 120×160 <b>reste</b>.")
    first.topics.add(topic)
    first.save()
    article(section, "Affiche de hall", lead_image=picture())
    section.add_child(
        instance=BriefPage(title="Affiche en retard", slug="retard", locale=section.locale)
    )
    return first


def text_of(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode())))


def titles_of(answer):
    found = re.findall(r"<h2[^>]*>\s*<a [^>]*>(.*?)</a>", answer.content.decode(), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", html.unescape(one)) for one in found]


def test_a_search_shows_its_hits_with_the_words_marked_and_everything_else_escaped(posters, client):
    answer = client.get("/fr/search/", {"q": "affiche salle"})

    shown = answer.content.decode()
    assert "<mark>Affiche</mark> de <mark>salle</mark>" in shown
    assert "&lt;b&gt;reste&lt;/b&gt;" in shown
    assert "<b>reste</b>" not in shown
    assert "<title>" in shown
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Vary"].startswith("Cookie, Accept-Language")


def test_checkboxes_of_one_facet_are_or_and_of_several_and(posters, client):
    both = client.get("/fr/search/?q=affiche&type=article&type=brief")
    commas = client.get("/fr/search/?q=affiche&type=article,brief")
    one = client.get("/fr/search/?q=affiche&type=article&topic=materiel")

    assert len(titles_of(both)) == 3
    assert titles_of(commas) == titles_of(both)
    assert titles_of(one) == ["Affiche de salle"]
    own = client.get("/fr/search/?q=affiche&type=article").content.decode()
    assert 'value="brief"' in own, "a facet is counted under all filters but its own"


def test_each_filter_that_is_set_can_be_taken_away(posters, client):
    shown = client.get("/fr/search/?q=affiche&type=article&topic=materiel").content.decode()

    ways = {html.unescape(one) for one in re.findall(r'class="tag"\s+href="([^"]+)"', shown)}
    assert {frozenset(parse_qs(urlsplit(way).query)) for way in ways} == {
        frozenset({"q", "type"}),
        frozenset({"q", "topic"}),
    }


@pytest.mark.parametrize(
    "query",
    [
        "q=affiche&year=twenty&locale=xx&order=worst&exact=perhaps&cursor=nonsense&what=ever",
        "q=%00%ff'%22*-+(((&type=%00&section=%F0%9F%98%80",
        "q=" + "a" * 3000,
        "q=*",
        "cursor=" + "x" * 5000,
        "year=0000&year=99999&start=999999999999999999",
        "type=" + ",".join(f"t{number}" for number in range(400)),
    ],
)
def test_a_bad_address_is_read_softly(posters, client, query):
    assert client.get(f"/fr/search/?{query}").status_code == 200
    assert client.get(f"/fr/search/live/?{query}", headers=LIVE).status_code == 200
    assert client.get(f"/fr/search.atom?{query}").status_code == 200


def test_the_next_page_begins_where_the_first_ended(section, client):
    for number in range(25):
        article(section, f"Affiche numéro {number}")
    first = client.get("/fr/search/?q=affiche")

    (way,) = re.findall(r'rel="next"\s+href="([^"]+)"', first.content.decode())
    second = client.get(html.unescape(way))
    more = client.get(html.unescape(way).replace("/search/", "/search/live/"), headers=LIVE)

    assert len(titles_of(first)) == 20
    assert not set(titles_of(first)) & set(titles_of(second))
    assert titles_of(more) == titles_of(second)
    assert len(titles_of(second)) == 5
    assert 'data-position="21"' in second.content.decode()


def test_what_was_meant_is_answered_and_what_was_typed_offered(posters, client):
    answer = client.get("/fr/search/?q=affihce")

    assert len(titles_of(answer)) == 3
    (way,) = re.findall(r'href="(/fr/search/[^"]*exact=true)"', answer.content.decode())
    assert titles_of(client.get(html.unescape(way))) == []


def test_nothing_found_names_the_ways_out(posters, client):
    shown = client.get("/fr/search/?q=affiche&type=rumour").content.decode()
    neither = client.get("/fr/search/?q=affiche&type=rumour&year=1999").content.decode()

    assert 'class="empty"' in shown
    assert re.search(r'href="/fr/search/\?q=affiche"[^>]*>[^<]*</a>\s*<small[^>]*>3<', shown)
    assert "<small" not in neither.partition('class="empty"')[2].partition("</div>")[0]


def test_without_a_query_the_newest_stand_there_and_nothing_is_noted(posters, client):
    assert len(titles_of(client.get("/fr/search/"))) >= 3

    logging.flush()
    assert not Asked.objects.exists()


def test_a_search_is_noted_once(posters, client):
    client.get("/fr/search/?q=affiche")
    client.get("/fr/search/live/?q=affiche&type=brief", headers=LIVE)

    logging.flush()
    assert list(Asked.objects.values_list("text", "total").order_by("pk")) == [
        ("affiche", 3),
        ("affiche", 1),
    ]


@pytest.mark.parametrize("is_written", [True, False])
def test_what_was_typed_on_the_way_is_not_noted(posters, client, is_written):
    begun = client.get("/fr/search/live/?q=affi&typing=true", headers=LIVE)
    was = _asks(begun)[0]
    if is_written:
        logging.flush()

    client.get("/fr/search/live/", {"q": "affiche", "typing": "true", "was": was}, headers=LIVE)

    logging.flush()
    assert list(Asked.objects.values_list("text", flat=True)) == ["affiche"]


def _asks(answer):
    return [
        html.unescape(one) for one in re.findall(r'data-ask="([^"]+)"', answer.content.decode())
    ]


def test_typing_finds_words_that_are_only_begun_and_changes_one_step_of_history(posters, client):
    typed = client.get("/fr/search/live/?q=affi&typing=true", headers=LIVE)
    chosen = client.get("/fr/search/live/?q=affiche&type=brief", headers=LIVE)

    assert len(titles_of(typed)) == 3
    assert typed["HX-Replace-Url"] == "/fr/search/?q=affi"
    assert chosen["HX-Push-Url"] == "/fr/search/?q=affiche&type=brief"
    assert "<html" not in typed.content.decode()


def test_a_word_that_was_only_begun_still_finds_on_enter(posters, client):
    entered = client.get("/fr/search/?q=affi")

    assert len(titles_of(entered)) == 3
    assert titles_of(client.get("/fr/search/?q=affi&exact=true")) == []


def test_pieces_are_no_page_of_their_own(posters, client):
    answer = client.get("/fr/search/live/?q=affiche")

    assert answer.status_code == 302
    assert answer["Location"] == "/fr/search/?q=affiche"


def test_an_opened_result_is_told_with_a_token_against_forgery(posters, client):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get("/fr/search/?q=affiche").content.decode()
    (ask,) = re.findall(r'data-ask="([^"]+)"', page)
    told = {"ask": ask, "key": posters.entry_key, "position": "1"}

    forged = strict.post("/fr/search/clicked/", told)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    meant = strict.post("/fr/search/clicked/", {**told, "csrfmiddlewaretoken": token})

    assert (forged.status_code, meant.status_code) == (403, 204)
    logging.flush()
    assert Click.objects.get().key == posters.entry_key


@pytest.mark.parametrize("told", [{}, {"ask": "x", "key": "\0", "position": "-1"}])
def test_nonsense_about_a_result_counts_as_nothing(posters, client, told):
    assert client.post("/fr/search/clicked/", told).status_code == 204
    logging.flush()
    assert not Click.objects.exists()


def test_a_section_is_found_by_its_readers_and_leads_to_its_place(
    section, client, staff, make_user
):
    article(section, "Ouvert", story=[restricted_block([staff], ("text", "<p>velours</p>"))])
    inside = Client()
    inside.force_login(make_user(groups=[staff]))

    found = inside.get("/fr/search/?q=velours").content.decode()
    outside = client.get("/fr/search/?q=velours")

    assert "infile" in found
    assert re.search(r'href="/fr/actualites/[\w-]+/#[\w-]+"', found)
    assert titles_of(outside) == []


def test_the_language_switch_keeps_the_search(posters, client):
    shown = client.get("/fr/search/?q=affiche&type=brief").content.decode()

    assert 'href="/en/search/?q=affiche&amp;type=brief"' in shown


def test_the_field_is_on_every_page_and_leads_to_the_page_of_search(posters, client):
    for path in (posters.get_url(), "/fr/", "/fr/nulle-part/", "/account/login/"):
        shown = client.get(path).content.decode()
        assert re.search(r'role="search"\s+action="/\w\w/search/"', shown), path


def test_the_page_says_when_the_main_engine_does_not_answer(posters, client, monkeypatch):
    monkeypatch.setattr(service, "_all", lambda: [Silent(), service.EMBEDDED])

    answer = client.get("/en/search/?q=affiche")

    assert "stand-in" in text_of(answer)
    assert len(titles_of(answer)) == 3


class Silent:
    """An engine that does not answer."""

    name = "silent"

    def search(self, wanted, reader):
        raise EngineFailed("It is down.")


class TestSaved:
    """Searches that a person keeps."""

    @pytest.fixture
    def user(self, make_user, staff):
        return make_user(groups=[staff])

    @pytest.fixture
    def inside(self, user):
        client = Client()
        client.force_login(user)
        return client

    @pytest.fixture
    def kept(self, inside, posters):
        inside.post("/fr/search/saved/", {"q": "affiche", "type": ["article", "brief"]})
        return SavedSearch.objects.get()

    def test_one_is_kept_with_its_filters_and_opened_again(self, inside, kept):
        assert kept.name in text_of(inside.get("/fr/search/saved/"))
        assert inside.get(f"/fr/search/saved/{kept.pk}/")["Location"] == (
            "/fr/search/?q=affiche&type=article&type=brief"
        )

    def test_one_is_taken_away_by_its_owner_alone(self, inside, kept, make_user):
        other = Client()
        other.force_login(make_user("other@cabestan.example"))
        other.post(f"/fr/search/saved/{kept.pk}/remove/")
        assert SavedSearch.objects.exists()
        assert other.get(f"/fr/search/saved/{kept.pk}/").status_code == 404

        inside.post(f"/fr/search/saved/{kept.pk}/remove/")
        assert not SavedSearch.objects.exists()

    def test_nobody_saves_nothing_and_strangers_are_asked_to_sign_in(self, inside, client):
        said = inside.post("/fr/search/saved/", {"q": " "}, follow=True)

        assert "toast" in said.content.decode()
        assert "/account/login/" in client.post("/fr/search/saved/", {"q": "x"})["Location"]
        assert not SavedSearch.objects.exists()

    def test_saving_needs_a_token_against_forgery(self, user):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(user)

        assert strict.post("/fr/search/saved/", {"q": "affiche"}).status_code == 403

    def test_its_feed_is_its_owners_and_ends_with_the_token(
        self, inside, kept, user, token_of, section, staff, make_user
    ):
        hidden = article(section, "Affiche interne")
        restrict(hidden, staff)
        path = f"/fr/search/saved/{kept.pk}.atom"
        made = inside.post(f"/fr/search/saved/{kept.pk}/feed/").content.decode()
        address = html.unescape(re.search(rf'http://testserver({path}\?token=[^"]+)', made)[1])

        answer = Client().get(address)

        assert "Affiche interne" in answer.content.decode()
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert "token=" not in answer.content.decode()
        other = token_of(make_user("other@cabestan.example"), "feed")
        for wrong in ("", "?token=fr_nonsense", f"?token={other}"):
            assert Client().get(path + wrong).status_code == 404
        assert Client().get(f"{path}?token={token_of(user, 'read')}").status_code == 404
        assert inside.get(path).status_code == 404, "without its token it is nobody's"

        tokens.revoke(Token.objects.get(name__startswith="Atom"), now())
        assert Client().get(address).status_code == 404

    def test_a_feed_holds_thirty_at_most_the_newest_first(self, section, client):
        with transaction.atomic():
            for number in range(32):
                article(section, f"Affiche {number}")

        shown = client.get("/fr/search.rss?q=affiche").content.decode()

        assert shown.count("<item>") == 30
        assert shown.index("Affiche 31<") < shown.index("Affiche 30<")
        assert client.get("/fr/search.exe?q=affiche").status_code == 404


def test_a_search_takes_few_queries_however_many_it_finds(
    section, client, django_assert_max_num_queries
):
    for number in range(25):
        article(section, f"Affiche {number}")
    client.get("/fr/search/?q=affiche")

    with django_assert_max_num_queries(6):
        client.get("/fr/search/?q=affiche")
