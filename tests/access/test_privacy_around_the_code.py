"""Privacy that changes by a way that tells nobody: bulk actions, the tree of collections, SQL."""

import pytest
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from cms.access.models import AccessState
from cms.entries.models import Entry
from pages.base import publishing
from pages.base.topics import Topic
from pages.blocks import reading
from tests.access.around_the_code import close_in_sql, sql
from tests.factories import article, document, picture, restrict, subsection


def collection(name, parent=None):
    return (parent or Collection.get_first_root_node()).add_child(name=name)


def close(one):
    CollectionViewRestriction.objects.create(collection=one, restriction_type="login")


@pytest.fixture
def public(site):
    return collection("Photos")


@pytest.fixture
def private(site):
    one = collection("Interne")
    close(one)
    return one


@pytest.fixture
def editor(client, make_user):
    client.force_login(make_user("chef@cabestan.example", is_superuser=True))
    return client


class Shown:
    """An article with a photo and a file, as a stranger gets it."""

    def __init__(self, api, section, where):
        self.api = api
        self.photo = picture(collection=where)
        self.file = document(collection=where)
        story = [("file", {"document": self.file, "title": ""})]
        self.page = article(section, lead_image=self.photo, story=story)

    @property
    def is_whole(self):
        """Every way agrees: card, list of files, both files' bytes."""
        entry = self.api.get(f"entries/{self.page.entry_key}").json()
        said = {
            "photo": entry["image"] is not None,
            "file": bool(entry["files"]),
            "photo's bytes": self._is_served(f"image-{self.photo.pk}/card"),
            "file's bytes": self._is_served(f"document-{self.file.pk}"),
        }
        assert len(set(said.values())) == 1, said
        return said["file"]

    def _is_served(self, name):
        return self.api.get(f"/files/{name}").status_code == 200


@pytest.fixture
def shown(api, section, public):
    return Shown(api, section, public)


def move_in_bulk(editor, shown, where):
    for kind, one in (("image", shown.photo), ("document", shown.file)):
        url = reverse("wagtail_bulk_action", args=["media", kind, "add_to_collection"])
        answer = editor.post(f"{url}?next=/editor/&id={one.pk}", {"collection": where.pk})
        assert answer.status_code == 302


def test_files_moved_in_bulk_to_a_private_collection_close_at_once_and_open_again(
    shown, editor, public, private
):
    assert shown.is_whole

    move_in_bulk(editor, shown, private)
    assert not shown.is_whole

    move_in_bulk(editor, shown, public)
    assert shown.is_whole


def test_files_moved_in_plain_sql_close_at_once(shown, private):
    assert shown.is_whole

    for table in ("media_image", "media_document"):
        sql(f"UPDATE {table} SET collection_id = %s", private.pk)

    assert not shown.is_whole


def test_a_collection_closed_in_plain_sql_closes_at_once_and_opens_again(shown, public):
    assert shown.is_whole

    close_in_sql(public)
    assert not shown.is_whole

    sql("DELETE FROM wagtailcore_collectionviewrestriction")
    assert shown.is_whole


def test_a_collection_moved_below_a_private_one_closes_at_once(shown, public, private):
    assert shown.is_whole

    Collection.objects.get(pk=public.pk).move(private, "sorted-child")
    assert not shown.is_whole

    Collection.objects.get(pk=public.pk).move(Collection.get_first_root_node(), "sorted-child")
    assert shown.is_whole


def test_a_collection_moved_in_the_admin_closes_at_once(shown, editor, public, private):
    assert shown.is_whole

    editor.post(
        reverse("wagtailadmin_collections:edit", args=[public.pk]),
        {"name": public.name, "parent": private.pk},
    )

    assert not shown.is_whole


def test_a_change_made_elsewhere_does_not_hide_one_that_waits(api, section, staff):
    first, second = subsection(section), subsection(section)
    page = article(first)
    assert api.get(f"entries/{page.entry_key}").status_code == 200
    close_in_sql(first)

    restrict(second, staff)

    assert api.get(f"entries/{page.entry_key}").status_code == 404


def test_several_changes_in_one_go_do_not_hide_one_that_waits(api, section, staff, press):
    first, second = subsection(section), subsection(section)
    page = article(first)
    assert api.get(f"entries/{page.entry_key}").status_code == 200
    close_in_sql(first)

    with publishing.batch():
        restrict(second, staff).groups.add(press)

    assert api.get(f"entries/{page.entry_key}").status_code == 404


def is_settled():
    state = AccessState.objects.get()
    return state.applied == state.privacy


def test_what_an_editor_changes_is_settled_at_once(shown, section, staff, private):
    shown.api.get("entries")
    assert is_settled()

    restrict(section, staff)
    assert is_settled()
    with publishing.batch():
        restrict(subsection(section), staff)
    assert is_settled()
    shown.photo.collection = private
    shown.photo.save()
    assert is_settled()
    close(collection("Presse"))
    shown.api.get("entries")
    close(shown.file.collection)
    assert is_settled()


def test_a_file_saved_elsewhere_does_not_hide_a_change_that_waits(shown, public, private):
    assert shown.is_whole
    other = picture()
    sql("UPDATE media_image SET collection_id = %s WHERE id = %s", private.pk, shown.photo.pk)
    sql("UPDATE media_document SET collection_id = %s", private.pk)

    other.collection = public
    other.save()

    assert not shown.is_whole


def test_a_page_that_cannot_be_read_is_hidden_and_takes_nobody_else_along(
    api, section, public, shown, monkeypatch
):
    """Who asks first is a reader: they are answered, and get nothing that may have closed."""
    other = article(section, story=[("text", "<p>Le planning.</p>")])

    def broken(value, sheet):
        raise ValueError("un bloc que personne ne lit")

    monkeypatch.setitem(reading.READERS, "file", broken)
    close_in_sql(public)

    assert api.get(f"entries/{shown.page.entry_key}").status_code == 404
    assert api.get(f"entries/{other.entry_key}").status_code == 200
    assert api.get(f"/files/document-{shown.file.pk}").status_code == 404


def test_a_deleted_topic_leaves_its_pages_without_it(api, section):
    topic = Topic.objects.create(name="Sorties", slug="sorties")
    page = article(section)
    page.topics.add(topic)
    page.save_revision().publish()
    assert "Sorties" in Entry.objects.get(page_id=page.pk).card

    topic.delete()

    assert "Sorties" not in Entry.objects.get(page_id=page.pk).card
    assert api.get("entries?topic=sorties").json()["items"] == []
