"""The editor's fields that bring scripts of their own work under its security policy."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_editor import begin_article, section_id

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

# Later, not at once: what a test evaluates is exempt, with all that it calls.
TRY = """
setTimeout(() => {
  window.tried = {};
  try { window.tried.code = new Function('return 1')() } catch (no) { window.tried.code = no.name }
  const picture = document.createElement('div');
  picture.innerHTML = '<img src="/nothing-here.png" onerror="window.tried.handler = 1">';
  document.body.append(picture);
})
"""
ADD = """
(text) => document.head.append(Object.assign(document.createElement('script'), {textContent: text}))
"""


def refusals(tab):
    return [one for one in tab.complaints if "Content Security Policy" in one]


def add_block(page, name):
    page.get_by_role("button", name="Insert a block").last.click()
    page.get_by_role("option", name=name, exact=True).click()


def test_fields_with_scripts_of_their_own_work_and_nothing_is_refused(tab):
    editor = tab("editor", language="en")
    page = editor.page

    begin_article(editor, "Essai des champs")
    add_block(page, "Table")
    page.get_by_role("button", name="Insert a block").last.wait_for()
    page.locator("[data-contentpath=story] .handsontable td").first.dblclick()
    page.keyboard.type("Nantes")
    page.keyboard.press("Enter")
    expect(page.locator("[data-contentpath=story] .handsontable")).to_contain_text(["Nantes"])

    add_block(page, "Picture")
    page.get_by_role("button", name=re.compile("Choose an image", re.IGNORECASE)).last.click()
    expect(page.locator(".modal.in")).to_be_visible()
    page.locator(".modal.in [data-dismiss=modal]").first.click()
    expect(page.locator(".modal.in")).to_have_count(0)

    page.get_by_role("tab", name=re.compile("^Dates")).click()
    day = page.locator("#id_embargo_until")
    day.click()
    expect(page.locator(".xdsoft_datetimepicker:visible")).to_be_visible()
    day.fill("2030-01-02 09:00")

    page.get_by_role("button", name="Toggle checks").click()
    expect(page.locator(".form-side__panel:visible")).to_contain_text(re.compile("words", re.I))

    assert refusals(editor) == []


def test_scripts_may_neither_make_code_of_text_nor_run_from_attributes(tab):
    editor = tab("editor", language="en")
    page = editor.page
    editor.go(f"/editor/pages/{section_id(editor)}/")

    with page.expect_response(re.compile("nothing-here")):
        page.evaluate(ADD, TRY)

    assert page.evaluate("window.tried") == {"code": "EvalError"}
    assert any("script-src-attr" in one for one in refusals(editor))
