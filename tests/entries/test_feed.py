"""The change feed is numbered in the order of commits."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from cms.entries import feed
from cms.entries.models import Change

pytestmark = pytest.mark.django_db(transaction=True)


def test_numbers_follow_one_another(db):
    feed.append(["a-1", "a-2"], kind="put", at=timezone.now())
    feed.append(["a-3"], kind="gone", at=timezone.now())

    numbers = [change.number for change in feed.after(0)]

    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert [change.key for change in feed.after(numbers[0])] == ["a-2", "a-3"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_late_commit_cannot_slip_in_behind_a_consumers_cursor():
    """The second waits for its number until the first, which has a lower one, commits."""
    second_has_number = threading.Event()

    def second():
        with transaction.atomic():
            feed.append(["second-1"], kind="put", at=timezone.now())
            second_has_number.set()
        connections.close_all()

    other = threading.Thread(target=second)
    with transaction.atomic():
        feed.append(["first-1"], kind="put", at=timezone.now())
        other.start()
        assert not second_has_number.wait(0.5), "it must wait for the first to commit"
    other.join(5)

    changes = feed.after(0)
    assert [change.key for change in changes] == ["first-1", "second-1"]


def test_a_transaction_that_fails_leaves_no_number_behind(db):
    feed.append(["a-1"], kind="put", at=timezone.now())

    def number_one_and_fail():
        with transaction.atomic():
            feed.append(["lost-1"], kind="put", at=timezone.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        number_one_and_fail()

    feed.append(["a-2"], kind="put", at=timezone.now())
    numbers = list(Change.objects.values_list("number", "key"))
    assert [key for _, key in numbers] == ["a-1", "a-2"]
    assert numbers[1][0] == numbers[0][0] + 1
