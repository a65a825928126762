"""The page types that become entries."""

from typing import Any

from django.apps import apps


def page_models() -> list[Any]:
    """Every concrete page model of our own."""
    return [model for model in apps.get_models() if getattr(model, "entry_type_slug", None)]
