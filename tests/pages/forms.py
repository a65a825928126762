"""What an editor's browser sends."""

from urllib.parse import urlencode

from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

COMMON = {
    "summary": "",
    "lead_image": "",
    "lead_alt": "",
    "topics": "",
    "author": "",
    "keeper": "",
    "on_behalf_of": "",
    "embargo_until": "",
    "early_readers": [],
    "pinned_until": "",
    "change_weight": "1",
    "change_note": "",
    "go_live_at": "",
    "expire_at": "",
    "updates": streamfield([]),
    "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
}
"""What the form of every type has."""


def form(story=None, **changes):
    """The editor's form of an article; of a section too, which has no story."""
    data = {
        **COMMON,
        "title": "Nouvelle",
        "slug": "nouvelle",
        "summary": "Résumé",
        "story": streamfield(story or [("text", rich_text("<p>Texte</p>"))]),
    }
    return nested_form_data({**data, **changes})


def create(editor, parent, *, story=None, **changes):
    """Publish a new article."""
    address = f"/editor/pages/add/pages/articlepage/{parent.pk}/"
    return editor.post(address, {**form(story, **changes), "action-publish": "action-publish"})


def edit(editor, page, action="action-publish", *, story=None, **changes):
    """Change a page that is there, and do this with it."""
    sent = form(story, **{"slug": page.slug, **changes})
    return editor.post(f"/editor/pages/{page.pk}/edit/", {**sent, action: action})


def in_bulk(editor, action, pages, **data):
    """Tick these pages in a list, and choose an action."""
    query = urlencode([("next", "/editor/"), *(("id", page.pk) for page in pages)])
    return editor.post(f"/editor/bulk/wagtailcore/page/{action}/?{query}", data)
