"""The thread of a page: what will happen to it, what has, and its beginning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, pgettext

from cms.entries.portal.bodies import Block, anchors_in, updates_of
from cms.entries.portal.dates import is_past, is_to_come

Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A knot on the thread: to come, now, or past."""

    state: str
    at: str
    text: str
    href: str = ""
    is_day: bool = False


def thread_of(card: Card, body: Sequence[Block], today: datetime) -> list[Step]:
    """What will happen to a page, what has, and its beginning. Newest first, the future above."""
    anchors = anchors_in(body)
    steps = [
        Step(
            state="past",
            at=str(one["at"]),
            text=str(one["note"]),
            href=f"#{one['tied_to']}" if one.get("tied_to") in anchors and one["tied_to"] else "",
        )
        for one in updates_of(body)
    ]
    beginning = pgettext("the first knot of a thread", "Published")
    steps.append(Step(state="past", at=str(card["published_at"]), text=beginning))
    first = steps[0]
    steps[0] = Step(state="now", at=first.at, text=first.text, href=first.href)
    return [*_to_come(card, today), *steps]


def _to_come(card: Card, today: datetime) -> list[Step]:
    starts, ends, review = card.get("valid_from"), card.get("valid_to"), card.get("review_at")
    steps = []
    if ends and not is_past(ends, today):
        steps.append(Step(state="next", at=ends, text=gettext("Last day of validity"), is_day=True))
    if is_to_come(starts, today):
        steps.append(
            Step(state="next", at=str(starts), text=gettext("First day of validity"), is_day=True)
        )
    if review and not is_past(review, today):
        steps.append(Step(state="next", at=review, text=pgettext("a date", "Review"), is_day=True))
    return steps
