"""The forms of pictures, documents and films: in groups, with what the file says beside a field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime, make_naive
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log, registry

from media.admin import proposals
from media.admin.fields import (
    DayInput,
    MomentInput,
    TerritoriesField,
    UsesField,
    instead_of,
    tell_uploader,
)
from media.forms import DocumentForm as BaseDocumentForm
from media.forms import ImageForm as BaseImageForm
from media.metadata import proposing

CONFIRMED = "media.confirm_rights"

SECTIONS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("words", _("Description and caption"), ("description", "caption", "persons")),
    (
        "rights",
        _("Rights"),
        (
            "creator", "credit", "copyright", "usage_terms", "web_statement", "source_type",
            "data_mining",
        ),
    ),
    ("when", _("Where and when"), ("taken_on", "opens_at", "closes_at", "territories", "uses")),
    ("confirmed", _("Confirmed"), ("is_confirmed",)),
)  # fmt: skip
"""What is not named here stands first, with the file."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the file says of a field: as people read it, and as the form's field takes it."""

    shown: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A field of the form, and what the file says where that is something else."""

    field: forms.BoundField
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together."""

    name: str
    heading: str | Promise
    lines: tuple[Line, ...]

    @property
    def has_errors(self) -> bool:
        return any(line.field.errors for line in self.lines)


if TYPE_CHECKING:
    _Form = Any
else:
    _Form = object


class RightsForm(_Form):
    """To be put before a form of Wagtail's for a file."""

    first_heading: str | Promise = _("File")
    upload: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.person = kwargs.get("user")
        super().__init__(*args, **kwargs)
        self.was_confirmed = self.instance.is_confirmed
        for name, widget in _widgets().items():
            if name in self.fields:
                self.fields[name].widget = widget
        for name, cls in (("uses", UsesField), ("territories", TerritoriesField)):
            if name in self.fields:
                self.fields[name] = instead_of(self.fields[name], cls)
        if "file" in self.fields:
            self.fields["file"].widget.attrs["data-upload"] = self.upload
            tell_uploader(self.fields["file"], self.upload)

    @cached_property
    def sections(self) -> list[Section]:
        """The fields that this form has, in their groups."""
        differing = proposals.differing(self.instance)
        named = {name for _name, _heading, names in SECTIONS for name in names}
        first = [bound.name for bound in self.visible_fields() if bound.name not in named]
        groups = (("file", self.first_heading, tuple(first)), *SECTIONS)
        return [
            Section(name, heading, lines)
            for name, heading, names in groups
            if (lines := tuple(self._lines(names, differing)))
        ]

    def _lines(self, names: tuple[str, ...], differing: dict[str, Any]) -> Iterator[Line]:
        for name in names:
            if name in self.fields:
                said = differing.get(name)
                yield Line(self[name], _proposal(self, name, said) if said else None)

    @property
    def confirmation(self) -> Any:
        """Who confirmed the rights last, and when; nothing while they are not."""
        if not self.instance.pk or not self.instance.is_confirmed:
            return None
        entries = registry.get_logs_for_instance(self.instance).filter(action=CONFIRMED)
        return entries.select_related("user").first()

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own
        """Whoever replaces the file has not read what the new one says: the tick goes."""
        if "file" in self.changed_data:
            if self.was_confirmed:
                self.instance.is_confirmed = False
            self.instance.proposed = self.said_by(self.cleaned_data["file"])
            proposals.fill(self.instance)
        instance = super().save(commit=commit)
        if commit and instance.is_confirmed and not self.was_confirmed:
            log(instance, CONFIRMED, user=self.person)
        return instance

    def said_by(self, file: Any) -> dict[str, Any]:
        """What a file says of itself, by the names of ``media.metadata.values.Found``."""
        return {}


class ImageForm(RightsForm, BaseImageForm):
    first_heading = _("Picture")

    def said_by(self, file: Any) -> dict[str, Any]:
        return proposing.said_by(file).as_json()


class DocumentForm(RightsForm, BaseDocumentForm):
    first_heading = _("Document")


def _widgets() -> dict[str, forms.Widget]:
    return {
        "opens_at": MomentInput(),
        "closes_at": MomentInput(),
        "taken_on": DayInput(),
        "usage_terms": forms.Textarea(attrs={"rows": 2}),
        "caption": forms.Textarea(attrs={"rows": 3}),
    }


def _proposal(form: Any, name: str, said: Any) -> Proposal:
    if isinstance(said, datetime):
        local = localtime(said)
        shown = date_format(local, "SHORT_DATETIME_FORMAT")
        return Proposal(shown, make_naive(said).isoformat(timespec="seconds"))
    if isinstance(said, date):
        return Proposal(date_format(said, "SHORT_DATE_FORMAT"), said.isoformat())
    labels = dict(getattr(form.fields[name], "choices", ()))
    return Proposal(str(labels.get(said, said)), str(said))
