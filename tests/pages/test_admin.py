"""An editor at work: what is published in the admin is read at once, and what fails is told."""

import pytest
from django.test import Client
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.entries.models import Entry
from pages.blocks import reading
from pages.models import ArticlePage
from tests.factories import article, restrict, restricted_block, subsection

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(make_user):
    client = Client()
    client.force_login(make_user("chef@cabestan.example", is_superuser=True))
    return client


def form(page=None, **changes):
    """The editor's form of an article, as a browser sends it."""
    data = {
        "title": "Nouvelle",
        "slug": "nouvelle",
        "summary": "Résumé",
        "lead_image": "",
        "lead_alt": "",
        "topics": "",
        "author": "",
        "keeper": "",
        "on_behalf_of": "",
        "embargo_until": "",
        "early_readers": [],
        "pinned_until": "",
        "change_weight": "1",
        "change_note": "",
        "go_live_at": "",
        "expire_at": "",
        "story": streamfield([("text", rich_text("<p>Texte</p>"))]),
        "updates": streamfield([]),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
    }
    return nested_form_data({**data, **changes})


def create(editor, parent, **changes):
    address = f"/editor/pages/add/pages/articlepage/{parent.pk}/"
    return editor.post(address, {**form(**changes), "action-publish": "action-publish"})


def test_what_an_editor_publishes_is_in_the_api_and_on_the_portal(editor, section, api, client):
    answer = create(editor, section)

    assert answer.status_code == 302, answer.content.decode()[:3000]
    page = ArticlePage.objects.get(slug="nouvelle")
    assert api.get(f"entries/{page.entry_key}").json()["title"] == "Nouvelle"
    assert "Nouvelle" in client.get(page.get_url()).content.decode()


def test_unpublishing_in_the_admin_closes_at_once(editor, section, api):
    page = article(section)
    page.save_revision().publish()

    editor.post(f"/editor/pages/{page.pk}/unpublish/")

    assert api.get(f"entries/{page.entry_key}").status_code == 404


def test_privacy_set_in_the_admin_counts_at_once(editor, section, api, staff):
    page = article(section)

    answer = editor.post(
        f"/editor/pages/{section.pk}/privacy/",
        {"restriction_type": "groups", "groups": [staff.pk], "password": ""},
    )

    assert answer.status_code == 200
    assert PageViewRestriction.objects.count() == 1
    assert api.get(f"entries/{page.entry_key}").status_code == 404


def test_publishing_many_pages_in_one_action(editor, section, api, django_assert_max_num_queries):
    pages = [article(section, live=False) for _ in range(10)]
    for page in pages:
        page.save_revision()
    ids = "&".join(f"id={page.pk}" for page in pages)

    answer = editor.post(f"/editor/bulk/wagtailcore/page/publish/?next=/editor/&{ids}")

    assert answer.status_code == 302
    assert Entry.objects.filter(page_id__in=[page.pk for page in pages]).count() == 10


def test_deleting_many_pages_in_one_action(editor, section):
    pages = [article(section) for _ in range(5)]
    ids = "&".join(f"id={page.pk}" for page in pages)

    editor.post(f"/editor/bulk/wagtailcore/page/delete/?next=/editor/&{ids}")

    assert Entry.objects.filter(page_id__in=[page.pk for page in pages]).count() == 0


def test_moving_in_the_admin_moves_paths_and_gates(editor, site, section, staff, api):
    private = subsection(site)
    restrict(private, staff)
    page = article(section)

    editor.post(f"/editor/pages/{page.pk}/move/{private.pk}/confirm/")

    assert Entry.objects.get(page_id=page.pk).path == f"{private.get_url()}{page.slug}/"
    assert api.get(f"entries/{page.entry_key}").status_code == 404


@pytest.fixture
def unreadable(monkeypatch):
    """A fault of the product, caused for real: a block reader that breaks on what it finds."""

    def broken(value, sheet):
        raise ValueError("un bloc que personne ne lit")

    monkeypatch.setitem(reading.READERS, "text", broken)


def test_a_new_page_that_cannot_be_read_is_not_published_and_nothing_typed_is_lost(
    editor, section, unreadable
):
    answer = create(editor, section, title="Un long travail")

    told = answer.content.decode()
    assert answer.status_code == 200
    assert "un bloc que personne ne lit" in told
    assert "Un long travail" in told
    assert not Entry.objects.filter(title="Un long travail").exists()
    assert not Page.objects.filter(title="Un long travail").exists()


def test_a_page_that_cannot_be_read_keeps_what_readers_have(editor, section, unreadable):
    page = article(section, "Avant")

    answer = editor.post(
        f"/editor/pages/{page.pk}/edit/",
        {**form(title="Après", slug=page.slug), "action-publish": "action-publish"},
    )

    assert "un bloc que personne ne lit" in answer.content.decode()
    assert Entry.objects.get(page_id=page.pk).title == "Avant"


def test_a_bulk_publish_with_one_unreadable_page_publishes_none(editor, section):
    good = article(section, live=False)
    bad = article(section, live=False)
    for page in (good, bad):
        page.save_revision()
    revision = bad.latest_revision
    revision.content["story"] = (
        '[{"type": "restricted", "id": "x", "value": '
        '{"readers": ["not-a-number"], "title": "", "content": []}}]'
    )
    revision.save()
    ids = f"id={good.pk}&id={bad.pk}"

    editor.post(f"/editor/bulk/wagtailcore/page/publish/?next=/editor/&{ids}")

    assert not Page.objects.filter(pk__in=[good.pk, bad.pk], live=True).exists()
    assert Entry.objects.filter(page_id__in=[good.pk, bad.pk]).count() == 0


def test_the_editor_sees_who_will_read_the_page(editor, section, staff, press, make_user):
    for number in range(3):
        make_user(f"s{number}@cabestan.example", groups=[staff])
    make_user("journal@cabestan.example", groups=[press])
    restrict(section, staff)
    page = article(section, story=[restricted_block([press], ("text", "<p>x</p>"))])

    panel = editor.get(f"/editor/pages/{page.pk}/edit/").content.decode()

    assert "Salariés" in panel
    assert "4 " in panel.split("fr-audience__who")[1][:400]  # three, and the administrator
    assert "fr-audience__part" in panel


@pytest.mark.parametrize("name", ["articles", "briefs", "rumours", "guidance"])
def test_each_list_of_news_shows_owner_and_readers(editor, section, name):
    article(section, "Titre en liste")

    answer = editor.get(f"/editor/{name}/")

    assert answer.status_code == 200
    if name == "articles":
        assert "Titre en liste" in answer.content.decode()


def test_the_guidance_list_filters_by_overdue_review(editor, section):
    assert editor.get("/editor/guidance/?overdue=true").status_code == 200


def test_the_preview_is_the_portal_page_of_the_draft(editor, section):
    page = article(section, "Titre public")
    page.title = "Titre du brouillon"
    page.save_revision()

    shown = editor.get(f"/editor/pages/{page.pk}/view_draft/").content.decode()

    assert "Titre du brouillon" in shown
    assert 'class="masthead' in shown


def test_the_explorer_of_a_section_shows_who_reads(editor, section, staff):
    page = article(section)
    restrict(page, staff)

    assert "Salariés" in editor.get(f"/editor/pages/{section.pk}/").content.decode()


@pytest.mark.parametrize("query", ["'", '"', "*", "a" * 3000, "title:", "(", "é ü 中", "\\"])
def test_admin_search_survives_anything(editor, section, query):
    assert editor.get("/editor/pages/search/", {"q": query}).status_code == 200
