"""What editors upload in the admin: looked at first, refused with a reason they can act on."""

import errno
import logging
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.collections import BaseCollectionMemberForm
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtail.permissions import policy_registry

from media import blobs
from media.admission import admit
from media.kinds import FIELDS
from media.models import Document

logger = logging.getLogger(__name__)

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_ROOM = _(
    "There is no room left for this file, and nothing of it was kept. Tell your technicians."
)
NOT_TAKEN = _(
    "The storage takes no files at the moment, and nothing of it was kept. Try again in a moment."
)
ASK = "ask"
DECISIONS = [(ASK, _("Do not add it again")), ("both", _("Keep both"))]


class UploadField(forms.FileField):
    """A file that ``media.admission`` lets into one of the fields of ``media.kinds``."""

    def __init__(self, *, upload: str, **kwargs: Any) -> None:
        self.upload = upload
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(f".{one}" for one in FIELDS[upload].extensions)

    @classmethod
    def instead_of(cls, field: forms.Field, upload: str) -> "UploadField":
        """A field like another, except that it looks at what comes."""
        return cls(
            upload=upload,
            required=field.required,
            label=field.label,
            widget=field.widget,
            help_text=gettext("You can choose %(kinds)s.")
            % {"kinds": ", ".join(str(kind.label) for kind in FIELDS[upload].kinds)},
        )

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        return admit(upload, upload.name or "", self.upload).file if upload else None


class UploadForm(BaseCollectionMemberForm):
    """What the forms of pictures and documents have in common."""

    upload: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.editor = kwargs.get("user")
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"] = UploadField.instead_of(self.fields["file"], self.upload)

    def _post_clean(self) -> None:
        """Store the file while there still is a form to say why that cannot be done."""
        super()._post_clean()
        if "file" not in self.changed_data or self.errors or not self.cleaned_data.get("file"):
            return
        try:
            blobs.keep(self.cleaned_data["file"])
        except OSError as error:
            logger.exception("file_not_kept name=%s", self.cleaned_data["file"].name)
            is_full = error.errno in FULL
            self.add_error("file", NO_ROOM if is_full else NOT_TAKEN)


class ImageForm(UploadForm, BaseImageForm):
    """Duplicates of pictures are noticed by Wagtail's own uploaders."""

    upload = "picture"


class DocumentForm(UploadForm, BaseDocumentForm):
    """Tells of a document with the same bytes, and lets the editor decide."""

    upload = "document"
    duplicate = forms.ChoiceField(
        label=_("The same file is in the library already"),
        choices=DECISIONS,
        initial=ASK,
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" not in self.fields:
            del self.fields["duplicate"]
            self._tell_beside_the_title()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Where many come at once nobody was asked: they are told in the next step.
        if "file" in self.changed_data and cleaned.get("duplicate") == ASK and cleaned.get("file"):
            same = self._same(blobs.measure(cleaned["file"]).sha256)
            if same is not None:
                self.fields["duplicate"].widget = forms.Select(choices=DECISIONS)
                self.add_error(
                    "file",
                    ValidationError(
                        format_html(
                            gettext(
                                "The library has this very file already: {file}. Choose that one, "
                                "or “Keep both” below."
                            ),
                            file=self._named(same),
                        ),
                        code="duplicate",
                    ),
                )
        return cleaned

    def _tell_beside_the_title(self) -> None:
        """The step after uploading many: there “Delete” is the way not to keep it."""
        same = self._same(self.instance.sha256) if self.instance.sha256 else None
        if same is not None and "title" in self.fields:
            self.fields["title"].help_text = format_html(
                gettext("The library has this very file already: {file}."), file=self._named(same)
            )

    def _same(self, sha256: str) -> Document | None:
        return Document.objects.filter(sha256=sha256).exclude(pk=self.instance.pk).first()

    def _named(self, same: Document) -> SafeString | str:
        """Its title with a way to it, for those who may see it there."""
        policy = policy_registry.get_by_type(Document)
        enough = ["change", "choose", "delete", "view"]
        if self.editor is None or not policy.user_has_any_permission_for_instance(
            self.editor, enough, same
        ):
            return gettext("in a collection that you do not see")
        return format_html(
            '<a href="{}" target="_blank" rel="noreferrer">{}</a>',
            reverse("wagtaildocs:edit", args=[same.pk]),
            same.title,
        )
