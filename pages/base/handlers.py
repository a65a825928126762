"""What else must bring entries along: everything that changes them without saving their page."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
    Revision,
)
from wagtail.signals import page_unpublished, post_page_move

from cms.accounts import identity
from cms.entries import subtree
from media.blobs import Blob
from media.extraction.keeping import on_read
from media.library import keys_where
from media.models import Document, Image, Video
from media.quarantine import on_scanned
from pages.base import publishing
from pages.base.projecting import portal_path
from pages.base.registry import page_models
from pages.base.topics import Topic


def connect() -> None:
    """Called once, when Django is ready."""
    identity.realign = publishing.catch_up_with_privacy
    post_page_move.connect(_page_moved)
    page_unpublished.connect(_page_unpublished)
    post_delete.connect(_page_deleted, sender=Page)
    pre_save.connect(_schedule_about_to_change, sender=Revision)
    post_save.connect(_schedule_changed, sender=Revision)
    for sender in (PageViewRestriction, CollectionViewRestriction):
        for signal in (pre_save, pre_delete):
            signal.connect(_privacy_about_to_change, sender=sender)
    for sender in (Image, Document, Video):
        pre_save.connect(_file_about_to_change, sender=sender)
    for signal in (post_save, post_delete):
        signal.connect(_page_privacy_changed, sender=PageViewRestriction)
        signal.connect(_collection_privacy_changed, sender=CollectionViewRestriction)
        signal.connect(_file_changed, sender=Image)
        signal.connect(_file_changed, sender=Document)
        signal.connect(_file_changed, sender=Video)
    post_save.connect(_topic_changed, sender=Topic)
    pre_delete.connect(_topic_about_to_go, sender=Topic)
    post_delete.connect(_noted_pages_follow, sender=Topic)
    m2m_changed.connect(_page_groups_changed, sender=PageViewRestriction.groups.through)
    m2m_changed.connect(_collection_groups_changed, sender=CollectionViewRestriction.groups.through)
    post_save.connect(_collection_moved, sender=Collection)
    post_delete.connect(_group_deleted, sender=Group)
    pre_save.connect(_user_about_to_change, sender=get_user_model())
    post_save.connect(_noted_pages_follow, sender=get_user_model())
    pre_delete.connect(_user_about_to_go, sender=get_user_model())
    post_delete.connect(_noted_pages_follow, sender=get_user_model())
    on_read(_blob_read)
    on_scanned(_blob_scanned)


def _page_moved(instance: Page, url_path_before: str, url_path_after: str, **_kwargs: Any) -> None:
    page = Page.objects.get(pk=instance.pk)
    if url_path_before != url_path_after:
        language = page.locale.language_code
        publishing.moved(
            portal_path(url_path_before, language),
            portal_path(url_path_after, language),
            page.path,
        )
        publishing.realign(page.path)
    subtree.follow_order()


def _page_unpublished(instance: Page, **_kwargs: Any) -> None:
    # Wagtail drops the schedule after it has saved the page.
    publishing.refresh([instance.pk])


def _page_deleted(instance: Page, **_kwargs: Any) -> None:
    publishing.gone(instance.pk)


def _schedule_changed(
    instance: Revision, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    if update_fields and "approved_go_live_at" in update_fields:
        publishing.refresh([int(instance.object_id)] if _is_of_a_page(instance) else [])


def _schedule_about_to_change(
    instance: Revision, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    """Whoever schedules is refused as who publishes is, before anything of it is stored."""
    if not (update_fields and "approved_go_live_at" in update_fields):
        return
    if instance.approved_go_live_at is not None and _is_of_a_page(instance):
        draft: Any = instance.as_object()
        if hasattr(draft, "entry_type_slug"):
            publishing.must_be_fit(draft)


def _is_of_a_page(revision: Revision) -> bool:
    model = revision.base_content_type.model_class()
    return model is not None and issubclass(model, Page)


def _privacy_about_to_change(instance: Any, **_kwargs: Any) -> None:
    publishing.about_to_change_privacy(instance)


def _page_privacy_changed(instance: PageViewRestriction, **_kwargs: Any) -> None:
    path = Page.objects.filter(pk=instance.page_id).values_list("path", flat=True).first()
    if path is not None:  # a deleted page takes its restrictions along
        publishing.realign(path)
        publishing.privacy_followed(instance)


def _page_groups_changed(instance: Any, action: str, **_kwargs: Any) -> None:
    if action.startswith("pre_"):
        publishing.about_to_change_privacy(instance)
    elif isinstance(instance, PageViewRestriction):
        publishing.realign(instance.page.path)
        publishing.privacy_followed(instance)
    else:
        publishing.realign_everything()


def _collection_privacy_changed(instance: CollectionViewRestriction, **_kwargs: Any) -> None:
    collection = Collection.objects.filter(pk=instance.collection_id).first()
    if collection is not None:
        _refresh_collection(collection)
        publishing.privacy_followed(instance)


def _collection_groups_changed(instance: Any, action: str, **_kwargs: Any) -> None:
    if action.startswith("pre_"):
        publishing.about_to_change_privacy(instance)
    elif isinstance(instance, CollectionViewRestriction):
        _refresh_collection(instance.collection)
        publishing.privacy_followed(instance)


def _collection_moved(instance: Collection, created: bool, **_kwargs: Any) -> None:  # noqa: FBT001
    if not created:
        _refresh_collection(instance)


def _refresh_collection(collection: Collection) -> None:
    _refresh_holders_of(Q(collection__path__startswith=collection.path))


def _file_about_to_change(instance: Image | Document | Video, **_kwargs: Any) -> None:
    if instance.pk is not None:  # it may go into another collection
        publishing.about_to_change_privacy(instance)


def _file_changed(instance: Image | Document | Video, **_kwargs: Any) -> None:
    publishing.refresh(publishing.holding([instance.file_key]))
    publishing.privacy_followed(instance)


def _blob_read(blob: Blob) -> None:
    """Search finds words in a file from now on."""
    _refresh_holders_of(Q(blob=blob))


def _blob_scanned(blob: Blob, _state: str) -> None:
    _refresh_holders_of(Q(blob=blob))


def _refresh_holders_of(files: Q) -> None:
    """Project the pages anew that hold files for which this holds."""
    publishing.refresh(publishing.holding(keys_where(files)))


def _topic_changed(instance: Topic, created: bool, **_kwargs: Any) -> None:  # noqa: FBT001
    if not created:
        publishing.refresh(_pages_about(instance))


def _topic_about_to_go(instance: Topic, **_kwargs: Any) -> None:
    instance._pages_to_follow = _pages_about(instance)


def _pages_about(topic: Topic) -> list[int]:
    return list(topic.page_topics.values_list("content_object_id", flat=True))


def _group_deleted(**_kwargs: Any) -> None:
    publishing.realign_everything()


def _user_about_to_change(
    instance: Any, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    named = {"first_name", "last_name", "job_title"}
    instance._pages_to_follow = []
    if instance.pk is None or (update_fields and not named & set(update_fields)):
        return
    before = type(instance).objects.filter(pk=instance.pk).values(*named).first()
    if before and any(before[name] != getattr(instance, name) for name in named):
        instance._pages_to_follow = _pages_naming(instance.pk)


def _user_about_to_go(instance: Any, **_kwargs: Any) -> None:
    instance._pages_to_follow = _pages_naming(instance.pk)


def _noted_pages_follow(instance: Any, **_kwargs: Any) -> None:
    publishing.refresh(getattr(instance, "_pages_to_follow", []))


def _pages_naming(user_id: int) -> list[int]:
    naming = Q(author_id=user_id) | Q(keeper_id=user_id)
    return [
        pk
        for model in page_models()
        for pk in model.objects.filter(naming).values_list("pk", flat=True)
    ]
