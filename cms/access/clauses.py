"""The rule as a condition for a database and for Elasticsearch. Pure functions."""

from typing import Any, NamedTuple

from cms.access.reader import Reader

GATES = "(SELECT ids FROM opened)::bigint[]"
SIEVE = "(SELECT unnest(ids) FROM opened)"
MOMENT = "(SELECT at FROM opened)"


class Clause(NamedTuple):
    """A piece of SQL and its parameters (datetimes in UTC)."""

    sql: str
    params: tuple[Any, ...] = ()


def gate_is_open(
    reader: Reader, column: str, *, vendor: str, once: bool = False, sieve: bool = False
) -> str:
    """``column`` holds a gate that is open to the reader. The ids are ours: they stand in the text.

    On PostgreSQL one ready array literal spares the driver from binding each id. A statement that
    says them ``once``, in ``opened``, has the same text for every reader: its plan can be kept. To
    look through many rows, a ``sieve`` hashes the ids; no index can be asked for them then.
    """
    if vendor != "postgresql":
        return f"{column} IN ({reader.grants.gate_list})"
    if once and sieve:
        # What is tested for truth stays a test of a row, and is not turned into a join.
        return f"({column} IN {SIEVE}) IS TRUE"
    gates = GATES if once else f"'{_array(reader)}'::bigint[]"
    return f"{column} = ANY({gates})"


def opened(reader: Reader, *, vendor: str) -> Clause:
    """What the WITH list of a statement begins with whose conditions are said ``once``."""
    if vendor != "postgresql":
        return Clause("")
    return Clause(
        "opened(ids, at) AS (SELECT %s::bigint[], %s::timestamptz)", (_array(reader), reader.at)
    )


def _array(reader: Reader) -> str:
    return f"{{{reader.grants.gate_list}}}"


def in_window(reader: Reader, alias: str, *, vendor: str, once: bool = False) -> Clause:
    """The time half of the rule for a row of ``alias``."""
    early = gate_is_open(reader, f"{alias}.early_gate_id", vendor=vendor, once=once)
    if once and vendor == "postgresql":
        return Clause(f"{alias}.closes_at > {MOMENT} AND ({alias}.opens_at <= {MOMENT} OR {early})")
    return Clause(
        f"{alias}.closes_at > %s AND ({alias}.opens_at <= %s OR {early})",
        (reader.at, reader.at),
    )


def readable(
    reader: Reader, alias: str, *, vendor: str, once: bool = False, sieve: bool = False
) -> Clause:
    """The whole rule for a row of ``alias``."""
    window = in_window(reader, alias, vendor=vendor, once=once)
    gate = gate_is_open(reader, f"{alias}.gate_id", vendor=vendor, once=once, sieve=sieve)
    return Clause(f"{gate} AND {window.sql}", window.params)


def elasticsearch_filter(reader: Reader) -> dict[str, Any]:
    """The whole rule as a query in filter context, for documents with the same four fields."""
    gates = sorted(reader.grants.open_gates)
    # Without a fraction the server would take it for the whole second.
    now = reader.at.isoformat(timespec="milliseconds")
    return {
        "bool": {
            "filter": [
                {"terms": {"gate": gates}},
                {"range": {"closes_at": {"gt": now}}},
                {
                    "bool": {
                        "should": [
                            {"range": {"opens_at": {"lte": now}}},
                            {"terms": {"early_gate": gates}},
                        ],
                        "minimum_should_match": 1,
                    }
                },
            ]
        }
    }
