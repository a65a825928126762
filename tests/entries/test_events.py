"""Every event that changes what readers get, with the state before and after it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction

from cms.entries.models import Change, Entry, Holding, Part
from cms.entries.projection import ProjectionFailed
from pages.base import publishing
from pages.base.topics import Topic
from pages.models import ArticlePage
from tests.factories import (
    article,
    document,
    picture,
    restrict,
    restricted_block,
    subsection,
)

pytestmark = pytest.mark.django_db


def entry(page):
    return Entry.objects.filter(page_id=page.pk).first()


def publish(page):
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def last_change():
    return Change.objects.last()


def test_publishing_a_draft_makes_its_entry(section):
    page = article(section, "Brouillon", live=False)
    assert entry(page) is None

    publish(page)

    assert entry(page).title == "Brouillon"
    assert (last_change().key, last_change().kind) == (page.entry_key, "put")


def test_saving_a_draft_of_a_live_page_changes_nothing_for_readers(section):
    page = publish(article(section, "Avant"))
    number = last_change().number

    page.title = "Après"
    page.save_revision()

    assert entry(page).title == "Avant"
    assert last_change().number == number


def test_publishing_again_replaces_the_entry(section):
    page = publish(article(section, "Avant"))

    page.title = "Après"
    publish(page)

    assert entry(page).title == "Après"


def test_publishing_without_a_change_is_no_change(section):
    page = publish(article(section))
    publish(page)
    number = last_change().number

    publish(page)

    assert last_change().number == number


def test_unpublishing_takes_the_entry_away(section):
    page = publish(article(section))

    page.unpublish()

    assert entry(page) is None
    assert (last_change().key, last_change().kind) == (page.entry_key, "gone")


def test_unpublishing_a_subtree_takes_all_its_entries_away(section):
    inner = subsection(section)
    pages = [article(inner) for _ in range(3)]

    for page in [inner, *pages]:
        page.unpublish()

    assert not Entry.objects.filter(page_id__in=[page.pk for page in [inner, *pages]]).exists()


def test_a_scheduled_page_is_there_before_its_time_and_opens_by_itself(section):
    page = article(section, live=False)
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()

    # Revisions are JSON, which keeps milliseconds.
    assert abs(entry(page).opens_at - page.go_live_at) < timedelta(milliseconds=1)
    assert not Page.objects.get(pk=page.pk).live


def test_a_schedule_that_is_cancelled_leaves_nothing(section):
    page = article(section, live=False)
    page.go_live_at = timezone.now() + timedelta(days=1)
    revision = page.save_revision()
    revision.publish()
    revision.refresh_from_db()

    revision.approved_go_live_at = None
    revision.save(update_fields=["approved_go_live_at"])

    assert entry(page) is None


def test_unpublishing_a_page_with_scheduled_changes_leaves_nothing(section):
    page = publish(article(section))
    page.title = "Demain"
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    page.refresh_from_db()

    page.unpublish()

    assert entry(page) is None


def test_an_expiry_date_becomes_the_end_of_the_window(section):
    end = timezone.now() + timedelta(days=3)

    page = article(section, expire_at=end)

    assert entry(page).closes_at == end


def test_deleting_a_page_takes_its_entry_and_all_it_held(section):
    file = document()
    page = article(section, story=[("file", {"document": file, "title": ""})])
    assert Holding.objects.count() == 1

    page.delete()

    assert Entry.objects.filter(title=page.title).count() == 0
    assert Holding.objects.count() == 0


def test_deleting_a_section_takes_everything_below_it(section):
    inner = subsection(section)
    pages = [article(inner) for _ in range(3)]

    Page.objects.get(pk=inner.pk).delete()

    assert not Entry.objects.filter(page_id__in=[inner.pk, *(page.pk for page in pages)]).exists()


def test_a_new_slug_moves_everything_below_and_the_cards_follow(section):
    inner = subsection(section, slug="avant")
    page = article(inner, slug="note")

    inner.slug = "apres"
    publish(inner)

    assert entry(page).path == "/fr/actualites/apres/note/"
    assert '"url":"/fr/actualites/apres/note/"' in entry(page).card
    assert entry(inner).path == "/fr/actualites/apres/"


def test_a_new_slug_of_an_unpublished_section_moves_what_is_live_below_it(section):
    inner = subsection(section, slug="avant")
    page = article(inner, slug="note")
    inner.unpublish()

    inner.slug = "apres"
    inner.save()

    assert entry(page).path == "/fr/actualites/apres/note/"


def test_moving_a_page_gives_it_the_new_places_path_gate_and_section(site, section, staff):
    private = subsection(site, slug="prive", show_in_menus=True)
    restrict(private, staff)
    inner = subsection(section, slug="dedans")
    page = article(inner, slug="note")

    inner.move(private, pos="last-child")

    assert entry(page).path == "/fr/prive/dedans/note/"
    assert entry(page).gate.rule == f"[[{staff.pk}]]"
    assert entry(page).section == f"section-{private.pk}"


def test_reordering_sections_reorders_the_menu(site, section, api):
    second = subsection(site, title="Deuxième", show_in_menus=True)
    assert [card["key"] for card in menu()] == [section.entry_key, second.entry_key]

    second.move(section, pos="left")

    assert [card["key"] for card in menu()] == [second.entry_key, section.entry_key]


def menu():
    from cms.access import gates
    from cms.access.reader import Reader, grants_of
    from cms.entries import read

    known = gates.all_gates(gates.state().version)
    nobody = grants_of(person=None, groups=frozenset(), gates=known)
    return read.menu(Reader(nobody, timezone.now()), "fr")


def test_a_copy_has_an_entry_of_its_own(section):
    inner = subsection(section, slug="original")
    article(inner, "Original", slug="note")

    copied = inner.copy(recursive=True, update_attrs={"slug": "copie"})

    assert entry(copied).path == "/fr/actualites/copie/"
    assert Entry.objects.filter(path="/fr/actualites/copie/note/", title="Original").exists()


def test_a_copy_of_a_private_section_is_private(section, staff):
    inner = subsection(section, slug="original")
    restrict(inner, staff)
    article(inner, slug="note")

    inner.copy(recursive=True, update_attrs={"slug": "copie"})

    copy_ = Entry.objects.get(path="/fr/actualites/copie/note/")
    assert copy_.gate.rule == f"[[{staff.pk}]]"


def test_a_copy_that_is_kept_as_a_draft_has_no_entry(section):
    page = article(section)

    copied = page.copy(update_attrs={"slug": "copie"}, keep_live=False)

    assert entry(copied) is None


def test_an_alias_follows_its_source(site, section):
    other = subsection(site)
    page = publish(article(section, "Avant"))
    alias = CreatePageAliasAction(page, parent=other, user=None).execute(
        skip_permission_checks=True
    )
    assert entry(alias).title == "Avant"

    page.title = "Après"
    publish(page)

    assert entry(alias).title == "Après"


def test_a_translation_is_an_entry_with_the_same_translation_key(site, section):
    page = publish(article(section))
    english = Locale.objects.get(language_code="en")
    CopyPageForTranslationAction(section, english, include_subtree=False).execute(
        skip_permission_checks=True
    )

    translated = CopyPageForTranslationAction(page, english).execute(skip_permission_checks=True)
    publish(translated)

    assert entry(translated).locale == "en"
    assert entry(translated).path.startswith("/en/")
    assert entry(translated).translation_key == entry(page).translation_key


def test_a_translation_alias_is_an_entry_in_the_other_language(site, section):
    page = publish(article(section))
    english = Locale.objects.get(language_code="en")
    for source in (section, page):
        CopyPageForTranslationAction(source, english, alias=True).execute(
            skip_permission_checks=True
        )

    translated = Page.objects.get(translation_key=page.translation_key, locale=english)
    assert Entry.objects.get(page_id=translated.pk).locale == "en"


def test_a_restriction_added_changed_and_removed(section, staff, press):
    page = article(section)

    restriction = restrict(section, staff)
    assert entry(page).gate.rule == f"[[{staff.pk}]]"
    restriction.groups.set([press])
    assert entry(page).gate.rule == f"[[{press.pk}]]"
    restriction.restriction_type = "login"
    restriction.save()
    assert entry(page).gate.rule == "[[0]]"
    restriction.restriction_type = "password"
    restriction.save()
    assert entry(page).gate.rule == "[[]]"
    restriction.delete()

    assert entry(page).gate.rule == "[]"


def test_restrictions_of_ancestors_add_up(section, staff, press):
    inner = subsection(section)
    page = article(inner)

    restrict(section, staff, press)
    restrict(inner, press)

    assert entry(page).gate.rule == f"[[{press.pk}]]"
    assert entry(section).gate.rule == f"[[{staff.pk}, {press.pk}]]"


def test_a_group_that_is_deleted_leaves_a_gate_for_those_who_remain(section, staff, press):
    page = article(section)
    restrict(section, staff, press)

    staff.delete()

    assert entry(page).gate.rule == f"[[{press.pk}]]"


def test_a_restriction_whose_last_group_goes_opens_for_nobody(section, staff):
    page = article(section)
    restrict(section, staff)

    staff.delete()

    assert entry(page).gate.rule == "[[]]"


def test_a_file_in_a_private_collection_is_held_behind_its_own_gate(section, staff):
    private = Collection.get_first_root_node().add_child(name="Interne")
    CollectionViewRestriction.objects.create(
        collection=private, restriction_type="groups"
    ).groups.add(staff)
    file = document(collection=private)

    page = article(section, story=[("file", {"document": file, "title": ""})])

    part = Part.objects.get(entry=entry(page))
    assert part.gate.rule == f"[[{staff.pk}]]"
    assert Holding.objects.get(entry=entry(page)).gate.rule == f"[[{staff.pk}]]"


def test_making_a_collection_private_sets_its_files_apart_at_once(section, staff):
    collection = Collection.get_first_root_node().add_child(name="Photos")
    image = picture(collection=collection)
    page = article(
        section, lead_image=image, story=[("image", {"image": image, "alt": "", "caption": ""})]
    )
    assert '"image":{' in entry(page).card

    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="groups"
    )
    restriction.groups.add(staff)

    assert '"image":null' in entry(page).card
    assert Part.objects.filter(entry=entry(page)).count() == 1
    restriction.delete()
    assert '"image":{' in entry(page).card
    assert Part.objects.filter(entry=entry(page)).count() == 0


def test_opening_a_section_keeps_its_private_files_apart(section, staff):
    restriction = restrict(section, staff)
    collection = Collection.get_first_root_node().add_child(name="Photos")
    CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="groups"
    ).groups.add(staff)
    page = article(section, lead_image=picture(collection=collection))
    assert '"image":{' in entry(page).card

    restriction.delete()

    assert '"image":null' in entry(page).card
    assert not Holding.objects.filter(entry=entry(page), gate__rule="[]").exists()


def test_a_picture_moved_to_a_private_collection_is_set_apart(section, staff):
    collection = Collection.get_first_root_node().add_child(name="Interne")
    CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="groups"
    ).groups.add(staff)
    image = picture()
    page = article(section, lead_image=image)

    image.collection = collection
    image.save()

    assert '"image":null' in entry(page).card


def test_a_new_credit_reaches_every_page_that_shows_the_picture(section):
    image = picture(credit="Avant")
    page = article(section, lead_image=image)

    image.credit = "Après"
    image.save()

    assert '"credit":"Après"' in entry(page).card


def test_a_replaced_file_reaches_every_page_that_lists_it(section):
    file = document(content=b"%PDF-1.4 short")
    page = article(section, story=[("file", {"document": file, "title": ""})])
    before = entry(page).body

    file.file = ContentFile(b"%PDF-1.4 much longer than before", name="apres.pdf")
    file.save()

    assert entry(page).body != before
    assert f'"size":{len(b"%PDF-1.4 much longer than before")}' in entry(page).body


def test_a_deleted_picture_leaves_its_pages_without_it(section):
    image = picture()
    page = article(
        section, lead_image=image, story=[("image", {"image": image, "alt": "", "caption": ""})]
    )

    image.delete()

    assert '"image":null' in entry(page).card
    assert entry(page).body == "[]"


def test_a_renamed_person_is_renamed_on_their_pages(section, make_user):
    user = make_user(first_name="Camille", last_name="Aubry")
    page = article(section, author=user)

    user.last_name = "Vasseur"
    user.save()

    assert "Camille Vasseur" in entry(page).card


def test_a_deleted_person_leaves_their_pages_without_them(section, make_user):
    user = make_user(first_name="Camille", last_name="Aubry")
    page = article(section, author=user)

    user.delete()

    assert '"author":null' in entry(page).card


def test_a_renamed_topic_is_renamed_on_its_pages(section):
    topic = Topic.objects.create(name="Sorties", slug="sorties")
    page = article(section)
    page.topics.add(topic)
    publish(page)

    topic.name = "Sorties en salle"
    topic.save()

    assert "Sorties en salle" in entry(page).card


def test_an_update_in_our_own_code_keeps_entries_in_step(section):
    page = article(section)

    ArticlePage.objects.filter(pk=page.pk).update(summary="Nouveau résumé")

    assert "Nouveau résumé" in entry(page).card


def test_many_pages_saved_together_are_projected_together(section, django_assert_max_num_queries):
    pages = [article(section) for _ in range(30)]
    for page in pages:
        page.summary = "Ensemble"

    with publishing.batch():
        for page in pages:
            publishing.follow(page)
        with django_assert_max_num_queries(40):
            publishing._batch.get().flush()

    assert all("Ensemble" in entry(page).card for page in pages)


def test_a_failed_projection_fails_the_publish_and_leaves_nothing(section):
    page = publish(article(section, "Avant"))
    number = last_change().number
    page.title = "Après"
    page.story = [
        ("restricted", {"readers": ["not-a-group"], "title": "", "content": [("text", "<p>x</p>")]})
    ]

    with pytest.raises(ProjectionFailed, match="Après"), transaction.atomic():
        page.save()

    assert Page.objects.get(pk=page.pk).title == "Avant"
    assert entry(page).title == "Avant"
    assert last_change().number == number


def test_a_restricted_section_becomes_a_part_with_its_own_gate(section, staff):
    page = article(
        section,
        story=[("text", "<p>Ouvert</p>"), restricted_block([staff], ("text", "<p>Fermé</p>"))],
    )

    part = Part.objects.get(entry=entry(page))
    assert part.gate.rule == f"[[{staff.pk}]]"
    assert "Fermé" not in entry(page).body + entry(page).card + entry(page).text
    assert "Fermé" in part.text


def test_material_changes_carry_the_editors_note_once(section):
    page = publish(article(section))
    page.title = "Nouvelle date"
    page.change_weight = Change.Weight.MATERIAL
    page.change_note = "La date change."
    publish(page)
    assert (last_change().weight, last_change().note) == (2, "La date change.")

    page.title = "Nouvelle date, corrigée"
    publish(page)

    assert (last_change().weight, last_change().note) == (1, "")


def test_the_gates_of_a_new_restriction_reach_topics_too(section, staff):
    topic = Topic.objects.create(name="Sorties", slug="sorties")
    page = article(section)
    page.topics.add(topic)
    publish(page)

    restrict(section, staff)

    assert entry(page).topics.get().gate.rule == f"[[{staff.pk}]]"


def test_restrictions_are_applied_when_the_transaction_ends(section, staff):
    restrict(section, staff)

    from cms.access.gates import state

    assert state().privacy == state().applied
    assert PageViewRestriction.objects.count() == 1
