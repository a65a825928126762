"""Publishing a page as if it had been published then: with its revision and its line in the log."""

from datetime import datetime

from wagtail.log_actions import log
from wagtail.models import Revision

from cms.accounts.models import User
from pages.base.models import BasePage


def publish(page: BasePage, *, by: User, at: datetime) -> None:
    """Give a live page the revision that it was published from: the editor opens with it."""
    revision = page.save_revision(user=by, clean=False)
    Revision.objects.filter(pk=revision.pk).update(created_at=at)
    page.live = True
    page.live_revision = revision
    page.has_unpublished_changes = False
    page.latest_revision_created_at = at
    page.save(clean=False)
    log(page, "wagtail.publish", user=by, revision=revision, timestamp=at, title=page.title)
