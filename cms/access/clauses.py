"""The rule as a condition for a database and for Elasticsearch. Pure functions."""

from typing import Any, NamedTuple

from cms.access.reader import Reader


class Clause(NamedTuple):
    """A piece of SQL and its parameters (datetimes in UTC)."""

    sql: str
    params: tuple[Any, ...] = ()


def gate_is_open(reader: Reader, column: str, *, vendor: str, once: bool = False) -> str:
    """``column`` holds a gate that is open to the reader. The ids are ours: they stand in the text.

    On PostgreSQL one ready array literal spares the driver from binding each id. A statement with
    many conditions says it ``once``, in ``opened``: planning weighs every id of every literal.
    """
    if vendor == "postgresql":
        gates = "(SELECT ids FROM opened)::bigint[]" if once else _literal(reader)
        return f"{column} = ANY({gates})"
    return f"{column} IN ({reader.grants.gate_list})"


def opened(reader: Reader, *, vendor: str) -> str:
    """What the WITH list of a statement begins with whose conditions are said ``once``."""
    return f"opened(ids) AS (SELECT {_literal(reader)}), " if vendor == "postgresql" else ""


def _literal(reader: Reader) -> str:
    return f"'{{{reader.grants.gate_list}}}'::bigint[]"


def in_window(reader: Reader, alias: str, *, vendor: str, once: bool = False) -> Clause:
    """The time half of the rule for a row of ``alias``."""
    early = gate_is_open(reader, f"{alias}.early_gate_id", vendor=vendor, once=once)
    return Clause(
        f"{alias}.closes_at > %s AND ({alias}.opens_at <= %s OR {early})",
        (reader.at, reader.at),
    )


def readable(reader: Reader, alias: str, *, vendor: str, once: bool = False) -> Clause:
    """The whole rule for a row of ``alias``."""
    window = in_window(reader, alias, vendor=vendor, once=once)
    gate = gate_is_open(reader, f"{alias}.gate_id", vendor=vendor, once=once)
    return Clause(f"{gate} AND {window.sql}", window.params)


def elasticsearch_filter(reader: Reader) -> dict[str, Any]:
    """The whole rule as a query in filter context, for documents with the same four fields."""
    gates = sorted(reader.grants.open_gates)
    now = reader.at.isoformat()
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
