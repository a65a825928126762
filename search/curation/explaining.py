"""«Why is this here, or why not»: one query, one reader, one entry, step by step in plain words.

It shows what readers cannot see. Only who may ``search.explain_results`` is answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.access.reader import ALWAYS, NEVER, Reader
from cms.entries.models import Entry
from search import documents, worth
from search.contract import Plan
from search.curation import matching, synonyms
from search.curation.matching import Place
from search.curation.ranks import Rank
from search.documents import Document
from search.insight import popular
from search.planning import languages_of, plan
from search.query import Query, parse

HOLDS = "holds"
FAILS = "fails"
SAYS = "says"


@dataclass(frozen=True, slots=True)
class Step:
    """One question and its answer: it holds, fails, or only says something."""

    title: str
    verdict: str
    lines: tuple[str, ...]

    @property
    def fails(self) -> bool:
        return self.verdict == FAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Every step, and what each engine answers."""

    title: str
    steps: tuple[Step, ...]
    ranks: tuple[Rank, ...] = ()

    @property
    def conclusion(self) -> str:
        """In one sentence: the first thing that stands in the way, or where it stands."""
        for step in self.steps:
            if step.fails:
                return step.lines[0]
        places = [rank.place for rank in self.ranks if rank.place]
        if places:
            return _("This reader finds it, at place %d.") % min(places)
        if any(rank.advised for rank in self.ranks):
            return _("This reader finds it, advised above the results.")
        return _("It may be read and it matches, but others come before it.")


def explain(text: str, locale: str, reader: Reader, key: str) -> Explained:
    """Why this reader finds the entry by this query, or not. Raises ``StaleReader``."""
    from search.curation import ranks

    entry = Entry.objects.filter(key=key).first()
    if entry is None:
        line = _("Nothing is published under “%s”: it is a draft, withdrawn, or the key is wrong.")
        return Explained(title=key, steps=(Step(_("Published"), FAILS, (line % key,)),))
    (document,) = documents.of([entry.pk])
    languages = languages_of((locale,) if locale else ())
    query = parse(text, languages)
    others = synonyms.current(reader.grants.version).for_query(query, (locale,) if locale else ())
    planned = plan(query, languages=languages, synonyms=others)
    return Explained(
        title=entry.title,
        steps=(
            _published(entry),
            _language(entry, locale),
            _readable(entry, reader),
            _in_time(entry, reader),
            _words(query, planned, document, reader),
            *([_not_excluded(planned, document, reader)] if planned.excluded else []),
            *_worth_more(entry, reader),
        ),
        ranks=ranks.in_every_engine(text, locale, reader, key),
    )


def _published(entry: Entry) -> Step:
    moment = _moment(entry.published_at)
    return Step(
        _("Published"),
        HOLDS,
        (_("“%(title)s” was published on %(moment)s") % {"title": entry.title, "moment": moment},),
    )


def _language(entry: Entry, locale: str) -> Step:
    if locale and entry.locale != locale:
        line = _("It is written in %(is)s, and the search wants %(wanted)s.")
        return Step(
            _("Language"),
            FAILS,
            (line % {"is": _language_name(entry.locale), "wanted": _language_name(locale)},),
        )
    return Step(_("Language"), HOLDS, (_("It is written in %s.") % _language_name(entry.locale),))


def _language_name(locale: str) -> str:
    return dict(settings.LANGUAGES).get(locale, locale)


def _readable(entry: Entry, reader: Reader) -> Step:
    gates = reader.grants.gates
    rule = _("Those who may read it: %s.") % gates.label(entry.gate_id)
    if reader.may_pass(entry.gate_id):
        return Step(_("Readers"), HOLDS, (_("This reader may read it."), rule))
    missing = gates.unmet(entry.gate_id, reader.grants.groups)
    lines = [_("This reader would have to be one of: %s.") % one for one in missing]
    return Step(
        _("Readers"),
        FAILS,
        (_("This reader may not read it, so for them it is not there."), rule, *lines),
    )


def _in_time(entry: Entry, reader: Reader) -> Step:
    title = _("Time window")
    lines = []
    if entry.opens_at > ALWAYS:
        lines.append(_("It opens on %s") % _moment(entry.opens_at))
    if entry.closes_at < NEVER:
        lines.append(_("It closes on %s") % _moment(entry.closes_at))
    if reader.at >= entry.closes_at:
        return Step(title, FAILS, (_("Its time is over: nobody finds it any more."), *lines))
    if reader.at >= entry.opens_at:
        return Step(title, HOLDS, (_("It may be read now."), *lines))
    if entry.early_gate_id is None:
        return Step(title, FAILS, (_("It is under embargo, and nobody reads it before."), *lines))
    early = _("Before that, only: %s.") % reader.grants.gates.label(entry.early_gate_id)
    if reader.may_pass(entry.early_gate_id):
        return Step(
            title, HOLDS, (_("This reader reads it before its embargo ends."), *lines, early)
        )
    return Step(title, FAILS, (_("For this reader it is still under embargo."), *lines, early))


def _words(query: Query, planned: Plan, document: Document, reader: Reader) -> Step:
    title = _("Words")
    if planned.asks_for_all:
        return Step(title, SAYS, (_("The query has no words to find by: the newest are listed."),))
    hidden: list[str] = []
    lines = []
    found = 0
    missing_phrase = False
    for sighting in matching.sightings(planned.wanted, _places(document), document.locale):
        seen = [place for place in sighting.places if _may_see(place, reader)]
        hidden += [place.name for place in sighting.places if not _may_see(place, reader)]
        found += bool(seen)
        missing_phrase |= sighting.unit in planned.phrases and not seen
        lines.append(_sighted(sighting, seen))
    if hidden:
        names = ", ".join(dict.fromkeys(hidden))
        lines.append(
            _("More of the words stand where this reader may not read, or not now: %s.") % names
        )
    if missing_phrase or not found:
        told = (
            _("The phrase in quotes does not stand in what this reader may read of it.")
            if missing_phrase
            else _("None of the words of the query stands in what this reader may read of it.")
        )
        return Step(title, FAILS, (told, *lines))
    total = len(planned.wanted)
    told = ngettext(
        "%(found)d of %(total)d word of the query stands in it.",
        "%(found)d of %(total)d words of the query stand in it.",
        total,
    ) % {"found": found, "total": total}
    return Step(title, HOLDS, (told, *lines))


def _sighted(sighting: matching.Sighting, seen: Sequence[Place]) -> str:
    word = sighting.unit.text
    if not seen:
        line = _("“%s”: not found.") % word
    else:
        where = ", ".join(place.name for place in seen)
        line = _("“%(word)s”: in %(where)s.") % {"word": word, "where": where}
    if sighting.unit.synonyms:
        others = ", ".join(sighting.unit.synonyms)
        line += (
            " "
            + (
                _("It counts through its synonyms: %s.")
                if sighting.by_synonym
                else _("Synonyms: %s.")
            )
            % others
        )
    return line


def _not_excluded(planned: Plan, document: Document, reader: Reader) -> Step:
    title = _("Excluded words")
    seen = [place for place in _places(document) if _may_see(place, reader)]
    found = matching.unwanted(planned, seen, document.locale)
    if found:
        words = ", ".join(one.unit.text for one in found)
        return Step(title, FAILS, (_("The query leaves out what has these words: %s.") % words,))
    return Step(title, HOLDS, (_("No word that the query excludes stands in it."),))


def _worth_more(entry: Entry, reader: Reader) -> list[Step]:
    """What lifts it among results that are about as good, if anything does."""
    age = worth.of_age(entry.type, entry.published_at, reader.at)
    level = popular.current(reader.grants.version).get(entry.pk, 0)
    lines = [
        line % round(100 * more)
        for line, more in (
            (_("As news it counts %d %% more while it is new."), age),
            (_("Many open it from their searches: it counts %d %% more."), worth.of_level(level)),
        )
        if more
    ]
    return [Step(_("Counts more"), SAYS, tuple(lines))] if lines else []


def _places(document: Document) -> list[Place]:
    return matching.places_of(
        document,
        title=_("the title"),
        text=_("the text"),
        names=_("topics, people and added words"),
        file=_("the file “%s”"),
    )


def _may_see(place: Place, reader: Reader) -> bool:
    return place.part is None or reader.may_read(place.part)


def _moment(moment: object) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")  # type: ignore[arg-type]
