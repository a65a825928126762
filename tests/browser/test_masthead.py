"""The head of every page on a telephone: nothing touches, nothing is too small for a finger."""

from itertools import combinations

import pytest

pytestmark = pytest.mark.browser

WIDTHS = (320, 340, 360, 375, 400, 430, 479, 480, 600, 767)
FINGER = 43.9
"""Pixels, less what rounding takes from 44."""
PARTS = """
() => [...document.querySelectorAll(
  '.masthead :is(.brand, #q, .tools > .btn, .tools > .me, .nav a)'
)].map((one) => {
  const {left, right, top, bottom, width, height} = one.getBoundingClientRect()
  const name = one.closest('.nav') ? `menu: ${one.innerText}` : one.id || one.className
  return {name, left, right, top, bottom, width, height}
})
"""
IS_WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def touching(parts, *, apart=4):
    """Pairs with less than so many pixels between them, side by side."""
    return [
        (a["name"], b["name"])
        for a, b in combinations(parts, 2)
        if a["left"] < b["right"] + apart
        and b["left"] < a["right"] + apart
        and a["top"] < b["bottom"]
        and b["top"] < a["bottom"]
    ]


def wrongs(page, width):
    parts = page.evaluate(PARTS)
    assert len(parts) >= 4
    head = [one for one in parts if not one["name"].startswith("menu")]
    small = [one["name"] for one in parts if min(one["width"], one["height"]) < FINGER]
    beyond = [one["name"] for one in head if one["right"] > width]
    return touching(head) + small + beyond + ["wider"] * page.evaluate(IS_WIDER)


@pytest.mark.parametrize("persona", [None, "journalist"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_in_the_head_touches_or_is_too_small_on_a_telephone(tab, persona, language):
    opened = tab(persona, language=language, reduced_motion="reduce")
    found = {}
    for path in (f"/{language}/", f"/{language}/search/?q=bac"):
        opened.go(path)
        for width in WIDTHS:
            opened.page.set_viewport_size({"width": width, "height": 740})
            if wrong := wrongs(opened.page, width):
                found[path, width] = wrong

    assert found == {}
    assert opened.complaints == []


@pytest.mark.parametrize("persona", [None, "journalist"])
def test_the_field_of_search_has_room_for_a_question_on_a_telephone(tab, persona):
    opened = tab(persona, width=360, height=740)
    page = opened.page
    opened.go("/fr/")

    page.locator("#q").focus()
    box = page.locator("#q").bounding_box()
    page.keyboard.type("horlogere")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**q=horlogere*")

    assert box["width"] >= 200
    assert page.evaluate(IS_WIDER) is False
