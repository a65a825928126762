"""Pieces of pages are made once for the same values, and never shown for others."""

from datetime import UTC, datetime
from types import SimpleNamespace

import orjson
import pytest
from django.template import Context
from django.utils import translation

from cms.entries.portal import pieces
from cms.entries.present import Card

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _none_yet():
    pieces._piece.cache_clear()


def card(**more):
    values = {
        "key": "article-1",
        "type": "article",
        "locale": "fr",
        "title": "Un titre",
        "summary": "Un résumé",
        "url": "/fr/a/",
        "image": None,
        "author": None,
        "topics": [],
        "published_at": "2026-11-25T07:45:00+00:00",
    }
    return Card(orjson.dumps(values | more).decode())


def shown(one, *, today=NOON, locale="fr", **how):
    frame = SimpleNamespace(locale=locale)
    return pieces.story(Context({"frame": frame, "today": today}), one, **how)


def made():
    return pieces._piece.cache_info().misses


def test_a_card_is_made_once_for_all_who_get_it():
    assert shown(card()) == shown(card(), today=NOON.replace(hour=15))
    assert made() == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda: shown(card(title="Un autre")),
        lambda: shown(card(), timed=True),
        lambda: shown(card(), bare=True),
        lambda: shown(card(), locale="en"),
        lambda: shown(card(), today=LATER),
        lambda: shown(card().saying(why="Épinglé par la rédaction")),
    ],
)
def test_what_differs_is_shown_differently(other):
    assert shown(card()) != other()


def test_each_language_has_its_own():
    with translation.override("fr"):
        french = shown(card().saying(why="…"))
    with translation.override("en"):
        english = shown(card().saying(why="…"))

    assert french != english


def test_what_can_change_is_not_kept():
    assert "Un titre" in shown(dict(card()))
    assert made() == 0


def test_a_menu_is_only_for_those_who_have_it():
    def menu(*titles):
        frame = SimpleNamespace(
            menu=[card(title=title) for title in titles], locale="fr", current_section=""
        )
        return pieces.nav(Context({"frame": frame, "request": SimpleNamespace(path="/fr/")}))

    assert "Direction" in menu("Actualités", "Direction")
    assert "Direction" not in menu("Actualités")
