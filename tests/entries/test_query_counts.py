"""How many queries each list and each kind of page takes, however much there is to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.entries import answers
from pages.base.topics import Topic
from pages.models import ArticlePage, BriefPage, GuidancePage, RumourPage
from tests.factories import restrict, subsection

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 15
# At most, for whom the process knows already.
LISTS = {
    "/fr/": 6,
    "/fr/actualites/": 5,
    "/fr/topics/sorties/": 4,
    "/feeds/{section}.atom": 4,
    "/sitemap.xml": 4,
}
MODELS = {"brief": BriefPage, "rumour": RumourPage, "guidance": GuidancePage}


@pytest.fixture
def topic(db):
    return Topic.objects.create(name="Sorties", slug="sorties")


@pytest.fixture(params=["stranger", "employee"])
def reader(request, make_user, staff):
    client = Client()
    if request.param == "employee":
        client.force_login(make_user(groups=[staff]))
    return client


def plant(section, topic, model, place, **fields):
    if model is RumourPage:
        fields = {"claim": f"Titre {place:02}", "answer": "On le sait.", **fields}
    page = section.add_child(
        instance=model(
            title=f"Titre {place:02}",
            slug=f"titre-{model.entry_type_slug}-{place}",
            locale=section.locale,
            first_published_at=timezone.now() - timedelta(minutes=place),
            **fields,
        )
    )
    page.topics.add(topic)
    page.save()
    return page


def queries(client, address):
    """The queries of a page that is made anew, and what was answered."""
    client.get(address)  # the process knows gates and people from now on
    answers.PAGES.clear()
    answers.JSON.clear()
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(address)
    assert answer.status_code == 200
    return [one["sql"] for one in sent], answer.content.decode()


@pytest.mark.parametrize(("address", "most"), LISTS.items())
def test_a_list_takes_the_same_queries_for_few_entries_and_for_many(
    section, topic, staff, reader, address, most
):
    def plant_to(number):
        for place in range(ArticlePage.objects.count(), number):
            page = plant(section, topic, ArticlePage, place, pinned_until=pinned_until(place))
            if place % 5 == 1:
                restrict(page, staff)
            if place % 5 == 2:
                subsection(section, f"Rubrique {place}", show_in_menus=True)

    def pinned_until(place):
        return timezone.now() + timedelta(days=1) if place % 4 == 0 else None

    address = address.format(section=section.entry_key)
    plant_to(FEW)
    few, shown_of_few = queries(reader, address)
    plant_to(MANY)
    many, shown_of_many = queries(reader, address)

    assert shown_of_many.count("/titre-article-") > shown_of_few.count("/titre-article-")
    assert len(few) == len(many) <= most, many


@pytest.mark.parametrize("name", MODELS)
def test_a_page_takes_four_queries_whatever_is_related_to_it(section, topic, reader, name):
    page = plant(section, topic, MODELS[name], 0, story=[("text", "<p>Texte</p>")])
    few, _ = queries(reader, page.get_url())
    for place in range(1, MANY):
        plant(section, topic, MODELS[name], place)
    many, shown = queries(reader, page.get_url())

    assert "Titre 01" in shown
    assert len(few) == len(many) <= 4, many
