"""Names under a text."""

from typing import Any

from cms.accounts.models import display_name
from pages.base.sheet import Sheet


def byline_of(user_id: int | None, sheet: Sheet) -> dict[str, Any] | None:
    """The name and role of a person, as cards carry them."""
    user = sheet.found.users.get(user_id) if user_id else None
    return {"name": display_name(user), "role": user.job_title} if user else None
