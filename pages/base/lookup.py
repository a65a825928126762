"""One look-up for many pages: the number of queries does not depend on how many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, Locale, Page

from cms.access.privacy import Restrictions, collection_restrictions, page_restrictions
from cms.access.rule import PUBLIC, Rule
from cms.entries.projection import Topic as TopicValue
from media.models import Document, FileText, Image, Video
from pages.base.sheet import Found, Wanted
from pages.base.topics import PageTopic, Topic

if TYPE_CHECKING:
    from pages.base.models import BasePage

TOP = 12
"""Characters of the tree path of a top-level section: root, home, section."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where pages stand: the restrictions above them, their sections, languages and topics."""

    restrictions: Restrictions
    sections: Mapping[str, str]  # keys, by tree path
    languages: Mapping[int, str]
    topics: Mapping[int, Sequence[Topic]]

    def section_of(self, page: "BasePage") -> str:
        return self.sections.get(page.path[:TOP], "")

    def topics_of(self, page: "BasePage", language: str) -> list[TopicValue]:
        values = (topic.value_in(language) for topic in self.topics.get(page.pk, ()))
        return sorted(values, key=lambda one: one.name)


def surroundings_of(pages: Sequence["BasePage"], *, are_drafts: bool = False) -> Surroundings:
    """Four queries. The topics of drafts are those that the objects hold, not the stored ones."""
    tops = {page.path[:TOP] for page in pages if len(page.path) >= TOP}
    return Surroundings(
        restrictions=page_restrictions(page.path for page in pages),
        sections=sections_at(tops),
        languages=dict(Locale.objects.values_list("pk", "language_code")),
        topics=_topics_of_drafts(pages) if are_drafts else _stored_topics(pages),
    )


def sections_at(paths: Iterable[str]) -> dict[str, str]:
    """The keys of the top-level places at these tree paths. One query."""
    rows = Page.objects.filter(path__in=list(paths)).values_list("path", "pk", "content_type_id")
    return {path: f"{slug}-{pk}" for path, pk, kind in rows if (slug := _slug_of(kind))}


def _stored_topics(pages: Sequence["BasePage"]) -> dict[int, list[Topic]]:
    topics: dict[int, list[Topic]] = defaultdict(list)
    filed = PageTopic.objects.filter(content_object_id__in=[page.pk for page in pages])
    for one in filed.select_related("tag"):
        topics[one.content_object_id].append(one.tag)
    return topics


def _topics_of_drafts(pages: Sequence["BasePage"]) -> dict[int, list[Topic]]:
    return {page.pk: [one.tag for one in page.topic_items.all()] for page in pages}


def found_for(pages: Sequence["BasePage"]) -> Found:
    """Everything that the pages point at. One query a kind of thing that they do point at."""
    wanted = Wanted()
    for page in pages:
        page.point_at(wanted)
    videos = Video.objects.in_bulk(wanted.videos) if wanted.videos else {}
    for video in videos.values():
        wanted.add(wanted.images, video.poster_id)
        wanted.add(wanted.documents, video.captions_id)
    images = Image.objects.in_bulk(wanted.images) if wanted.images else {}
    documents = Document.objects.in_bulk(wanted.documents) if wanted.documents else {}
    users = get_user_model().objects.in_bulk(wanted.users) if wanted.users else {}
    return Found(
        images=images,
        documents=documents,
        videos=videos,
        page_keys=_keys_of(wanted.pages),
        users=users,
        collection_rules=_collection_rules() if images or documents or videos else {},
        groups=dict(Group.objects.values_list("pk", "name")),
        texts=_texts_of(documents.values()),
    )


def _texts_of(documents: Iterable[Document]) -> dict[int, str]:
    """The words in these files, as far as they were read, by the file's blob."""
    blobs = {document.blob_id for document in documents} - {None}
    if not blobs:
        return {}
    read = FileText.objects.filter(blob__in=blobs, state=FileText.State.READ)
    return {
        blob: " ".join(text for _, text in pages)
        for blob, pages in read.values_list("blob_id", "pages")
    }


def _keys_of(pks: set[int]) -> dict[int, str]:
    if not pks:
        return {}
    rows = Page.objects.filter(pk__in=pks).values_list("pk", "content_type_id")
    return {pk: f"{slug}-{pk}" for pk, kind in rows if (slug := _slug_of(kind))}


def _slug_of(content_type: int) -> str | None:
    """The slug of the entry type that pages of a model have; Django keeps content types."""
    model = ContentType.objects.get_for_id(content_type).model_class()
    return getattr(model, "entry_type_slug", None)


def _collection_rules() -> dict[int, Rule]:
    restrictions = collection_restrictions()
    if not restrictions.rules:
        return {}
    rules = {
        pk: restrictions.rule_at(path) for pk, path in Collection.objects.values_list("pk", "path")
    }
    return {pk: rule for pk, rule in rules.items() if rule != PUBLIC}
