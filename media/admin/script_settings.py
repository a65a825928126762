"""What the upload script is told: where to send files, from which size on, in which words."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def upload_settings() -> SafeString:
    return json_script(
        {
            "url": reverse("uploads"),
            "from": settings.UPLOAD_RESUMABLE_FROM,
            "texts": _texts(),
        },
        "upload-settings",
    )


def _texts() -> dict[str, Any]:
    return {
        "megabytes": _("MB"),
        "figures": _("{part} % · {done} of {all}"),
        "left": _("{time} left"),
        "pause": _("Pause"),
        "resume": _("Go on"),
        "cancel": _("Cancel"),
        "running": _("Uploading: {part} %."),
        "paused": _("Paused. Nothing that was sent is lost."),
        "waiting": _("The connection is gone. It goes on by itself when it is back."),
        "done": _("The file is here."),
        "failed": _("It stopped. Nothing that was sent is lost."),
        "refused": _("It was not taken."),
        "cancelled": _("Cancelled."),
        "signed_out": _(
            "You are signed out, or may not do this. Sign in, open this page and choose the file "
            "again: it goes on where it stopped."
        ),
        "sent_when_there": _("The form will be sent as soon as the file is here."),
        "interrupted": _("It was interrupted. Choose the same file again: it goes on from there."),
    }
