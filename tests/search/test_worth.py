"""What lifts an entry among others that are as good: its age, and how many open it."""

from datetime import timedelta

import pytest

from search import worth
from tests.search.worthy import ALL, NOON


@pytest.mark.django_db
@pytest.mark.parametrize("holds", ALL)
def test_on_the_embedded_engine(holds):
    holds()


@pytest.mark.parametrize(
    ("type_slug", "days", "more"),
    [
        ("article", 0, 0.2), ("article", -30, 0.2), ("brief", 6, 0.2), ("rumour", 67, 0.1),
        ("article", 127, 0.0), ("article", 9000, 0.0), ("sheet", 0, 0.0),
    ],
)  # fmt: skip
def test_news_fades_from_its_second_week_on(type_slug, days, more):
    published_at = worth.today(NOON) - timedelta(days=days)

    assert worth.of_age(type_slug, published_at, NOON) == pytest.approx(more)


def test_all_together_is_bounded():
    most = 1 + worth.LANGUAGE + worth.RECENCY + worth.of_level(worth.LEVELS)

    assert most == pytest.approx(1.85)
