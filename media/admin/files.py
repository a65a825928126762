"""The editors' own way to files, for the admin's thumbnails, library and preview."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry

from cms.problems import NothingHere
from media import serving
from media.delivery import Bytes
from media.library import MODELS, asset_of
from media.models import Rendition

ENOUGH = ["add", "change", "choose", "delete", "view"]


def may(user: Any, actions: list[str], asset: Any) -> bool:
    """Whether an editor holds any of these permissions for a file."""
    policy: BasePermissionPolicy = policy_registry.get(asset)
    return bool(policy.user_has_any_permission_for_instance(user, actions, asset))


def editor_file(request: HttpRequest, file: str, rendition: str | None = None) -> HttpResponseBase:
    """A file by its key: what the preview shows, whether or not any entry holds it yet."""
    return _sent(request, asset_of(file), lambda: serving.opened(file, rendition))


def editor_rendition(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Whatever size the admin made for itself."""
    made = Rendition.objects.filter(pk=pk).select_related("image").first()
    image = made.image if made else None

    def opened() -> Bytes:
        name = made.file.name.rsplit("/", 1)[-1]
        return Bytes(made.file.name, made.file.size, name, _type_of(made), f"rendition-{pk}")

    return _sent(request, image, opened)


def editor_stored_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """An original by where it is stored: the address that storages give to the admin."""
    found = (model.objects.filter(file=name).first() for model in MODELS.values())
    asset: Any = next((one for one in found if one is not None), None)
    return _sent(request, asset, lambda: serving.opened(asset.file_key, None))


def _sent(request: HttpRequest, asset: Any, opened: Any) -> HttpResponseBase:
    if asset is None or not may(request.user, ENOUGH, asset):
        return HttpResponse(status=404)
    try:
        response = serving.respond(request, opened())
    except NothingHere:
        return HttpResponse(status=404)
    response["Cache-Control"] = "private, no-cache"
    return response


def _type_of(made: Rendition) -> str:
    extension = made.file.name.rsplit(".", 1)[-1].lower()
    return {"jpg": "image/jpeg"}.get(extension, f"image/{extension}")
