"""Where uploads of this installation lie, and what each field of the admin takes."""

from typing import Any

from django.conf import settings
from wagtail.permissions import policy_registry

from media.models import Document, Image, Video
from media.uploads.arriving import Limits, Place

MODELS: dict[str, Any] = {
    "picture": Image,
    "document": Document,
    "captions": Document,
    "video": Video,
}
"""The fields of ``media.kinds.FIELDS`` that take large files, and what becomes of these."""


def place() -> Place:
    """Private, beside the rest of what the installation keeps."""
    limits = Limits(
        quota=settings.UPLOAD_QUOTA,
        reserve=settings.UPLOAD_RESERVE,
    )
    return Place(settings.VAR_DIR / "uploads", limits)


def may_upload(user: Any, field: str) -> bool:
    """Whether somebody may add such files, or replace one."""
    policy: Any = policy_registry.get_by_type(MODELS[field])
    return bool(policy.user_has_any_permission(user, ["add", "change"]))
