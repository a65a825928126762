"""What a kit's section says about its downloads: who answers, under which terms, and whether now.

The pages that kits are made of register here; a kit of a type that does not is given as it is.
"""

from collections.abc import Sequence
from typing import Protocol

from cms.access.reader import Reader
from media.kits.reading import Kit
from media.kits.texts import Contact


class Desk(Protocol):
    """Who stands behind the kits of one type of entry."""

    def contacts(self, kit: Kit, reader: Reader) -> Sequence[Contact]:
        """Whom to ask, as CONTACTS.vcf has it."""
        ...

    def terms(self, kit: Kit, reader: Reader) -> str:
        """What holds for every file, as the rights text has it."""
        ...

    def check(self, kit: Kit, reader: Reader) -> None:
        """Raises a ``Problem`` where this reader must do something before a download."""
        ...


class NoDesk:
    """Nobody has anything to add."""

    def contacts(self, kit: Kit, reader: Reader) -> Sequence[Contact]:
        return ()

    def terms(self, kit: Kit, reader: Reader) -> str:
        return ""

    def check(self, kit: Kit, reader: Reader) -> None:
        return None


_desks: dict[str, Desk] = {}


def register(entry_type: str, desk: Desk) -> None:
    """Let this desk speak for the kits of a type."""
    _desks[entry_type] = desk


def of(kit: Kit) -> Desk:
    return _desks.get(str(kit.card["type"]), NoDesk())
