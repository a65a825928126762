"""Topics: the subjects that pages are filed under, in every language."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel

from cms.entries.projection import Topic as TopicValue


class Topic(TagBase):
    """A subject. Its slug is the same in every language."""

    free_tagging = False

    english = models.CharField(_("English name"), max_length=100, blank=True)

    panels: ClassVar = [FieldPanel("name"), FieldPanel("english"), FieldPanel("slug")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar = ["name"]

    def value_in(self, language: str) -> TopicValue:
        """The topic as an entry of this language carries it."""
        name = self.english if language == "en" and self.english else self.name
        return TopicValue(slug=self.slug, name=name)


class PageTopic(ItemBase):
    """A page is filed under a topic."""

    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="page_topics")
    content_object = ParentalKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="topic_items"
    )
