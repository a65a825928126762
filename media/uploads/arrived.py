"""Files that have arrived stand in the editor's form as if the form had brought them.

So every form and view of the admin takes them, Wagtail's own included: a form field ``file`` may
come as ``file__upload`` with the id of an upload.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from media.uploads import arriving
from media.uploads.arriving import NoSuchUpload, Upload
from media.uploads.places import place

SUFFIX = "__upload"
EDITOR = "/editor/"


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]
    """A file of the form that lies on the disk already.

    It lends a second name of the same bytes, so that a storage on the same disk moves instead of
    copying, and the upload is still there should the transaction fail.
    """

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.lent = upload.folder / f"{upload.id}.{secrets.token_hex(8)}.lent"
        _second_name(upload.path, self.lent)
        super().__init__(self.lent.open("rb"), upload.name, size=upload.length)

    def temporary_file_path(self) -> str:
        """By this Django's storages know that the file can be moved."""
        return str(self.lent)

    @property
    def was_moved(self) -> bool:
        return not self.lent.exists()

    def close(self) -> None:
        super().close()
        self.lent.unlink(missing_ok=True)


def _second_name(path: Path, name: Path) -> None:
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)  # some disks know no second names


class ArrivedFiles:
    """Hand arrived files to the forms of the admin, and forget those that were taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given: list[ArrivedFile] = []
        request._arrived_files = given  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            for file in given:
                if response.status_code < 400 and (file.was_moved or _is_done(response)):
                    arriving.discard(file.upload)
        finally:
            for file in given:
                file.close()
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        if request.method != "POST" or not request.path_info.startswith(EDITOR):
            return
        for key in [key for key in request.POST if key.endswith(SUFFIX)]:
            if not (upload_id := request.POST[key]):
                continue
            try:
                file = _taken(request, upload_id)
            except NoSuchUpload:
                messages.error(request, _("The uploaded file is gone: choose it again."))
                continue
            request._arrived_files.append(file)  # type: ignore[attr-defined]
            request.FILES[key.removesuffix(SUFFIX)] = file


def _taken(request: HttpRequest, upload_id: str) -> ArrivedFile:
    if request.user.pk is None:
        raise NoSuchUpload
    upload = place().find(upload_id, owner=request.user.pk, at=datetime.now(UTC))
    if not upload.is_whole:
        raise NoSuchUpload
    return ArrivedFile(upload)


def _is_done(response: HttpResponse) -> bool:
    """Whether a form of the admin says that it saved: by leading on, or in JSON."""
    if 300 <= response.status_code < 400:
        return True
    if response.get("Content-Type", "").startswith("application/json"):
        with suppress(ValueError):
            said = json.loads(response.content)
            return bool(said.get("success")) or said.get("step") == "chosen"
    return False
