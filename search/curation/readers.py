"""Readers that an editor or an operator asks for: somebody by name, a stranger, everybody's sum."""

from collections.abc import Callable
from typing import TypeVar

from cms.access.gates import Gates, all_gates, state
from cms.access.reader import Reader, StaleReader, grants_of
from cms.access.rule import SIGNED_IN
from cms.accounts import identity
from cms.accounts.models import User
from cms.problems import NotNow

Answer = TypeVar("Answer")


def person(user: User) -> Reader:
    """As this person reads; as a stranger does while the account lets nobody in."""
    at = identity.now()
    if not identity.may_enter(user, at):
        return stranger()
    return Reader(identity.grants_of_user(user, _gates(), at), at)


def stranger() -> Reader:
    """As somebody who has not signed in."""
    grants = grants_of(person=None, groups=frozenset(), gates=_gates())
    return Reader(grants, identity.now())


def member_of_all() -> Reader:
    """As somebody in every group: the most that one reader can find."""
    gates = _gates()
    groups = frozenset({SIGNED_IN, *gates.group_names})
    return Reader(grants_of(person=None, groups=groups, gates=gates), identity.now())


def steadily(reader: Callable[[], Reader], question: Callable[[Reader], Answer]) -> Answer:
    """Ask as a reader, and again where access changed meanwhile."""
    for _ in range(identity.TRIES):
        try:
            return question(reader())
        except StaleReader:
            continue
    raise NotNow("Access is changing too fast to answer.")


def _gates() -> Gates:
    return all_gates(state().version)
