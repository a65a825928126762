"""What operators want to know of the index: where it is, how far behind, what was refused."""

from datetime import datetime

from cms.entries.models import Entry
from search.contract import EngineFailed
from search.engines.elastic import client, indices
from search.engines.elastic.lag import lag, position
from search.engines.elastic.models import DeadLetter, ElasticIndex


def status(*, at: datetime) -> dict[str, str]:
    """Facts in words, by name. A server that does not answer is one of them."""
    known = {
        "feed": _feed(at),
        "refused documents": str(DeadLetter.objects.count()),
        "indices": ", ".join(map(str, ElasticIndex.objects.order_by("pk"))) or "none",
    }
    try:
        with client.failing():
            return {**_server(), **known}
    except EngineFailed as failure:
        return {"server": f"does not answer ({failure})", **known}


def _server() -> dict[str, str]:
    asking = client.for_asking()
    version = str(asking.info()["version"]["number"])
    names = sorted(indices.holding(client.read_alias()))
    if not names:
        return {"server": version, "index": "missing: a worker makes it, or search rebuild"}
    count = asking.count(index=client.read_alias())["count"]
    outdated = indices.is_outdated()
    return {
        "server": version,
        "index": ", ".join(names),
        "documents": f"{count} of {Entry.objects.count()} entries",
        "mapping": "out of date: search rebuild" if outdated else "up to date",
    }


def _feed(at: datetime) -> str:
    if position() is None:
        return "not begun"
    present = lag(at=at)
    if not present.changes:
        return "up to date"
    return f"{present.changes} changes behind, {present.seconds:.1f} s"
