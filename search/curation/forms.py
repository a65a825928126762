"""The forms of what editors curate: a bad value is refused with what to write instead."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput, AdminPageChooser
from wagtail.models import Page

from cms.accounts.models import User
from cms.entries.models import Entry
from search.curation import states
from search.curation.members import MOST_SETS, problems, split
from search.curation.models import Judgement, Promotion, Synonym
from search.curation.promotions import (
    LONGEST_PHRASE,
    LONGEST_TIME,
    MOST_PHRASES,
    has_words,
    phrases_of,
)
from search.curation.synonyms import LANGUAGES
from search.query import clean

USUAL_TIME = timedelta(days=90)
_OF_A_PAGE = re.compile(r".+-(\d+)")


class WithOwner(WagtailAdminModelForm):
    """A form whose thing somebody answers for: whoever made it, unless it says another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owner := self.fields.get("owner"):
            owner.queryset = editors(self.instance.owner_id)

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - as Django has it
        if self.instance.owner_id is None:
            self.instance.owner = self.for_user
        return super().save(commit)


def editors(besides: int | None = None) -> QuerySet[User]:
    """Everybody who may enter the admin, and whoever is named already."""
    may_enter = Permission.objects.filter(
        codename="access_admin", content_type__app_label="wagtailadmin"
    )
    found = User.objects.filter(
        Q(is_superuser=True) | Q(groups__permissions__in=may_enter), is_active=True
    )
    named = Q(pk__in=found.values("pk")) | Q(pk=besides)
    return User.objects.filter(named).order_by("last_name", "first_name", "email")


class SynonymForm(WithOwner):
    """A set: each member is looked at, and named when it will not do."""

    class Meta:
        model = Synonym
        fields = ("words", "direction", "locale", "is_active", "note", "owner")
        widgets = {"words": forms.Textarea(attrs={"rows": 5})}

    def clean_words(self) -> str:
        words = self.cleaned_data["words"]
        if told := problems(words, LANGUAGES):
            raise ValidationError(told)
        return "\n".join(split(words))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        others = Synonym.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        if data.get("is_active") and others.count() >= MOST_SETS:
            self.add_error("is_active", _("%d sets are in force: no more can be.") % MOST_SETS)
        return data


class WithEntry(WagtailAdminModelForm):
    """A form that names an entry: a page that is chosen, or a record by its key.

    The key is what is stored, so that it stays when the page is edited, moved or withdrawn.
    """

    page = forms.ModelChoiceField(
        Page.objects.all(),
        required=False,
        widget=AdminPageChooser,
        label=gettext_lazy("Page"),
    )
    entry_key = forms.CharField(
        required=False,
        max_length=160,
        label=gettext_lazy("Or the key of a record"),
        help_text=gettext_lazy("Such as orders-1204: it stands in the record's address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = self.instance.entry_key or self.initial.get("entry_key", "")
        if page := page_of(key):
            self.initial.update(page=page, entry_key="")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        page, key = data.get("page"), (data.get("entry_key") or "").strip()
        if page is not None:
            data["entry_key"] = getattr(page.specific, "entry_key", "")
            if not data["entry_key"]:
                self.add_error("page", _("Readers cannot find pages of this kind: choose another."))
        elif not key:
            self.add_error("page", _("Choose a page, or write the key of a record."))
        elif not Entry.objects.filter(key=key).exists():
            self.add_error(
                "entry_key",
                _("Nothing is published under “%s”: copy the key from its address.") % key,
            )
        return data


def page_of(key: str) -> Page | None:
    """The page behind an entry's key, if it is a page's."""
    match = _OF_A_PAGE.fullmatch(key)
    page = Page.objects.filter(pk=int(match[1][:18])).first() if match else None
    if page is not None and getattr(page.specific, "entry_key", "") == key:
        return page
    return None


class PromotionForm(WithOwner, WithEntry):
    """Which searches show which entry, and for how long."""

    class Meta:
        model = Promotion
        fields = (
            "phrases",
            "locale",
            "entry_key",
            "note",
            "on_behalf_of",
            "owner",
            "starts_on",
            "ends_on",
            "order",
        )
        widgets = {
            "phrases": forms.Textarea(attrs={"rows": 4}),
            "starts_on": AdminDateInput,
            "ends_on": AdminDateInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("starts_on", states.today())
            self.initial.setdefault("ends_on", states.today() + USUAL_TIME)

    def clean_phrases(self) -> str:
        phrases = phrases_of(self.cleaned_data["phrases"])
        if len(phrases) > MOST_PHRASES:
            raise ValidationError(_("Write at most %d searches, one a line.") % MOST_PHRASES)
        for phrase in phrases:
            if len(phrase) > LONGEST_PHRASE:
                raise ValidationError(
                    _("“%(text)s…” is too long: %(most)d characters at most.")
                    % {"text": phrase[:40], "most": LONGEST_PHRASE}
                )
            if not has_words(phrase):
                raise ValidationError(
                    _("“%s” has no letters and no digits: write what people look for.") % phrase
                )
        return "\n".join(phrases)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("It ends before it starts: choose a later day."))
        elif starts and ends and ends - starts > LONGEST_TIME:
            self.add_error(
                "ends_on", _("A year at most: choose an earlier day, and look again then.")
            )
        return data


class JudgementForm(WithEntry):
    """How good an answer an entry is."""

    class Meta:
        model = Judgement
        fields = ("query", "locale", "entry_key", "grade", "note")

    def clean_query(self) -> str:
        query = clean(self.cleaned_data["query"])
        if not query:
            raise ValidationError(_("Write what people look for."))
        return query
