"""The editor's form: what cannot become an entry is not published, and nothing typed is lost."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.entries.projection import ProjectionFailed
from pages.base import projections


class EntryPageForm(WagtailAdminPageForm):
    """Reads the page as an entry before it is published. Drafts may be unfinished."""

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        if "action-publish" not in self.data:
            return True
        try:
            projections.projection_of_draft(
                self.instance, parent=self.parent_page, at=datetime.now(UTC)
            )
        except ProjectionFailed as failure:
            reason: Any = _("It cannot be published: %(reason)s") % {"reason": failure}
            self.add_error(None, reason)
            return False
        return True
