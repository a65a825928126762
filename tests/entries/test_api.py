"""The reader API's contract: what clients are written by."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cms.accounts import rates
from cms.entries.models import Entry
from pages.base.topics import Topic
from tests.factories import article, document, picture, restrict, restricted_block, subsection

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(section):
    """Twelve articles, a minute apart, the newest first in the list."""
    start = timezone.now() - timedelta(hours=1)
    pages = [
        article(section, f"Note {number:02}", first_published_at=start + timedelta(minutes=number))
        for number in range(12)
    ]
    return pages[::-1]


def keys(answer):
    return [item["key"] for item in answer.json()["items"]]


def fields(answer):
    return {error["field"] for error in answer.json()["errors"]}


def test_a_list_is_newest_first_and_says_where_it_goes_on(api, many):
    answer = api.get("entries?type=article&limit=5")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert keys(answer) == [page.entry_key for page in many[:5]]
    assert isinstance(answer.json()["next"], str)


def test_cursors_walk_through_everything_once(api, many):
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = api.get(f"entries?type=article&limit=5{more}")
        seen += keys(answer)
        cursor = answer.json()["next"]

    assert seen == [page.entry_key for page in many]


@pytest.mark.parametrize("order", ["-published_at", "published_at", "-updated_at", "title"])
def test_every_order_walks_through_everything_once(api, many, order):
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = api.get(f"entries?type=article&limit=5&order={order}{more}")
        seen += keys(answer)
        cursor = answer.json()["next"]

    assert sorted(seen) == sorted(page.entry_key for page in many)
    if order == "title":
        assert seen == [page.entry_key for page in many[::-1]]


def test_a_cursor_keeps_its_place_while_content_is_published(api, many, section):
    first = api.get("entries?type=article&limit=5")

    article(section, "Entre-temps")
    second = api.get(f"entries?type=article&limit=5&cursor={first.json()['next']}")

    assert keys(second) == [page.entry_key for page in many[5:10]]


def test_a_cursor_never_widens_what_the_reader_sees(api, many, section, staff, make_user, token_of):
    user = make_user(groups=[staff])
    token = token_of(user)
    restrict(section, staff)
    first = api.get("entries?type=article&limit=5", token=token)

    user.groups.clear()
    second = api.get(f"entries?type=article&limit=5&cursor={first.json()['next']}", token=token)

    assert keys(second) == []


def test_counts_are_exact(api, many):
    answer = api.get("entries?type=article&limit=1&count=true").json()

    assert (answer["count"], answer["count_exact"]) == (12, True)


def test_several_values_of_one_filter_are_or_and_several_filters_are_and(api, section):
    one, other = (Topic.objects.create(name=name, slug=name) for name in ("un", "deux"))
    pages = [article(section) for _ in range(3)]
    for page, topics in zip(pages, ([one], [other], [one, other]), strict=True):
        page.topics.add(*topics)
        page.save()

    assert set(keys(api.get("entries?topic=un"))) == {pages[0].entry_key, pages[2].entry_key}
    assert len(keys(api.get("entries?topic=un,deux"))) == 3
    assert keys(api.get("entries?topic=un&type=brief")) == []
    assert keys(api.get("entries?type=article,brief&topic=deux&locale=fr&limit=100"))[::-1] == [
        pages[1].entry_key,
        pages[2].entry_key,
    ]
    assert keys(api.get("entries?topic=nobody-knows")) == []
    assert keys(api.get("entries?type=nobody-knows")) == []


def test_since_is_inclusive_and_until_is_not(api, many):
    moment = Entry.objects.get(key=many[3].entry_key).published_at
    text = moment.isoformat().replace("+", "%2B")

    assert keys(api.get(f"entries?type=article&since={text}")) == [
        page.entry_key for page in many[:4]
    ]
    assert keys(api.get(f"entries?type=article&until={text}")) == [
        page.entry_key for page in many[4:]
    ]


def test_under_takes_a_path_or_a_key(api, many, section, site):
    elsewhere = subsection(site)
    article(elsewhere)

    assert len(keys(api.get("entries?type=article&under=/fr/actualites/"))) == 12
    assert len(keys(api.get("entries?type=article&under=/fr/actualites"))) == 12
    assert len(keys(api.get(f"entries?type=article&under={section.entry_key}"))) == 12
    assert keys(api.get("entries?under=/fr/nothing/")) == []
    assert keys(api.get("entries?under=section-99999")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=٣", "limit"),
        ("locale=xx", "locale"),
        ("since=yesterday", "since"),
        ("since=2026-01-01T00:00:00", "since"),
        ("until=2026-13-01", "until"),
        ("until=0001-01-01T00:00:00%2B05:00", "until"),
        ("order=random", "order"),
        ("cursor=nonsense", "cursor"),
        ("count=maybe", "count"),
        ("type=", "type"),
        ("type=a,,b", "type"),
        ("topic=%00", "topic"),
        ("unknown=1", "unknown"),
        ("limit=1&limit=2", "limit"),
        (f"topic={'x' * 501}", "topic"),
    ],
)
def test_a_bad_parameter_is_named(api, site, query, field):
    answer = api.get(f"entries?{query}")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-store"
    assert fields(answer) == {field}


def test_all_bad_parameters_are_named_at_once(api, site):
    assert fields(api.get("entries?limit=0&order=x&what=1")) == {"limit", "order", "what"}


def test_a_cursor_of_other_filters_is_refused(api, many):
    cursor = api.get("entries?type=article&limit=5").json()["next"]

    answer = api.get(f"entries?limit=5&cursor={cursor}")

    assert (answer.status_code, fields(answer)) == (422, {"cursor"})


def test_an_entry_has_card_body_translations_files_and_breadcrumb(api, section):
    file = document("Argumentaire")
    image = picture(credit="Photo Serre", description="Un établi")
    page = article(
        section,
        "Titre",
        summary="Résumé",
        lead_image=image,
        story=[
            ("text", "<p>Texte</p>"),
            ("file", {"document": file, "title": ""}),
        ],
    )

    entry = api.get(f"entries/{page.entry_key}").json()

    assert entry["title"] == "Titre"
    assert entry["url"] == page.get_url()
    assert entry["image"] == {
        "src": f"/files/image-{image.pk}/card",
        "alt": "Un établi",
        "credit": "Photo Serre",
        "width": 720,
        "height": 480,
    }
    assert [block["type"] for block in entry["body"]] == ["lead", "text", "file"]
    assert entry["files"] == [
        {
            "id": file.file_key,
            "title": "Argumentaire",
            "name": file.filename,
            "href": f"/files/{file.file_key}",
            "type": "application/pdf",
            "size": file.file_size,
        }
    ]
    assert [crumb["title"] for crumb in entry["breadcrumb"]] == ["Accueil", "Actualités"]
    assert entry["translations"] == []


def test_by_path_gives_the_same_entry(api, section):
    page = article(section)

    by_key = api.get(f"entries/{page.entry_key}")

    assert api.get(f"entries/by-path?path={page.get_url()}").content == by_key.content
    assert api.get(f"entries/by-path?path={page.get_url().rstrip('/')}").content == by_key.content
    assert api.get("entries/by-path").status_code == 422


def test_hidden_and_missing_give_the_same_answer_byte_for_byte(api, section):
    restrict(section, kind="login")
    page = article(section)

    hidden = api.get(f"entries/{page.entry_key}")
    missing = api.get("entries/article-99999")
    by_path = api.get(f"entries/by-path?path={page.get_url()}")
    nowhere = api.get("entries/by-path?path=/fr/nowhere/")

    answers = [hidden, missing, by_path, nowhere]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


@pytest.mark.parametrize("path", ["entries/x/y", "nothing", "entries/", "kits/x", "files"])
def test_every_missing_address_is_a_problem(api, site, path):
    answer = api.get(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_wrong_method_is_a_problem_that_says_what_is_allowed(site, method):
    answer = getattr(Client(), method)("/api/v1/entries")

    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert "GET" in answer["Allow"]


def test_an_unchanged_answer_is_304(api, many):
    first = api.get("entries")

    again = api.get("entries", If_None_Match=first["ETag"])

    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"]


def test_an_etag_changes_with_the_content(api, many):
    first = api.get("entries")
    many[0].title = "Autre titre"
    many[0].save()

    again = api.get("entries", If_None_Match=first["ETag"])

    assert again.status_code == 200


def test_public_answers_say_how_long_and_all_others_are_the_readers_own(
    api, many, make_user, token_of
):
    anonymous = api.get("entries")
    signed_in = api.get("entries", token=token_of(make_user()))

    assert anonymous["Cache-Control"] == "public, max-age=60"
    assert signed_in["Cache-Control"] == "private, no-cache"
    for answer in (anonymous, signed_in):
        assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_no_public_answer_outlives_the_next_opening_or_closing(api, many, section):
    article(section, embargo_until=timezone.now() + timedelta(seconds=20))
    assert 0 < max_age(api.get("entries")) <= 20

    article(section, expire_at=timezone.now() + timedelta(seconds=8))

    assert 0 < max_age(api.get("entries")) <= 8


def max_age(answer):
    return int(answer["Cache-Control"].removeprefix("public, max-age="))


def test_an_embargo_ends_by_itself_to_the_moment_cached_answers_included(api, section):
    soon = timezone.now() + timedelta(seconds=0.4)
    page = article(section, embargo_until=soon)
    address = f"entries/{page.entry_key}"
    assert api.get(address).status_code == 404
    assert page.entry_key not in keys(api.get("entries"))
    assert page.entry_key not in keys(api.get("entries"))

    while timezone.now() < soon:
        pass

    assert api.get(address).status_code == 200
    assert page.entry_key in keys(api.get("entries"))


def test_an_expiry_closes_by_itself_cached_answers_included(api, section, make_user, token_of):
    soon = timezone.now() + timedelta(seconds=0.6)
    page = article(section, expire_at=soon)
    token = token_of(make_user())
    for _ in range(3):
        assert page.entry_key in keys(api.get("entries", token=token))

    while timezone.now() < soon:
        pass

    assert page.entry_key not in keys(api.get("entries", token=token))
    assert api.get(f"entries/{page.entry_key}", token=token).status_code == 404


def test_cached_answers_are_not_shared_between_readers_with_other_gates(
    api, section, staff, make_user, token_of
):
    hidden = article(section)
    restrict(hidden, staff)
    member = token_of(make_user("a@cabestan.example", groups=[staff]))
    stranger = token_of(make_user("b@cabestan.example"))

    for _ in range(3):
        assert hidden.entry_key in keys(api.get("entries", token=member))
        assert hidden.entry_key not in keys(api.get("entries", token=stranger))
        assert hidden.entry_key not in keys(api.get("entries"))


def test_me_is_never_shared_between_readers_with_the_same_gates(api, site, make_user, token_of):
    one, other = (token_of(make_user(f"{name}@cabestan.example")) for name in ("un", "deux"))

    for _ in range(3):
        assert api.get("me", token=one).json()["email"] == "un@cabestan.example"
        assert api.get("me", token=other).json()["email"] == "deux@cabestan.example"
        assert api.get("me").json()["anonymous"] is True


def test_a_token_without_the_read_scope_reads_nothing(api, site, make_user, token_of):
    answer = api.get("entries", token=token_of(make_user(), "ingest"))

    assert answer.status_code == 403


def test_the_browsers_session_reads_too(section, staff, make_user):
    hidden = article(section)
    restrict(hidden, staff)
    client = Client()
    client.force_login(make_user(groups=[staff]))

    assert client.get(f"/api/v1/entries/{hidden.entry_key}").status_code == 200


def test_types_have_the_json_schema_of_their_card(api, site):
    items = api.get("types").json()["items"]

    brief = next(item for item in items if item["type"] == "brief")
    assert {"valid_from", "valid_to", "title", "image"} <= set(brief["card"]["properties"])


def test_home_groups_the_newest_by_section_and_says_why(api, site, section, many):
    pinned = article(section, "Épinglé", pinned_until=timezone.now() + timedelta(days=1))

    home = api.get("home?locale=fr").json()

    assert [card["key"] for card in home["pinned"]] == [pinned.entry_key]
    (shelf,) = home["sections"]
    assert (shelf["key"], shelf["title"]) == (section.entry_key, "Actualités")
    assert [card["key"] for card in shelf["items"]] == [page.entry_key for page in many]
    assert all(card["why"] for card in [*home["pinned"], *shelf["items"]])


def test_requests_over_the_rate_get_429_with_the_time_to_wait(api, site, settings):
    settings.API_RATE = 5

    answers = [api.get("entries") for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert int(answers[5]["Retry-After"]) <= 60
    assert answers[5]["Content-Type"] == "application/problem+json"
    assert [answer["RateLimit-Remaining"] for answer in answers[:5]] == ["4", "3", "2", "1", "0"]


def test_a_rate_holds_across_processes(api, site, settings):
    settings.API_RATE = 5
    statuses = []
    for _ in range(8):
        statuses.append(api.get("entries").status_code)
        rates._leases.clear()  # what another process would know

    assert statuses.count(200) == 5


def test_each_token_has_a_rate_of_its_own(api, site, settings, make_user, token_of):
    settings.API_RATE = 2
    one, other = (token_of(make_user(f"{name}@cabestan.example")) for name in ("un", "deux"))

    first = [api.get("me", token=one).status_code for _ in range(3)]

    assert first == [200, 200, 429]
    assert api.get("me", token=other).status_code == 200


def test_only_allowed_origins_may_read_from_a_browser(api, site, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://front.example"]

    allowed = api.get("entries", Origin="https://front.example")
    other = api.get("entries", Origin="https://evil.example")

    assert allowed["Access-Control-Allow-Origin"] == "https://front.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "origin" in allowed["Vary"].lower()


def test_a_restricted_section_stands_in_its_place_for_those_who_may_read_it(
    api, section, staff, make_user, token_of
):
    page = article(
        section,
        story=[
            ("text", "<p>Avant</p>"),
            restricted_block([staff], ("text", "<p>Dedans</p>"), title="Conditions"),
            ("text", "<p>Après</p>"),
        ],
    )

    inside = api.get(f"entries/{page.entry_key}", token=token_of(make_user(groups=[staff]))).json()
    outside = api.get(f"entries/{page.entry_key}").json()

    assert [block["type"] for block in inside["body"]] == ["text", "section", "text"]
    part = inside["body"][1]
    assert (part["title"], part["readers"]) == ("Conditions", [["Salariés"]])
    assert part["body"][0]["value"] == "<p>Dedans</p>"
    assert [block["value"] for block in outside["body"]] == ["<p>Avant</p>", "<p>Après</p>"]


@pytest.mark.parametrize("pools", [10, 1000])
def test_lists_take_a_fixed_number_of_queries(
    api, section, make_user, token_of, pools, django_assert_max_num_queries
):
    from django.contrib.auth.models import Group

    from cms.access import gates
    from cms.access.rule import Rule

    groups = Group.objects.bulk_create(Group(name=f"Pool {n}") for n in range(pools))
    gates.intern_all([Rule.of([[group.pk]]) for group in groups])
    token = token_of(make_user(groups=groups[: max(1, pools // 10)]))
    for _ in range(12):
        article(section)
    api.get("me", token=token)

    addresses = [
        "entries?limit=10",
        "entries?limit=10&type=article",
        "entries?limit=10&topic=x",
        "entries?limit=10&under=/fr/actualites/",
        "entries?limit=10&count=true",
        "entries?limit=10&order=title",
    ]
    for address in addresses:
        with django_assert_max_num_queries(3):
            api.get(address, token=token)
    with django_assert_max_num_queries(4):
        api.get("home", token=token)


@pytest.mark.parametrize("charset", ["utf-32", "utf-7", "cp037"])
def test_an_address_has_one_answer_whatever_charset_is_sent_along(api, many, charset):
    for _ in range(3):
        api.client.get(
            "/api/v1/entries?type=article%2Cbrief", CONTENT_TYPE=f"text/plain; charset={charset}"
        )

    assert len(keys(api.get("entries?type=article%2Cbrief"))) == 12
