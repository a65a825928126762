"""Many pages in one action of the admin: what readers get afterwards."""

import pytest

from tests.factories import article, restrict, subsection
from tests.pages.forms import in_bulk

pytestmark = pytest.mark.django_db

READ, GONE = 200, 404


@pytest.fixture
def private(site, staff):
    """A section that only employees read."""
    private = subsection(site, slug="prive")
    restrict(private, staff)
    return private


@pytest.fixture
def employee(make_user, staff, token_of):
    return token_of(make_user("camille@cabestan.example", groups=[staff]))


@pytest.mark.parametrize(
    ("action", "was_live", "stranger_gets", "employee_gets"),
    [
        ("publish", False, READ, READ),
        ("unpublish", True, GONE, GONE),
        ("move", True, GONE, READ),
        ("delete", True, GONE, GONE),
    ],
)
def test_an_action_on_many_pages_counts_at_once_for_these_pages_and_no_other(
    editor, contributor, section, private, employee, api, action, was_live, stranger_gets,
    employee_gets,
):  # fmt: skip
    chosen = [article(section, live=was_live) for _ in range(4)]
    other = article(section, live=was_live)
    for page in (*chosen, other):
        page.save_revision()

    def got(pages, token=None):
        return {api.get(f"entries/{one.entry_key}", token=token).status_code for one in pages}

    before = got([other])
    in_bulk(contributor, action, chosen, chooser=private.pk)
    assert got(chosen) == got(chosen, employee) == before, "who may not do it changes nothing"

    answer = in_bulk(editor, action, chosen, chooser=private.pk)

    assert answer.status_code == 302
    assert got(chosen) == {stranger_gets}
    assert got(chosen, employee) == {employee_gets}
    assert got([other]) == got([other], employee) == before


def test_pages_that_are_moved_together_are_read_at_their_new_addresses(
    editor, section, private, employee, api
):
    pages = [article(section) for _ in range(3)]

    in_bulk(editor, "move", pages, chooser=private.pk)

    for page in pages:
        found = api.get(f"entries/by-path?path=/fr/prive/{page.slug}/", token=employee).json()
        assert (found["key"], found["url"]) == (page.entry_key, f"/fr/prive/{page.slug}/")
        old = api.get(f"entries/by-path?path=/fr/actualites/{page.slug}/", token=employee)
        assert old.status_code == GONE


@pytest.mark.parametrize("is_bulk", [False, True], ids=["alone", "in-bulk"])
@pytest.mark.parametrize(
    ("ticked", "below_gets"),
    [({}, READ), ({"include_descendants": "on"}, GONE)],
    ids=["page-only", "with-descendants"],
)
def test_unpublishing_takes_what_is_below_along_when_the_editor_says_so(
    editor, section, api, is_bulk, ticked, below_gets
):
    top = subsection(section)
    inner = subsection(top)
    below = [inner, article(top), article(inner)]
    beside = article(section)

    if is_bulk:
        in_bulk(editor, "unpublish", [top], **ticked)
    else:
        editor.post(f"/editor/pages/{top.pk}/unpublish/", ticked)

    assert api.get(f"entries/{top.entry_key}").status_code == GONE
    assert {api.get(f"entries/{one.entry_key}").status_code for one in below} == {below_gets}
    assert api.get(f"entries/{beside.entry_key}").status_code == READ
