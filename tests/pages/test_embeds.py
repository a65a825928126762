"""Films that lie elsewhere: whose players are framed, and that nobody else's are."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from pages.blocks.media import PLAYERS
from pages.models import ArticlePage
from tests.pages.forms import create

pytestmark = pytest.mark.django_db

REFUSED = "Only films on YouTube, Vimeo and Dailymotion can be shown here."
FILMS = {
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ": (
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "YouTube",
    ),
    "https://youtube.com/watch?v=dQw4w9WgXcQ&t=12": (
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "YouTube",
    ),
    "https://youtu.be/dQw4w9WgXcQ": (
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "YouTube",
    ),
    "https://vimeo.com/76979871": ("https://player.vimeo.com/video/76979871", "Vimeo"),
    "https://www.dailymotion.com/video/x8abcd1": (
        "https://geo.dailymotion.com/player.html?video=x8abcd1",
        "Dailymotion",
    ),
}
ELSEWHERE = [
    "https://films.example/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com.films.example/watch?v=dQw4w9WgXcQ",
    "https://films.example/https://vimeo.com/76979871",
    "https://vimeo.com.films.example/76979871",
    "https://vimeo.com@films.example/76979871",
    "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com/watch?v=short",
]


def publish(editor, section, address):
    return create(editor, section, story=[("embed", {"url": address, "caption": "Bande-annonce"})])


@pytest.mark.parametrize("address", FILMS)
def test_a_film_of_a_listed_player_is_read_with_its_player(editor, section, api, client, address):
    assert publish(editor, section, address).status_code == 302

    page = ArticlePage.objects.get(slug="nouvelle")
    (block,) = api.get(f"entries/{page.entry_key}").json()["body"]
    assert (block["value"]["player"], block["value"]["provider"]) == FILMS[address]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_film_that_lies_anywhere_else_is_refused_in_words(editor, section, address):
    answer = publish(editor, section, address)

    assert answer.status_code == 200
    assert REFUSED in answer.content.decode()
    assert not ArticlePage.objects.filter(slug="nouvelle").exists()


def test_each_player_is_tried_here():
    assert {provider for _, provider in FILMS.values()} == {one[2] for one in PLAYERS}


def test_browsers_may_frame_the_listed_players_and_nobody_else(section):
    policy = Client().get(section.get_url())["Content-Security-Policy"]
    (frames,) = [one for one in policy.split("; ") if one.startswith("frame-src ")]
    hosts = {urlsplit(player).hostname for _, player, _ in PLAYERS}

    assert hosts == set(settings.EMBED_HOSTS)
    assert set(frames.split()[1:]) == {"'self'", *(f"https://{host}" for host in hosts)}
