"""Filters of the admin's lists of news: each shows what it names and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.base.topics import PageTopic, Topic
from pages.models import BriefPage, GuidancePage
from tests.factories import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_user):
    return [
        make_user(f"{name}@cabestan.example", first_name=name.capitalize())
        for name in ("ines", "yann", "priya")
    ]


def page_of(model, parent, title, **fields):
    return parent.add_child(
        instance=model(title=title, slug=title.lower(), locale=parent.locale, **fields)
    )


def shown(editor, name, query):
    """Titles in a list, and the whole of its page."""
    answer = editor.get(f"/editor/{name}/?{query}")
    assert answer.status_code == 200
    return {page.title for page in answer.context["object_list"]}, answer.content.decode()


@pytest.mark.parametrize("role", ["author", "keeper"])
def test_news_are_filtered_by_author_and_by_owner(editor, section, people, role):
    ines, yann, _priya = people
    article(section, "Lune", **{role: ines})
    article(section, "Soleil", **{role: yann})
    article(section, "Personne")

    everything, whole = shown(editor, "articles", "")
    of_one, _ = shown(editor, "articles", f"{role}={ines.pk}")
    of_both, _ = shown(editor, "articles", f"{role}={ines.pk}&{role}={yann.pk}")

    assert everything == {"Lune", "Soleil", "Personne"}
    assert of_one == {"Lune"}
    assert of_both == {"Lune", "Soleil"}
    assert f'name="{role}" value="{yann.pk}"' in whole


@pytest.mark.parametrize("role", ["author", "keeper"])
def test_only_people_who_have_news_are_offered(editor, section, people, role):
    ines, _yann, priya = people
    page_of(BriefPage, section, "Brief", **{role: ines})

    _, whole = shown(editor, "articles", "")

    assert f'name="{role}" value="{ines.pk}"' in whole
    assert f'name="{role}" value="{priya.pk}"' not in whole


def test_news_are_filtered_by_topic_and_shown_once(editor, section):
    sea, port = (Topic.objects.create(name=name, slug=name.lower()) for name in ("Mer", "Port"))
    both, one = article(section, "Deux sujets"), article(section, "Un sujet")
    article(section, "Sans sujet")
    for page, topic in ((both, sea), (both, port), (one, port)):
        PageTopic.objects.create(content_object=page, tag=topic)

    of_sea, _ = shown(editor, "articles", f"topic={sea.pk}")
    answer = editor.get(f"/editor/articles/?topic={sea.pk}&topic={port.pk}")

    assert of_sea == {"Deux sujets"}
    assert sorted(page.title for page in answer.context["object_list"]) == [
        "Deux sujets",
        "Un sujet",
    ]


@pytest.mark.parametrize(
    ("model", "name", "field", "query"),
    [
        (BriefPage, "briefs", "valid_to", "expired"),
        (GuidancePage, "guidance", "review_at", "overdue"),
    ],
)
def test_what_is_out_of_date_is_so_from_the_day_after(editor, section, model, name, field, query):
    today = timezone.localdate()
    page_of(model, section, "Hier", **{field: today - timedelta(days=1)})
    page_of(model, section, "Aujourdhui", **{field: today})
    page_of(model, section, "Toujours")

    passed, _ = shown(editor, name, f"{query}=true")
    good, _ = shown(editor, name, f"{query}=false")
    everything, _ = shown(editor, name, "")

    assert passed == {"Hier"}
    assert good == {"Aujourdhui", "Toujours"}
    assert everything == passed | good
