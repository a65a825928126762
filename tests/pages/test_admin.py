"""An editor at work: what is published in the admin is read at once, and what fails is told."""

import pytest
from wagtail.models import Page, PageViewRestriction
from wagtail.users.models import UserProfile

from cms.entries.models import Entry
from pages.models import ArticlePage
from tests.factories import article, restrict, restricted_block, subsection
from tests.pages.forms import create, edit, in_bulk

pytestmark = pytest.mark.django_db


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


def test_moving_in_the_admin_moves_paths_and_gates(editor, site, section, staff, api):
    private = subsection(site)
    restrict(private, staff)
    page = article(section)

    editor.post(f"/editor/pages/{page.pk}/move/{private.pk}/confirm/")

    assert Entry.objects.get(page_id=page.pk).path == f"{private.get_url()}{page.slug}/"
    assert api.get(f"entries/{page.entry_key}").status_code == 404


def test_a_new_page_that_cannot_be_read_is_not_published_and_nothing_typed_is_lost(
    editor, section, unreadable
):
    with unreadable():
        answer = create(editor, section, title="Un long travail")

    told = answer.content.decode()
    assert answer.status_code == 200
    assert "un bloc que personne ne lit" in told
    assert "Un long travail" in told
    assert not Entry.objects.filter(title="Un long travail").exists()
    assert not Page.objects.filter(title="Un long travail").exists()


def test_a_page_that_cannot_be_read_keeps_what_readers_have(editor, section, unreadable):
    page = article(section, "Avant")

    with unreadable():
        answer = edit(editor, page, title="Après")

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

    in_bulk(editor, "publish", [good, bad])

    assert not Page.objects.filter(pk__in=[good.pk, bad.pk], live=True).exists()
    assert Entry.objects.filter(page_id__in=[good.pk, bad.pk]).count() == 0


@pytest.mark.parametrize(
    ("language", "told"), [("fr", "Rien n’a été publié"), ("en", "Nothing was published")]
)
def test_why_nothing_was_published_is_told_in_the_editors_language(
    editor, section, unreadable, language, told
):
    UserProfile.objects.update(preferred_language=language)
    page = article(section, live=False, story=[("text", "<p>Le planning.</p>")])
    page.save_revision()

    with unreadable():
        in_bulk(editor, "publish", [page])

    assert told in editor.get("/editor/").content.decode()


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


def test_the_preview_is_the_portal_page_of_the_draft(editor, section):
    page = article(section, "Titre public")
    page.title = "Titre du brouillon"
    page.save_revision()

    shown = editor.get(f"/editor/pages/{page.pk}/view_draft/").content.decode()

    assert "Titre du brouillon" in shown
    assert 'class="masthead' in shown


@pytest.mark.parametrize("query", ["'", '"', "*", "a" * 3000, "title:", "(", "é ü 中", "\\"])
def test_admin_search_survives_anything(editor, section, query):
    assert editor.get("/editor/pages/search/", {"q": query}).status_code == 200
