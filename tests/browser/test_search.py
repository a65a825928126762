"""Search in a browser: suggestions, results as one types, filters, Back, and without a script."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(tab):
    """The page of a search, for an employee."""

    def go(query="affiche", **options):
        made = tab("employee", reduced_motion="reduce", **options)
        made.go(f"/fr/search/?q={query}")
        return made

    return go


def _query(page):
    return parse_qs(urlsplit(page.url).query)


def test_the_field_is_a_combobox_that_the_keyboard_works(tab):
    opened = tab("employee")
    opened.go("/fr/")
    page, field, options = opened.page, opened.page.locator("#q"), opened.page.get_by_role("option")

    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("horlo", delay=20)
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggest-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("horlo")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("article h1, main h1").first).to_contain_text("Horlogère")
    assert "/search/" not in page.url


def test_the_key_can_be_turned_off_and_writes_a_slash_in_other_fields(opened):
    page = opened().page
    page.locator(".helps summary").click()
    page.locator("#slash input").uncheck()

    page.reload()
    page.keyboard.press("/")

    expect(page.locator("#q")).not_to_be_focused()


def test_results_follow_what_is_typed_and_the_focus_stays(opened):
    made = opened("zzqqx")
    page = made.page

    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("affich", delay=20)
    expect(page.locator("#said")).to_contain_text("affich")
    expect(page.locator(".hit").first).to_be_visible()

    expect(page.locator("#q")).to_be_focused()
    assert _query(page) == {"q": ["affich"]}
    assert "affich" in page.title()
    assert made.complaints == []


def test_filters_combine_are_undone_and_back_goes_one_step_each(opened):
    made = opened()
    page = made.page
    all_of_them = page.locator("#h-results").inner_text()

    first = page.locator("#refine input[name=type]").first
    first.focus()
    page.keyboard.press("Space")
    expect(page.locator(".chips li")).to_have_count(1)
    expect(page.locator("#refine input[name=type]:focus")).to_be_checked()
    page.locator("#refine input[name=topic]").first.click()
    expect(page.locator(".chips li")).to_have_count(2)
    assert set(_query(page)) == {"q", "type", "topic"}
    page.go_back()
    expect(page.locator(".chips li")).to_have_count(1)
    page.locator(".chips a").click()
    expect(page.locator(".chips")).to_have_count(0)

    expect(page.locator("#h-results")).to_have_text(all_of_them)
    assert made.complaints == []


def test_more_results_are_added_and_the_keyboard_goes_on_there(opened):
    made = opened("film")
    page = made.page
    count = page.locator(".hit").count()

    page.locator("#more a").press("Enter")
    expect(page.locator(".hits")).to_have_count(2)

    assert page.locator(".hit").count() > count
    expect(page.locator(".hits + .hits .hit a").first).to_be_focused()
    assert made.complaints == []


def test_an_opened_result_is_told_without_delay(opened):
    page = opened().page

    with page.expect_request(re.compile("/search/clicked/")) as told:
        page.locator(".hit h2 a").first.click()

    assert told.value.method == "POST"
    # The page is already being left: the browser need not wait to hear the answer.
    answer = told.value.response()
    assert answer is None or answer.status == 204


def test_last_searches_are_kept_until_they_are_forgotten(opened):
    page = opened().page
    page.locator("#q").fill("horlogère")
    page.locator("#q").press("Enter")
    links = page.locator("#recent a")
    expect(links).to_have_text(["horlogère", "affiche"])

    page.locator("#recent li button").first.click()
    expect(links).to_have_text(["affiche"])
    page.locator("#forget").click()

    expect(page.locator("#recent")).to_be_hidden()


def test_on_a_telephone_the_filters_are_behind_a_button(opened):
    page = opened(width=390, height=844).page
    expect(page.locator("#refine")).to_be_hidden()

    page.locator("button[popovertarget=refine]").first.click()
    page.locator("#refine input[name=type]").first.click()
    expect(page.locator("#refine input[name=type]").first).to_be_checked()
    page.locator("#refine .btn.main").click()

    expect(page.locator("#refine")).to_be_hidden()
    expect(page.locator(".chips li")).to_have_count(1)


def test_searching_filtering_and_reading_on_need_no_script(opened):
    page = opened("film", java_script_enabled=False).page

    page.locator("#refine input[name=type]").first.check()
    page.locator("#refine button[type=submit]").click()
    expect(page.locator(".chips li")).to_have_count(1)
    page.locator(".chips a").click()
    expect(page.locator(".chips li")).to_have_count(0)
    page.locator("#more a").click()
    expect(page.locator(".back a")).to_be_visible()
    page.locator("#q").fill("affiche")
    page.locator("#q").press("Enter")

    expect(page.locator("#h-results")).to_contain_text("affiche")
    assert _query(page) == {"q": ["affiche"]}
