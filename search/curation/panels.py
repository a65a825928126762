"""The panel of a form that tries what is on it before it is saved."""

from typing import Any

from django import forms
from django.urls import reverse
from wagtail.admin.panels import Panel


class TryPanel(Panel):
    """A query field and a button: both answers side by side, without saving anything."""

    def __init__(self, url_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url_name = url_name

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "url_name": self.url_name}

    @property
    def clean_name(self) -> str:
        return "try"

    class BoundPanel(Panel.BoundPanel):
        template_name = "search_admin/try_panel.html"

        @property
        def media(self) -> forms.Media:
            return forms.Media(js=["admin/search-try.js"])

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {
                **context,
                "url": reverse(self.panel.url_name),
                "pk": self.instance.pk or "",
                "first": self.panel.first_of(self.instance),
            }

    def first_of(self, instance: Any) -> str:
        """A query to begin with: the first word or search that is on the form."""
        lines = str(getattr(instance, "words", "") or getattr(instance, "phrases", ""))
        return lines.replace(",", "\n").strip().split("\n")[0].strip()
