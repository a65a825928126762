"""Form fields of rights: moments to the second, uses to tick, territories as they are written."""

import re
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from media.kinds import FIELDS
from media.rights import USES


class MomentInput(forms.DateTimeInput):
    """The browser's own, which knows seconds and the reader's way to write dates."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"step": 1}, format="%Y-%m-%dT%H:%M:%S")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class UsesField(forms.MultipleChoiceField):
    """Words of ``media.rights.USES``, kept with spaces between. None ticked: every use."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(USES.items()), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        chosen = super().clean(value)
        return " ".join(use for use in USES if use in chosen)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set((initial or "").split()) != set(data or [])


class TerritoriesField(forms.CharField):
    """``fr, ch`` is FR CH."""

    def to_python(self, value: Any) -> str:
        return " ".join(re.split(r"[\s,;/]+", (super().to_python(value) or "").strip().upper()))


def tell_uploader(field: forms.Field, upload: str) -> None:
    """Wagtail's page for many files asks its field for limits, and for words to refuse with."""
    place = FIELDS[upload]
    most = place.max_bytes()
    field.max_upload_size = most  # type: ignore[attr-defined]
    kinds = ", ".join(str(kind.label) for kind in place.kinds)
    field.error_messages |= {
        "file_too_large_unknown_size": _("The file is too large: the most is %(most)s.")
        % {"most": filesizeformat(most)},
        "invalid_image_extension": _("You can choose %(kinds)s.") % {"kinds": kinds},
    }


def instead_of(field: forms.Field, cls: type[forms.Field]) -> forms.Field:
    """A field of another class with the words of this one."""
    kwargs: dict[str, Any] = {"label": field.label, "help_text": field.help_text}
    if cls is TerritoriesField:
        kwargs |= {"required": False, "validators": field.validators}
    return cls(**kwargs)
