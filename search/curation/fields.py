"""Fields that several forms of the admin ask with."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from search.query import LONGEST_QUERY, clean


class QueryField(forms.CharField):
    """A query as readers type it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_QUERY, **kwargs)

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class LocaleField(forms.ChoiceField):
    """The language of what is looked for."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("Every language")), *settings.LANGUAGES]
        super().__init__(label=_("Language"), choices=choices, required=False, **kwargs)
