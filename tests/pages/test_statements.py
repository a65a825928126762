"""What many pages cost: of our own statements, a few for all of them together."""

import pytest
from django.conf import settings

from cms.entries.models import Entry
from tests.factories import article, restrict, subsection
from tests.pages.counting import ENTRIES, SEARCH, statements
from tests.pages.forms import edit, in_bulk

pytestmark = pytest.mark.django_db

A_PAGE = 4
"""Statements of ours for each page that is published in one action, at most."""
PAGES = 12


def test_publishing_many_pages_in_one_action_takes_four_statements_a_page_at_most(editor, section):
    pages = [article(section, live=False, change_note="Corrigé") for _ in range(PAGES)]
    for page in pages:
        page.save_revision()

    with statements() as counted:
        answer = in_bulk(editor, "publish", pages)

    assert answer.status_code == 302
    assert Entry.objects.filter(page_id__in=[page.pk for page in pages]).count() == PAGES
    ours = counted.about(*ENTRIES, *SEARCH)
    assert len(ours) <= A_PAGE * PAGES, ours


def set_privacy(editor, top, staff, elsewhere):
    groups = {"restriction_type": "groups", "groups": [staff.pk], "password": ""}
    return editor.post(f"/editor/pages/{top.pk}/privacy/", groups)


def move(editor, top, staff, elsewhere):
    return editor.post(f"/editor/pages/{top.pk}/move/{elsewhere.pk}/confirm/")


def rename(editor, top, staff, elsewhere):
    return edit(editor, top, title=top.title, slug=f"{top.slug}-renomme")


def delete(editor, top, staff, elsewhere):
    return editor.post(
        f"/editor/pages/{top.pk}/delete/", {"confirm_site_name": settings.WAGTAIL_SITE_NAME}
    )


@pytest.mark.parametrize("change", [set_privacy, move, rename, delete])
def test_a_large_subtree_costs_no_more_statements_than_a_small_one(
    editor, site, section, staff, press, change
):
    elsewhere = subsection(site, show_in_menus=True)
    restrict(elsewhere, press)

    def cost(size):
        top = subsection(section)
        top.save_revision().publish()
        for _ in range(size):
            article(top)
        before = entries_of(top)
        with statements() as counted:
            change(editor, top, staff, elsewhere)
        after = entries_of(top)
        assert len(before) == size + 1
        assert not before & after, "every entry of the subtree is another one, or gone"
        return counted.about(*ENTRIES, *SEARCH)

    cost(2)  # gates and shelves are made once

    of_few, of_many = cost(5), cost(50)

    # Not one more: of 50 rows PostgreSQL takes some by COPY, which is not counted.
    assert 0 < len(of_many) <= len(of_few), of_many


def entries_of(top):
    """Where the entries of a subtree stand, and behind which gate."""
    pks = [top.pk, *top.get_descendants().values_list("pk", flat=True)]
    return set(Entry.objects.filter(page_id__in=pks).values_list("key", "path", "gate_id"))
