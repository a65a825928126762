"""Where bytes lie. Nothing is served from here by path."""

from django.core.files.storage import FileSystemStorage
from django.urls import reverse


class PrivateStorage(FileSystemStorage):
    """Files under ``MEDIA_ROOT``, outside everything a web server shows.

    Wagtail's admin asks storages for addresses; it gets one that only editors can open.
    """

    def url(self, name: str | None) -> str:
        return reverse("editor_stored_file", args=[name or ""])
