"""The editors' own way to files, for the admin's thumbnails, library and preview."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry

from cms.problems import NothingHere
from media import serving
from media.models import Document, Image, Rendition
from media.serving import Bytes

ENOUGH = ["add", "change", "choose", "delete", "view"]


def _may_work_with(request: HttpRequest, thing: Any) -> bool:
    policy: BasePermissionPolicy = policy_registry.get(thing)
    return bool(policy.user_has_any_permission_for_instance(request.user, ENOUGH, thing))


def editor_file(request: HttpRequest, file: str, rendition: str | None = None) -> HttpResponse:
    """A file by its key: what the preview shows, whether or not any entry holds it yet."""
    kind, _, number = file.partition("-")
    model: Any = Image if kind == "image" else Document
    thing = model.objects.filter(pk=int(number)).first() if number.isdigit() else None
    return _sent(request, thing, lambda: serving.opened(file, rendition))


def editor_rendition(request: HttpRequest, pk: int) -> HttpResponse:
    """Whatever size the admin made for itself."""
    made = Rendition.objects.filter(pk=pk).select_related("image").first()
    image = made.image if made else None

    def opened() -> Bytes:
        name = made.file.name.rsplit("/", 1)[-1]
        return Bytes(made.file.open("rb"), name, _type_of(made), f"rendition-{pk}")

    return _sent(request, image, opened)


def editor_stored_file(request: HttpRequest, name: str) -> HttpResponse:
    """An original by where it is stored: the address that storages give to the admin."""
    thing: Any = Image.objects.filter(file=name).first()
    thing = thing or Document.objects.filter(file=name).first()
    return _sent(request, thing, lambda: serving.opened(thing.file_key, None))


def _sent(request: HttpRequest, thing: Any, opened: Any) -> HttpResponse:
    if thing is None or not _may_work_with(request, thing):
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


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Below ``/editor/``, behind Wagtail's own check that one is an editor."""
    return [
        path("files/<str:file>", editor_file, name="editor_file"),
        path("files/<str:file>/<str:rendition>", editor_file, name="editor_file_size"),
        path("stored/renditions/<int:pk>", editor_rendition, name="editor_rendition"),
        path("stored/<path:name>", editor_stored_file, name="editor_stored_file"),
    ]
