"""The soak of the demo: it works as people do, and counts what goes wrong."""

import pytest

from bench.__main__ import main
from bench.browsing import Answer, fields_of
from bench.soak import Seen, lines, locked_in, told

PAGE = """
<form action="/elsewhere/"><input name="q" value="no"></form>
<form action="/here/" method="post">
  <input type="hidden" name="key" value="a&amp;b"><input name="title" value="Bonjour">
  <input type="checkbox" name="on" checked><input type="checkbox" name="off" value="1">
  <input type="radio" name="way" value="left"><input type="radio" name="way" value="right" checked>
  <textarea name="summary">Un &lt;mot&gt;</textarea>
  <select name="weight"><option value="0">a<option value="1" selected>b</select>
  <button name="action-publish" value="1">Publish</button><input type="submit" name="go">
</form>
<input name="after" value="no">
"""


def answered(*statuses):
    seen = Seen()
    for status in statuses:
        seen.note("API list", Answer(status, b"", "", 10.0))
    seen.note_published("article-1", "Titre")
    return seen


def test_a_form_is_filled_in_as_a_browser_would_send_it():
    assert fields_of(PAGE, action="/here/") == {
        "key": "a&b",
        "title": "Bonjour",
        "on": "on",
        "way": "right",
        "summary": "Un <mot>",
        "weight": "1",
    }


def test_only_a_run_without_faults_in_which_something_was_published_is_good():
    refused, silent, locked, lost = answered(200), Seen(), answered(200), answered(200)
    refused.fail("NotDone()")
    silent.note("API list", Answer(200, b"", "", 10.0))
    locked.locked = 1
    lost.missing = 1

    assert answered(200, 302, 404).is_good
    assert not answered(200, 500).is_good
    assert not answered(200, 503).is_good
    assert not any(one.is_good for one in (refused, silent, locked, lost))


def test_locked_databases_are_found_in_a_log():
    log = "ERROR cms\ndjango.db.utils.OperationalError: database is locked\nWARNING locked out\n"

    later = "WARNING search.insight searches_not_noted waiting=50 error=database is locked\n"
    assert locked_in(log) == 1
    assert locked_in(log + later) == 1
    assert locked_in("WARNING locked out\n") == 0


def test_the_table_counts_answers_by_what_was_asked_and_together():
    seen = answered(200, 200, 404, 500)
    seen.note("portal front", Answer(302, b"", "", 30.0))

    first, second, together = lines(seen)

    assert first == ("API list", "4", "2", "0", "1", "1", "10", "10")
    assert second[:4] == ("portal front", "1", "0", "1")
    assert together[:6] == ("all", "5", "2", "1", "1", "1")
    assert "200: 2, 302: 1, 404: 1, 500: 1" in told(seen)


@pytest.mark.slow
def test_readers_and_editors_of_the_demo_meet_no_fault(capsys):
    status = main(["soak", "--seconds", "5"])

    said = capsys.readouterr().out
    assert status == 0, said
    for what in ("API list", "API text", "portal text", "portal search", "editor: publish"):
        assert f"| {what}" in said
    assert "Locked databases in the log: 0" in said
