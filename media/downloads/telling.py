"""From a notice to the people that it is for: who, of which of their copies, and once.

Withdrawals go at once. Corrections wait until nobody has corrected anything for a quarter of an
hour, so that an editor at work sends one mail. What was taken offline waits for an editor's word.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from cms.entries.models import Holding
from media.downloads import mailing, recall, states
from media.downloads.models import Notice, Taken, Told
from media.downloads.recall import WITHDRAWN, Copy, copy_of
from media.kits.versions import latest_numbers

Kind = Notice.Kind
QUIET = timedelta(minutes=15)
AT_LATEST = timedelta(hours=2)
"""After its first change a correction waits for no further ones."""
CORRECTIONS = (Kind.CORRECTED, Kind.ENTRY)


@dataclass(slots=True)
class Plan:
    """Whom a notice is for: rows of the log by person, and what these rows remember of it."""

    rows: dict[int, list[Taken]] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)  # by the row's id

    @property
    def people(self) -> int:
        return len(self.rows)


def send_due(at: datetime) -> int:
    """Send what need not wait any more. Gives how many people will get a mail."""
    return _send_due(at) if recall.pending().exists() else 0


@transaction.atomic
def _send_due(at: datetime) -> int:
    waiting = list(recall.pending().select_for_update())
    return _send([one for one in waiting if _is_due(one, waiting, at)], at)


@transaction.atomic
def send(pks: Iterable[int], at: datetime, *, by: int | None = None) -> int:
    """Send these now, because an editor says so. Gives how many people will get a mail."""
    found = list(recall.pending().select_for_update().filter(pk__in=list(pks)))
    return _send(found, at, by=by)


@transaction.atomic
def dismiss(pk: int, at: datetime, *, by: int | None = None) -> bool:
    """Tell nobody. Whether the notice still waited.

    Its takers count as knowing: it is not opened again for the same change.
    """
    notice = recall.pending().select_for_update().filter(pk=pk).first()
    if notice is None:
        return False
    _remember(plan_of(notice))
    _end(notice, Notice.State.DISMISSED, at, by)
    return True


def plan_of(notice: Notice) -> Plan:
    """Whom a notice would be sent to now. A few queries; people still there are not looked up."""
    return _PLANS[Kind(notice.kind)](notice)


def sends_at(notice: Notice, waiting: Sequence[Notice]) -> datetime | None:
    """When it goes by itself, if nothing else is corrected until then; never: nothing."""
    if notice.kind == Kind.WITHDRAWN:
        return notice.opened_at
    if notice.kind not in CORRECTIONS:
        return None
    corrections = [one for one in waiting if one.kind in CORRECTIONS]
    quiet = max(one.touched_at for one in corrections) + QUIET
    return min(quiet, min(one.opened_at for one in corrections) + AT_LATEST)


def _is_due(notice: Notice, waiting: Sequence[Notice], at: datetime) -> bool:
    moment = sends_at(notice, waiting)
    return moment is not None and moment <= at


def _send(notices: Sequence[Notice], at: datetime, by: int | None = None) -> int:
    mails: dict[int, list[int]] = defaultdict(list)
    for notice in notices:
        plan = plan_of(notice)
        for person, told in _told(notice, plan, at):
            mails[person].append(told)
        _remember(plan)
        _end(notice, Notice.State.SENT, at, by)
    for told_ids in mails.values():
        transaction.on_commit(partial(mailing.deliver.enqueue, told_ids))
    return len(mails)


def _told(notice: Notice, plan: Plan, at: datetime) -> list[tuple[int, int]]:
    rows: dict[tuple[int, str], dict[Copy, None]] = defaultdict(dict)
    for person, own in plan.rows.items():
        for row in own:
            rows[person, row.download.kit][copy_of(row)] = None
    versions = latest_numbers({kit for _person, kit in rows if kit})
    told = Told.objects.bulk_create(
        Told(
            notice=notice,
            person_id=person,
            kit=kit,
            version=versions.get(kit),
            files=[one.as_json for one in copies],
            planned_at=at,
        )
        for (person, kit), copies in rows.items()
    )
    return [(one.person_id or 0, one.pk) for one in told]


def _remember(plan: Plan) -> None:
    by_state: dict[str, list[int]] = defaultdict(list)
    for pk, state in plan.told.items():
        by_state[state].append(pk)
    for state, pks in by_state.items():
        Taken.objects.filter(pk__in=pks).update(told=state)


def _end(notice: Notice, state: Notice.State, at: datetime, by: int | None) -> None:
    notice.state, notice.ended_at, notice.ended_by_id = state, at, by
    notice.save(update_fields=["state", "ended_at", "ended_by"])


def _rows(condition: Q) -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = defaultdict(list)
    rows = recall.taken(condition).select_related("download", "state")
    for row in rows.order_by("-completed_at"):
        found[row.download.person_id or 0].append(row)
    return found


def _of_withdrawal(notice: Notice) -> Plan:
    rows = _rows(Q(file=notice.subject) & ~Q(told=WITHDRAWN))
    return Plan(rows, {row.pk: WITHDRAWN for own in rows.values() for row in own})


def _of_correction(notice: Notice) -> Plan:
    """Those who have no present copy; of theirs, those of whose change they do not know."""
    rows = _rows(Q(file=notice.subject))
    copies = {copy_of(row).origin for own in rows.values() for row in own}
    present = states.present_of(copies)
    plan = Plan()
    for person, own in rows.items():
        now = {row.pk: present.get(copy_of(row).origin) for row in own}
        behind = [row for row in own if _is_behind(row, now[row.pk])]
        if not behind or any(_is_same(row, now[row.pk]) for row in own):
            continue
        plan.rows[person] = behind
        plan.told |= {row.pk: one.digest for row in behind if (one := now[row.pk])}
    return plan


def _is_same(row: Taken, now: states.Present | None) -> bool:
    return now is not None and row.state is not None and row.state.digest == now.digest


def _is_behind(row: Taken, now: states.Present | None) -> bool:
    is_known = now is not None and row.state is not None
    return is_known and not _is_same(row, now) and now is not None and row.told != now.digest


def _of_entry(notice: Notice) -> Plan:
    """Those who took the kit, or a file of the entry, before it was corrected and not since."""
    held = Holding.objects.filter(entry__key=notice.subject).values_list("file", flat=True)
    of_it = Q(download__kit=notice.subject) | Q(file__in=set(held))
    rows = _rows(of_it)
    return Plan(
        {
            person: own
            for person, own in rows.items()
            if all(row.completed_at and row.completed_at < notice.touched_at for row in own)
        }
    )


def _of_unpublished(notice: Notice) -> Plan:
    return Plan(_rows(Q(download__kit=notice.subject)))


_PLANS: dict[Notice.Kind, Callable[[Notice], Plan]] = {
    Kind.WITHDRAWN: _of_withdrawal,
    Kind.CORRECTED: _of_correction,
    Kind.ENTRY: _of_entry,
    Kind.UNPUBLISHED: _of_unpublished,
}
