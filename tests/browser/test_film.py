"""A film of a kit, played on the kit's page by the real player."""

import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.findings import faults, sideways

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("ffmpeg") is None, reason="the demo has a film where ffmpeg is"
    ),
]

KITS = {"fr": "/fr/presse/dossier-horlogere/", "en": "/en/press/watchmaker-kit/"}
READER = "journalist-early"
HAS_CUES = "() => document.querySelector('.screen video').textTracks[0].cues?.length"
STATE = "(film) => ({paused: film.paused, ready: film.readyState, tracks: film.textTracks.length})"


def opened_kit(tab, language="fr", **options):
    """The kit, and the requests for its film as they are made."""
    opened, asked = tab(READER, language=language, **options), []
    opened.page.on("request", lambda one: asked.append(one) if is_film(one.url) else None)
    assert opened.go(KITS[language]).status == 200
    return opened, asked


def is_film(url):
    return urlsplit(url).path.startswith("/files/video-")


def test_a_film_costs_nothing_and_is_silent_until_it_is_asked_for(tab):
    opened, asked = opened_kit(tab)
    film = opened.page.locator(".screen video")
    film.scroll_into_view_if_needed()
    opened.page.wait_for_load_state("networkidle")

    assert film.evaluate(STATE) == {"paused": True, "ready": 0, "tracks": 1}
    expect(film).to_have_attribute("preload", "none")
    assert film.get_attribute("autoplay") is None
    assert asked == []
    box = film.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(1280 / 534, rel=0.02)


def test_the_keyboard_plays_and_each_seek_asks_for_its_range(tab):
    opened, asked = opened_kit(tab)
    page, film = opened.page, opened.page.locator(".screen video")

    film.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.screen video').currentTime > 0")
    film.evaluate("(film) => { film.pause(); film.currentTime = 6 }")
    page.wait_for_function("() => !document.querySelector('.screen video').seeking")

    assert film.evaluate("(film) => film.currentTime") == pytest.approx(6, abs=0.1)
    assert asked
    answers = [(one.response().status, one.headers["range"][:6]) for one in asked]
    assert set(answers) == {(206, "bytes=")}
    assert opened.complaints == []


def test_its_captions_come_with_it_and_are_no_download(tab):
    opened, _asked = opened_kit(tab)
    page = opened.page
    page.locator(".screen video").evaluate("(film) => { film.textTracks[0].mode = 'showing' }")

    page.wait_for_function(HAS_CUES)
    words = page.evaluate("document.querySelector('.screen video').textTracks[0].cues[0].text")
    opened.go("/press/downloads/")

    assert words == "Besançon, 1908."
    expect(page.locator("main")).not_to_contain_text("sous-titres")
    assert opened.complaints == []


def test_whoever_may_not_have_the_film_gets_nothing_from_its_address(tab):
    opened, _asked = opened_kit(tab)
    source = opened.page.locator(".screen source").get_attribute("src")
    stranger = tab()

    assert opened.page.request.get(f"{opened.portal.base}{source}").status == 200
    assert stranger.page.request.get(f"{opened.portal.base}{source}").status == 404
    assert stranger.go(KITS["fr"]).status == 404


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_named_and_described_in_the_language_of_the_page(tab, language):
    opened, _asked = opened_kit(tab, language, reduced_motion="reduce")
    film = opened.page.locator(".screen video")
    name = {"fr": "Bande-annonce", "en": "Trailer"}[language]
    shows = {"fr": "Besançon sous la neige", "en": "Besançon under the snow"}[language]
    terms = {"fr": "Usage presse", "en": "Press use"}[language]

    assert name in film.get_attribute("aria-label")
    described = opened.page.locator(f"[id='{film.get_attribute('aria-describedby')}']")
    expect(described).to_contain_text(shows)
    row = opened.page.locator(".files > li", has=film)
    expect(row).to_contain_text(terms)
    expect(row.locator("a[download]")).to_be_visible()
    assert (sideways(opened.page), faults(opened.page)) == ({}, [])
