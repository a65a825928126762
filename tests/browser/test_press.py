"""The press room in a browser: what it looks like, copying, the basket, the check of a copy."""

import hashlib
import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import press_tab_through, sign_in
from tests.browser.findings import faults, sideways
from tests.browser.press_site import ROOM

pytestmark = pytest.mark.browser

PAGES = ("", "sortie/", "horlogere/", "ourse/", "soixante/", "sans-image/", "margaux-delorme/")
EARLY = {"ourse/"}


@pytest.fixture(scope="module")
def press(portal):
    """The demo with a press room in both languages."""
    email = portal.accounts["journalist"]["email"]
    subprocess.run(
        [sys.executable, "-m", "tests.browser.press_site", email],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
            "VAR_DIR": str(portal.folder),
        },
        check=True,
    )
    return portal


@pytest.mark.parametrize("persona", [None, "journalist"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_press_page_has_a_serious_fault_or_is_wider_than_its_window(
    press, tab, persona, language
):
    opened = tab(persona, language=language, reduced_motion="reduce")
    found = {}
    for page in PAGES:
        if page in EARLY and persona is None:
            continue
        answer = opened.go(f"/{language}/{ROOM}/{page}")
        assert answer.status == 200, page
        if more := opened.page.locator("details.more summary").all():
            more[0].click()
        if wrong := (sideways(opened.page), faults(opened.page)):
            found[page] = wrong

    assert {page: wrong for page, wrong in found.items() if any(wrong)} == {}
    assert opened.complaints == []


def test_what_waits_for_its_hour_is_shown_to_whoever_reads_it_early(press, tab):
    early, anonymous = tab("journalist"), tab()
    early.go(f"/fr/{ROOM}/")
    anonymous.go(f"/fr/{ROOM}/")

    expect(early.page.locator("#h-waiting")).to_be_visible()
    expect(early.page.locator(".embargo").first).to_be_visible()
    expect(anonymous.page.locator("#h-waiting")).to_have_count(0)
    assert anonymous.go(f"/fr/{ROOM}/ourse/").status == 404


RUBRICS = """
() => [...document.querySelectorAll('main section.rubric')].map((one) => {
  const {left, top} = one.getBoundingClientRect()
  return {id: one.getAttribute('aria-labelledby'), top: top + scrollY, left}
})
"""


@pytest.mark.parametrize("persona", [None, "journalist-early"])
def test_kits_stand_right_after_the_newest_release_and_are_read_there(tab, persona):
    opened = tab(persona, width=360, height=740, reduced_motion="reduce")
    opened.go("/fr/presse/")
    page = opened.page
    found = page.evaluate(RUBRICS)
    names = [one["id"] for one in found]
    newest = names.index("h-releases")

    assert names[newest : newest + 3] == ["h-releases", "h-kits", "h-earlier"]
    assert names[:newest] == (["h-waiting"] if persona else [])
    assert [one["top"] for one in found] == sorted(one["top"] for one in found)
    expect(page.locator("section[aria-labelledby=h-releases] article")).to_have_count(1)
    # The Tab key goes the same way: from the newest release to the kits.
    page.locator("section[aria-labelledby=h-releases] article a").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".hang")).to_be_focused()


@pytest.mark.parametrize("persona", [None, "journalist-early"])
def test_on_a_wide_screen_kits_hang_below_the_columns(tab, persona):
    opened = tab(persona, reduced_motion="reduce")
    opened.go("/fr/presse/")
    at = {one["id"]: one for one in opened.page.evaluate(RUBRICS)}

    assert at["h-kits"]["top"] > max(
        at[one]["top"] for one in ("h-earlier", "copies", "h-contacts")
    )
    assert at["h-earlier"]["left"] == at["h-releases"]["left"] < at["h-screenings"]["left"]
    assert at["h-releases"]["top"] == at["h-screenings"]["top"]
    # Earlier releases go on where the newest ends.
    newest = opened.page.locator("section[aria-labelledby=h-releases]").bounding_box()
    earlier = opened.page.locator("section[aria-labelledby=h-earlier]").bounding_box()
    assert earlier["y"] - newest["y"] - newest["height"] == pytest.approx(0, abs=2)


def test_a_credit_and_all_facts_are_copied_with_one_click(press, tab):
    opened = tab(permissions=["clipboard-read", "clipboard-write"])
    opened.go(f"/fr/{ROOM}/horlogere/")
    page = opened.page

    page.locator("[data-copy]").first.click()
    expect(page.locator("[data-copied]")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == "© Joachim Serre / Cabestan"
    page.locator("[data-copy-from='#facts']").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('Léonie'))")
    assert "Production" in page.evaluate("navigator.clipboard.readText()")


def test_what_is_chosen_stays_chosen_through_signing_in(press, tab):
    opened = tab(reduced_motion="reduce")
    opened.go(f"/fr/{ROOM}/horlogere/")
    page = opened.page
    expect(page.locator("#basket")).to_be_hidden()
    for box in page.locator("input[name=items]").all()[:2]:
        box.check()
    expect(page.locator("[data-count]")).to_contain_text("2")

    sign_in(opened, press.accounts["journalist"], then=f"/fr/{ROOM}/horlogere/")

    expect(page.locator("input[name=items]:checked")).to_have_count(2)
    expect(page.locator("[data-count]")).to_contain_text("2")
    with page.expect_request(lambda one: ".zip" in one.url) as asked:
        page.locator("#basket button[value=web]").click()
    query = parse_qs(urlsplit(asked.value.url).query)
    assert len(query["items"][0].split(",")) == 2
    assert query["size"] == ["web"]


def test_the_basket_needs_no_script(press, tab):
    opened = tab(java_script_enabled=False)
    opened.go(f"/fr/{ROOM}/horlogere/")
    page = opened.page
    box = page.locator("input[name=items]").first
    box.check()
    anchor = box.get_attribute("value")

    with page.expect_request(lambda one: ".zip" in one.url) as asked:
        page.locator("#basket button[value=hd]").click()

    query = parse_qs(urlsplit(asked.value.url).query)
    assert query["items"] == [anchor]


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("current", {"known": True, "state": "current", "title": "L’établi", "credit": "© J. S."}),
        ("withdrawn", {"known": True, "state": "withdrawn", "title": "L’établi"}),
        ("unknown", {"known": False}),
    ],
)
def test_a_copy_is_checked_by_its_fingerprint_alone(press, tab, state, answer):
    opened = tab()
    page = opened.page
    asked = []

    def told(route):
        asked.append(route.request)
        route.fulfill(json=answer)

    page.route("**/api/v1/copies/*", told)
    opened.go(f"/fr/{ROOM}/")
    page.locator("#copies-file").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"some bytes"}
    )

    words = page.locator("[data-words]").get_attribute(f"data-{state}")
    expect(page.locator("[data-said]")).to_contain_text(words)
    assert asked[0].url.endswith(hashlib.sha256(b"some bytes").hexdigest())
    assert asked[0].post_data is None


@pytest.mark.parametrize("width", [360, 1440])
def test_all_of_a_kit_is_reached_with_the_tab_key_and_each_stop_is_seen(press, tab, width):
    opened = tab("journalist", width=width, reduced_motion="reduce")
    opened.go(f"/fr/{ROOM}/horlogere/")
    opened.page.locator("input[name=items]").first.check()
    opened.page.reload()  # the choice is kept, and the basket stands at the foot

    stops = press_tab_through(opened.page)

    # The box of a frame is shown by its frame, the choice of a file by its drop.
    shown_by_others = ('name="items"', 'type="file"')
    unseen = [stop["html"] for stop in stops if not stop["seen"]]
    assert [one for one in unseen if not any(mark in one for mark in shown_by_others)] == []
    assert opened.page.evaluate("window.unreached()") == []
