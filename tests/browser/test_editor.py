"""An editor writes, publishes and restricts; an employee in another browser sees it at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, sign_in

pytestmark = pytest.mark.browser

SECTION = "/fr/actualites/vie-du-groupe/"
WORDS = "Les cartons partent jeudi à midi, par le quai nord."
COLLEAGUE, GROUP = "pool-licences", "Pool Licences & produits dérivés"
"""Is in the group that the editor chooses; the employee is not."""
expect.set_options(timeout=PATIENCE)


def begin_article(tab, title):
    """In the section's own list of what can be written there."""
    page = tab.page
    tab.go(f"/editor/pages/{section_id(tab)}/add_subpage/")
    page.get_by_role("link", name="Article").first.click()
    page.locator("#id_title").fill(title)
    page.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Text", exact=True).click()
    text = page.locator(".public-DraftEditor-content[role=textbox]").first
    text.click()
    expect(text).to_be_focused()
    page.keyboard.type(WORDS)
    # The editor notes what was typed a moment later; previewing and publishing go by the note.
    noted = page.locator("input[name='story-0-value']")
    expect(noted).to_have_value(re.compile(re.escape(WORDS)))


def section_id(tab):
    """Pages are known by number in the editor, and by the same number to readers."""
    answer = tab.page.request.get(f"{tab.portal.base}/api/v1/entries/by-path?path={SECTION}")
    return answer.json()["key"].removeprefix("section-")


def publish(page):
    page.locator("footer .w-dropdown__toggle").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messages")).to_contain_text(re.compile("published"))


def restrict_to(page, group):
    """By Wagtail's own privacy dialog."""
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Change privacy").click()
    dialog = page.locator("#set-privacy")
    dialog.get_by_label("users in specific groups").check()
    dialog.get_by_label(group, exact=True).check()
    with page.expect_response(re.compile(r"/privacy/$")) as saved:
        dialog.get_by_role("button", name="Save").click()
    assert saved.value.ok


def test_what_an_editor_publishes_is_read_at_once_and_what_is_restricted_is_gone_at_once(
    tab, portal
):
    title = "Déménagement de l’atelier de doublage"
    editor, employee, colleague = tab(language="en"), tab("employee"), tab(COLLEAGUE)
    page, reading = editor.page, employee.page

    sign_in(editor, portal.accounts["editor"], then="/editor/")
    expect(page).to_have_url(f"{portal.base}/editor/")
    begin_article(editor, title)
    publish(page)

    employee.go(SECTION)
    reading.get_by_role("link", name=title).click()
    expect(reading.get_by_role("heading", level=1)).to_have_text(title)
    expect(reading.locator("article.read")).to_contain_text(WORDS)
    assert title in portal.titles("employee", under=SECTION)
    article = reading.url.removeprefix(portal.base)
    assert tab().go(article).status == 404

    page.locator(".messages").get_by_role("link", name="Edit").click()
    restrict_to(page, GROUP)

    assert reading.reload().status == 404
    assert title not in reading.content()
    employee.go(SECTION)
    expect(reading.get_by_role("link", name=title)).to_have_count(0)
    assert title not in portal.titles("employee", under=SECTION)
    assert colleague.go(article).status == 200
    assert title in portal.titles(COLLEAGUE, under=SECTION)


def test_the_preview_shows_the_page_as_the_portal_will(tab, portal):
    title = "Nouvelle machine à sous-titrer"
    editor = tab("editor", language="en")
    page = editor.page

    begin_article(editor, title)
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.locator("article.read h1")).to_have_text(title)
    expect(preview.locator("article.read")).to_contain_text(WORDS)
    expect(preview.locator(".masthead .nav")).to_contain_text("Actualités")

    assert title not in portal.titles("employee", under=SECTION)
    assert editor.complaints == []


def test_the_editors_pages_neither_complain_nor_break_their_policy(tab):
    editor = tab("editor", language="en")

    for path in ("/editor/", "/editor/pages/", "/editor/images/", "/editor/documents/"):
        assert editor.go(path).status == 200
    editor.go(f"/editor/pages/{section_id(editor)}/")
    editor.page.locator("main table").get_by_role("link").first.wait_for()

    assert editor.complaints == []
