"""The admin's lists of pages: what they show, and what their filters leave."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pages.models import ArticlePage, BriefPage, GuidancePage, RumourPage
from tests.factories import restrict

pytestmark = pytest.mark.django_db

MODELS = {
    "articles": ArticlePage,
    "briefs": BriefPage,
    "rumours": RumourPage,
    "guidance": GuidancePage,
}


def plant(section, model, title, **fields):
    """A page of a type; a rumour's claim is its title."""
    slug = title.lower().replace(" ", "-")
    if model is RumourPage:
        fields = {"claim": title, "answer": "On le sait.", **fields}
    return section.add_child(
        instance=model(title=title, slug=slug, locale=section.locale, **fields)
    )


def titles(editor, address):
    """The rows of a list."""
    return {page.title for page in editor.get(address).context["object_list"]}


@pytest.mark.parametrize("name", MODELS)
def test_each_list_of_news_shows_owner_and_readers(editor, section, staff, make_user, name):
    owner = make_user("alma@cabestan.example", first_name="Alma", last_name="Reyer")
    page = plant(section, MODELS[name], "Titre en liste", keeper=owner)
    restrict(page, staff)

    told = editor.get(f"/editor/{name}/").content.decode()

    row = told.split("Titre en liste", 1)[1].split("</tr>")[0]
    assert "Alma Reyer" in row
    assert "Salariés" in row


def test_the_explorer_of_a_section_shows_who_reads(editor, section, staff):
    page = plant(section, ArticlePage, "Titre en liste")
    restrict(page, staff)

    told = editor.get(f"/editor/pages/{section.pk}/").content.decode()

    assert "Salariés" in told.split("Titre en liste", 1)[1].split("</tr>")[0]


@pytest.mark.parametrize("name", MODELS)
def test_lists_filter_by_what_is_published(editor, section, name):
    plant(section, MODELS[name], "Paru")
    plant(section, MODELS[name], "Brouillon", live=False)

    assert titles(editor, f"/editor/{name}/") == {"Paru", "Brouillon"}
    assert titles(editor, f"/editor/{name}/?live=true") == {"Paru"}
    assert titles(editor, f"/editor/{name}/?live=false") == {"Brouillon"}


def test_the_list_of_rumours_filters_by_verdict(editor, section):
    plant(section, RumourPage, "Le vrai", status="true")
    plant(section, RumourPage, "Le faux", status="false")
    plant(section, RumourPage, "Le douteux", status="open")

    assert titles(editor, "/editor/rumours/?status=false") == {"Le faux"}
    assert titles(editor, "/editor/rumours/?status=true&status=open") == {"Le vrai", "Le douteux"}
    assert titles(editor, "/editor/rumours/") == {"Le vrai", "Le faux", "Le douteux"}


@pytest.mark.parametrize("name", [*MODELS, "explorer"])
def test_a_list_of_the_admin_takes_the_same_queries_for_many_rows(
    editor, section, staff, make_user, name
):
    address = f"/editor/pages/{section.pk}/" if name == "explorer" else f"/editor/{name}/"
    model = MODELS.get(name, ArticlePage)

    def plant_to(number):
        for place in range(model.objects.count(), number):
            owner = make_user(f"p{place}@cabestan.example", first_name=f"Personne {place}")
            page = plant(section, model, f"Rang {place:02}", keeper=owner)
            if place % 2:
                restrict(page, staff)

    def queries():
        editor.get(address)
        with CaptureQueriesContext(connection) as sent:
            told = editor.get(address).content.decode()
        assert f"Rang {model.objects.count() - 1:02}" in told
        assert "Rang 00" in told
        return [one["sql"] for one in sent]

    plant_to(5)
    few = queries()
    plant_to(25)
    many = queries()

    assert len(few) == len(many)
