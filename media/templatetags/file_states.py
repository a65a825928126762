"""How a file stands, for lists and forms of the admin."""

from datetime import UTC, datetime
from typing import Any

from django import template

from media.admin.states import State, states_of

register = template.Library()


@register.simple_tag
def file_states(asset: Any) -> list[State]:
    """What an editor should know of a file now."""
    return states_of(asset, datetime.now(UTC))
