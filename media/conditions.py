"""What somebody must have done before they take files that only some sections give them.

A section says for which types of entries it asks something first. Whoever has a file by another
entry as well is not asked, and editors are not.
"""

from collections.abc import Callable, Iterable

from cms.access.reader import Reader
from cms.entries.holdings import types_holding

Check = Callable[[Reader], None]
"""Raises a ``Problem`` where this reader must do something first."""

_checks: dict[str, Check] = {}


def register(entry_types: Iterable[str], check: Check) -> None:
    """Have people asked before they take files that they have by entries of these types alone."""
    _checks.update(dict.fromkeys(entry_types, check))


def check(file: str, reader: Reader) -> None:
    """Raises ``StaleReader`` and what the sections raise. A query of its own, for known people."""
    if reader.person is None or reader.person.is_editor:
        return
    types = types_holding(file, reader)
    if types and types <= _checks.keys():
        for one in {_checks[type_] for type_ in types}:
            one(reader)
