"""The form of press pages: drafts may be unfinished, what is published may not."""

from pages.base.forms import EntryPageForm

PUBLISHING = ("action-publish", "action-submit", "action-restart-workflow")
"""Buttons after which somebody publishes what is there, or is asked to."""


class PressPageForm(EntryPageForm):
    """Says what is missing, item by item, and keeps what was typed."""

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        if not any(name in self.data for name in PUBLISHING):
            return True
        for refusal in self.instance.refusals():
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return not self.errors
