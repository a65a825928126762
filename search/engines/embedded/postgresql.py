"""Finding on PostgreSQL. Only the index is asked: what stands where is read of the best alone.

What is found is carried as bits, one for each unit of the query, so that entries are put together,
sieved and ranked roughly by a few numbers. The texts are the same for any number of units, so that
their plans can be kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cms.access.clauses import Clause
from cms.access.reader import Reader
from cms.entries.select import starts_with
from search.contract import Plan, Unit, Wanted
from search.engines.embedded.languages import factor
from search.engines.embedded.rules import OPEN, in_both, lists, rule_of, together, within
from search.engines.embedded.scoring import Corpus
from search.engines.embedded.terms import in_title, tsquery, tsquery_of_others
from search.engines.embedded.units import FOREIGN, OTHERS, is_apart, without_others
from search.worth import LANGUAGE

VENDOR = "postgresql"
NARROW = 1 / 3
"""Whoever may read less than this share has their gates asked of an index, beside the words."""
ROUGH_TITLE = 1.0
"""What a word in the title adds where passages are only sorted roughly."""
COLUMNS = "p.entry_id, p.shelf_id, p.subjects_id"

Steps = list[tuple[str, Clause]]


BITS = 63
"""Of a number with a sign. What finds no room is told less finely, in the rough order alone."""


@dataclass(slots=True)
class _Sought:
    """Look-ups in the index, each with the bit of what it finds, and what the bits are worth.

    The first bits are those of the units themselves, in their order. A bit of synonyms counts
    ``unless`` that of their unit is set.
    """

    bits: list[int] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    titles: list[int] = field(default_factory=list)
    in_titles: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    unless: list[int] = field(default_factory=list)  # a number of bits; BITS: of none

    def find(self, number: int, query: str) -> None:
        self.bits.append(1 << number)
        self.queries.append(query)

    def count(self, number: int, unit: int, weight: float, *, unless: int = BITS) -> None:
        self.numbers.append(number)
        self.units.append(unit)
        self.weights.append(weight)
        self.unless.append(unless)


def steps(wanted: Wanted, reader: Reader, corpus: Corpus, itself: str) -> Steps:
    """``merged``, a row for each entry with its rough score, and ``seen``, a row for each unit.

    ``itself`` adds to an entry ``g`` whose title is just the query.
    """
    plan = wanted.plan
    sought = _sought(plan, is_ranked=not wanted.by_date)
    return [
        ("grouped", _grouped(_found(wanted, reader, corpus, sought), wanted)),
        ("patterns", Clause("SELECT g.bits, count(*) AS n FROM grouped g GROUP BY g.bits")),
        ("seen", _seen(sought)),
        ("rarity", _rarity(corpus)),
        ("scores", _scores(plan, sought)),
        ("merged", _merged(wanted, itself)),
    ]


def frequencies(units: Sequence[Unit], reader: Reader) -> Clause:
    """A row ``(entry_id, unit)`` for each readable passage and unit that it has."""
    rule = rule_of(reader, VENDOR)
    queries = [tsquery(unit) for unit in units]
    return in_both(
        lambda passages: (
            f"SELECT p.entry_id, u.unit FROM {lists('u', unit='int', query='text')} "
            f"CROSS JOIN LATERAL (SELECT p.entry_id FROM {passages} "
            f"AND p.terms @@ u.query::tsquery AND {rule.sql} OFFSET 0) p"
        ),
        (list(range(len(units))), queries, *rule.params),
    )


def _found(wanted: Wanted, reader: Reader, corpus: Corpus, sought: _Sought) -> Clause:
    plan = wanted.plan
    is_narrow = corpus.share < NARROW
    rule = within(rule_of(reader, VENDOR, sieve=not is_narrow), wanted.filters)
    place = ", p.published_at" if wanted.by_date else ""
    everything = in_both(
        lambda passages: (
            f"SELECT {COLUMNS}{place}, 0::bigint AS bits FROM {passages} AND {OPEN} AND {rule.sql}"
        ),
        rule.params,
    )
    if plan.asks_for_all and not sought.bits:
        return everything
    found = _looked_up(f"{COLUMNS}{place}", rule, sought.bits, sought.queries)
    if plan.asks_for_all:
        return together([everything, found])
    if wanted.by_date:
        return found
    # Few titles have a word: their gates are cheaper to look at one by one.
    sieve = within(rule_of(reader, VENDOR), wanted.filters)
    return together([found, _looked_up(COLUMNS, sieve, sought.titles, sought.in_titles)])


def _looked_up(columns: str, rule: Clause, bits: list[int], queries: list[str]) -> Clause:
    return in_both(
        lambda passages: (
            f"SELECT p.*, u.bits FROM {lists('u', bits='bigint', query='text')} "
            f"CROSS JOIN LATERAL (SELECT {columns} FROM {passages} "
            f"AND p.terms @@ u.query::tsquery AND {rule.sql} OFFSET 0) p"
        ),
        (bits, queries, *rule.params),
    )


def _sought(plan: Plan, *, is_ranked: bool) -> _Sought:
    """What is looked up for the units, for their synonyms, and for those in titles."""
    sought = _Sought()
    units = (*plan.wanted, *plan.excluded)
    ranked = len(plan.wanted) if is_ranked else 0
    free = len(units)
    for place, unit in enumerate(units):
        sought.count(place, place, unit.weight if place < ranked else 0.0)
        sought.find(place, tsquery(without_others(unit) if place < ranked else unit))
    for place, unit in enumerate(units[:ranked]):
        if is_apart(unit):
            number = free if free < BITS else place
            sought.find(number, tsquery_of_others(unit))
            if number != place:
                sought.count(number, place, OTHERS * unit.weight, unless=place)
                free += 1
    for place, unit in enumerate(units[:ranked]):
        title = in_title(without_others(unit))
        if title and free < BITS:
            sought.titles.append(1 << free)
            sought.in_titles.append(title)
            sought.count(free, place, ROUGH_TITLE * unit.weight)
            free += 1
    return sought


def _grouped(found: Clause, wanted: Wanted) -> Clause:
    # All rows of an entry have the same shelf, topics and date.
    place = ", min(f.published_at) AS published_at" if wanted.by_date else ""
    return Clause(
        "SELECT f.entry_id, min(f.shelf_id) AS shelf_id, min(f.subjects_id) AS subjects_id, "
        f"bit_or(f.bits) AS bits{place} FROM ({found.sql}) f GROUP BY f.entry_id",
        found.params,
    )


def _seen(sought: _Sought) -> Clause:
    """How many readable entries have each unit, or a synonym of it."""
    masks: dict[int, int] = {}
    for number, unit, weight, unless in zip(
        sought.numbers, sought.units, sought.weights, sought.unless, strict=True
    ):
        if number == unit or (weight and unless != BITS):
            masks[unit] = masks.get(unit, 0) | (1 << number)
    return Clause(
        "SELECT w.unit, coalesce(sum(p.n), 0)::float8 AS n "
        f"FROM {lists('w', unit='int', mask='bigint')} LEFT JOIN patterns p "
        "ON p.bits & w.mask <> 0 GROUP BY w.unit",
        (list(masks), list(masks.values())),
    )


def _rarity(corpus: Corpus) -> Clause:
    """One row: the inverse document frequencies of all units, among what is readable."""
    return Clause(
        "SELECT array_agg(ln(1 + (greatest(%s - s.n, 0) + 0.5) / (s.n + 0.5)) ORDER BY s.unit) "
        "AS idf FROM seen s",
        (corpus.passages,),
    )


def _scores(plan: Plan, sought: _Sought) -> Clause:
    """For each pattern of bits that is wanted: what its own words count, and what synonyms do."""
    words, wanted = len(plan.words), len(plan.wanted)
    required = sum(1 << place for place in range(words, wanted))
    unwanted = sum(1 << place for place in range(wanted, wanted + len(plan.excluded)))
    worth = "coalesce(sum(r.idf[w.unit + 1] * w.weight) FILTER (WHERE {}), 0)"
    return Clause(
        f"SELECT p.bits, {worth.format(f'w.unless = {BITS}')} AS own_score, "
        f"{worth.format(f'w.unless < {BITS}')} AS other_score "
        "FROM patterns p CROSS JOIN rarity r LEFT JOIN "
        f"{lists('w', number='int', unit='int', weight='float8', unless='int')} "
        "ON (p.bits >> w.number) & 1 = 1 "
        f"AND (w.unless = {BITS} OR (p.bits >> w.unless) & 1 = 0) "
        "WHERE (p.bits & %s) = %s AND (p.bits & %s) = 0 GROUP BY p.bits, r.idf",
        (
            sought.numbers, sought.units, sought.weights, sought.unless,
            required, required, unwanted,
        ),
    )  # fmt: skip


def _merged(wanted: Wanted, itself: str) -> Clause:
    place = ", g.published_at" if wanted.by_date else ""
    preferred = 1 + LANGUAGE
    own = factor(wanted.language, "g.shelf_id", preferred, 1.0)
    other = factor(wanted.language, "g.shelf_id", preferred, FOREIGN)
    source = Clause("FROM grouped g JOIN scores s ON s.bits = g.bits")
    if wanted.filters.under is not None:
        below = starts_with("e.path", wanted.filters.under, vendor=VENDOR)
        source = Clause(
            f"{source.sql} JOIN entries_entry e ON e.id = g.entry_id AND {below.sql}", below.params
        )
    sql = (
        f"SELECT g.entry_id, g.shelf_id, g.subjects_id{place}, "
        f"s.own_score * {own.sql} + s.other_score * {other.sql}{itself} AS score "
        f"{source.sql}"
    )
    return Clause(sql, (*own.params, *other.params, *source.params))
