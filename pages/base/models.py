"""The fields that every page type has, and its life as an entry."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from cms.access.rule import Rule
from cms.entries.models import Change
from cms.entries.projection import Block
from pages.base import panels, preview, publishing
from pages.base.forms import EntryPageForm
from pages.base.projecting import path_of, portal_path
from pages.base.sheet import Sheet, Wanted
from pages.base.topics import PageTopic
from pages.base.updates import UpdateBlock, read_updates


class BasePageQuerySet(PageQuerySet):
    """Pages of our own types. ``update`` keeps their entries in step."""

    def update(self, **changes: Any) -> int:
        with transaction.atomic():
            pks = list(self.values_list("pk", flat=True))
            count = super().update(**changes)
            publishing.refresh(pks)
        return count


BasePageManager = PageManager.from_queryset(BasePageQuerySet)


class BasePage(Page):
    """A page that becomes an entry when it is published."""

    entry_type_slug: ClassVar[str]
    use: ClassVar[str] = "internal"  # for which its files must be cleared

    summary = models.TextField(
        _("summary"),
        max_length=240,
        blank=True,
        help_text=_("240 characters: the sentence seen in every list."),
    )
    lead_image = models.ForeignKey(
        "media.Image",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lead_alt = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_("For those who do not see it. Empty: the library's own description."),
    )
    topics = ClusterTaggableManager(through=PageTopic, blank=True, verbose_name=_("topics"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Who keeps this page true, and gets the questions about it."),
    )
    on_behalf_of = models.CharField(
        _("on behalf of"), max_length=120, blank=True, help_text=_("A service or a person.")
    )
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("Nobody reads it before, to the second, except the early readers."),
    )
    early_readers = ParentalManyToManyField(
        Group,
        verbose_name=_("early readers"),
        blank=True,
        related_name="+",
        help_text=_("Of those who may read the page at all, these need not wait for the embargo."),
    )
    pinned_until = models.DateTimeField(
        _("pinned until"),
        null=True,
        blank=True,
        help_text=_("Stands first on the home page of everybody who may read it."),
    )
    change_weight = models.SmallIntegerField(
        _("this change is"),
        choices=[(Change.Weight.MINOR, _("minor")), (Change.Weight.MATERIAL, _("material"))],
        default=Change.Weight.MINOR,
        help_text=_("A material change is told to those who follow the page."),
    )
    change_note = models.CharField(
        _("in one line"), max_length=300, blank=True, help_text=_("What changed, for readers.")
    )
    updates = StreamField(
        [("update", UpdateBlock())],
        verbose_name=_("update log"),
        blank=True,
        help_text=_("Newest first. Readers see it beside the text, as a thread."),
    )

    found_by = models.CharField(
        _("words to be found by"),
        max_length=300,
        blank=True,
        help_text=_("Search finds the page by these too. Readers do not see them."),
    )

    objects = BasePageManager()
    base_form_class = EntryPageForm

    content_panels: ClassVar = panels.CONTENT
    reader_panels: ClassVar = panels.READERS
    date_panels: ClassVar = panels.DATES
    record_panels: ClassVar = panels.RECORD
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    show_in_menus_default = False

    class Meta:
        abstract = True

    # What a section overrides.

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        """The fields that this type adds to the common card."""
        return {}

    def blocks(self, sheet: Sheet) -> Sequence[Block]:
        """The body."""
        return []

    def early_rule(self) -> Rule | None:
        """Who need not wait for the embargo; ``None``: nobody is early."""
        groups = [group.pk for group in self.early_readers.all()]
        return Rule.of([groups]) if groups else None

    def unfit(self) -> Sequence[str]:
        """Why it cannot be published as it is, and what to do, in words for its editor."""
        return ()

    def point_at(self, wanted: Wanted) -> None:
        """Name everything that card and body will look up."""
        wanted.add(wanted.images, self.lead_image_id)
        wanted.add(wanted.users, self.author_id)
        wanted.add(wanted.users, self.keeper_id)

    # What follows from it.

    @property
    def entry_key(self) -> str:
        return f"{self.entry_type_slug}-{self.pk}"

    def update_blocks(self) -> list[Block]:
        """The update log as a block, if there is one."""
        return read_updates(self.updates.get_prep_value())

    def clean(self) -> None:
        super().clean()
        if self.embargo_until and self.expire_at and self.expire_at <= self.embargo_until:
            raise ValidationError(
                {
                    "embargo_until": _(
                        "The page expires before its embargo ends: change one of them."
                    )
                }
            )

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and let the entry follow in the same transaction.

        Wagtail saves a page's row whole when it is published, unpublished, copied or renamed. It
        saves single fields when a draft is kept, while the object holds the draft: that is no news.

        Raises ``ProjectionFailed`` where what would be published may not be, whoever publishes it.
        """
        before = None
        fields = kwargs.get("update_fields")
        if fields is None and self.live and self.first_published_at is None:  # type: ignore[has-type]
            # Added live by our own code, around Wagtail's publishing.
            moment = timezone.now()
            self.first_published_at, self.last_published_at = moment, moment
        if self.pk and fields is None:
            before = Page.objects.filter(pk=self.pk).values_list("url_path", flat=True).first()
        saved = super().save(*args, **kwargs)
        if before is not None and before != self.url_path:
            language = self.locale.language_code
            publishing.moved(
                portal_path(before, language), portal_path(self.url_path, language), None
            )
        if fields is None or "live_revision" in fields:
            if self.live:
                publishing.must_be_fit(self)
            publishing.follow(self)
        return saved

    @transaction.atomic
    def move(self, *args: Any, **kwargs: Any) -> Any:
        """Wagtail says only afterwards that a page moved: nobody may see it between two rules."""
        return super().move(*args, **kwargs)

    @transaction.atomic
    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Wagtail copies the privacy settings last: nobody may see the copy before."""
        return super().copy(*args, **kwargs)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Where the portal shows the page; without a host, so that any host serves it."""
        return (0, "", path_of(self))

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> str:
        return str(self.get_url_parts()[2])  # type: ignore[index]

    def get_full_url(self, request: HttpRequest | None = None) -> str:
        return settings.BASE_URL + self.get_url()

    url = property(get_url)
    full_url = property(get_full_url)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The portal page of this draft: the same projection and the same template."""
        return preview.of(self, request)
