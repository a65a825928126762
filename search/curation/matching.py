"""Where the words of a query stand in one document: for people who ask why, not for ranking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.analysis import tokens
from search.contract import Plan, Terms, Unit
from search.documents import Document, PartDocument


@dataclass(frozen=True, slots=True)
class Place:
    """A text of the document that words may stand in; of a ``part``, it asks more of readers."""

    name: str
    text: str
    part: PartDocument | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A word or phrase of the query, what also counts as it, and the places that have it."""

    unit: Unit
    places: tuple[Place, ...]
    by_synonym: tuple[str, ...] = ()
    """Synonyms that stand where the word itself does not."""


def places_of(document: Document, *, title: str, text: str, names: str, file: str) -> list[Place]:
    """The texts of a document, the open ones under these names; ``file`` has a place for one."""
    return [
        Place(title, document.title),
        Place(names, document.names),
        Place(text, document.text),
        *(_place_of(part, file) for part in document.parts),
    ]


def _place_of(part: PartDocument, file: str) -> Place:
    name = part.title or part.file or part.anchor
    is_file = part.kind == "file"
    return Place(file % name if is_file else name, f"{part.title} {part.text}", part)


def sightings(units: Iterable[Unit], places: Sequence[Place], language: str) -> list[Sighting]:
    """Each word of a plan, and where it stands."""
    read = [(place, _Terms(place.text, language)) for place in places]
    return [_sighting(unit, read) for unit in units]


def _sighting(unit: Unit, read: Sequence[tuple[Place, "_Terms"]]) -> Sighting:
    there = tuple(place for place, terms in read if terms.has_any(unit.alternatives))
    own = _own(unit)
    if not there or not unit.synonyms or any(terms.has_any(own) for _, terms in read):
        return Sighting(unit, there)
    return Sighting(unit, there, unit.synonyms)


def _own(unit: Unit) -> tuple[Terms, ...]:
    """The terms of the word itself, without those of its synonyms."""
    of_synonyms = {
        tuple(one.term for one in tokens(text, language))
        for text in unit.synonyms
        for language in ("fr", "en", "")
    }
    return tuple(one for one in unit.alternatives if one not in of_synonyms)


class _Terms:
    """The terms of a text by position."""

    def __init__(self, text: str, language: str) -> None:
        self._at: dict[str, set[int]] = {}
        for token in tokens(text, language):
            self._at.setdefault(token.term, set()).add(token.position)

    def has_any(self, alternatives: Iterable[Terms]) -> bool:
        return any(self._has(one) for one in alternatives)

    def _has(self, terms: Terms) -> bool:
        starts = self._at.get(terms[0], set()) if terms else set()
        return any(
            all(start + step in self._at.get(term, ()) for step, term in enumerate(terms))
            for start in starts
        )


def unwanted(plan: Plan, places: Sequence[Place], language: str) -> list[Sighting]:
    """The excluded words that stand in the document."""
    return [one for one in sightings(plan.excluded, places, language) if one.places]
