"""What was measured on, and what is needed to measure at all."""

import os
import platform
import shutil
from pathlib import Path
from typing import Any

import django
import psutil
import psycopg

WRK = "wrk is not installed. Debian and Ubuntu: apt-get install wrk. macOS: brew install wrk."
POSTGRESQL = """PostgreSQL does not answer at {address}.
Debian and Ubuntu: apt-get install postgresql && pg_ctlcluster 15 main start
Then, as the postgres user: createuser --superuser --pwprompt filrouge
And say where it is: DATABASE_URL=postgres://filrouge:PASSWORD@127.0.0.1:5432/postgres"""
DEFAULT_URL = "postgres://filrouge:filrouge@127.0.0.1:5432/postgres"


class CannotMeasure(Exception):
    """Something is missing. The message says what, and how to get it."""


def server_url() -> str:
    """The PostgreSQL server to measure on: any database of it will do to connect to."""
    url = os.environ.get("DATABASE_URL") or DEFAULT_URL
    if not url.startswith(("postgres://", "postgresql://")):
        raise CannotMeasure(f"DATABASE_URL names no PostgreSQL server: {url.split(':')[0]}.")
    return url


def require_wrk() -> None:
    """Raises ``CannotMeasure`` without the load generator."""
    if shutil.which("wrk") is None:
        raise CannotMeasure(WRK)


def require_postgresql(url: str) -> str:
    """The server's version. Raises ``CannotMeasure`` when it does not answer or may not be used."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            may_create = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            version = connection.info.parameter_status("server_version") or "?"
    except psycopg.OperationalError as error:
        address = url.rpartition("@")[2]
        raise CannotMeasure(f"{POSTGRESQL.format(address=address)}\n({error})") from error
    if not may_create or not may_create[0]:
        raise CannotMeasure("The role of DATABASE_URL needs this: ALTER ROLE … CREATEDB.")
    return version.split()[0]


def facts(postgresql: str) -> dict[str, Any]:
    """The machine line, as values."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": postgresql,
        "load": round(os.getloadavg()[0], 2),
    }


def line(known: dict[str, Any]) -> str:
    """The machine line, as text."""
    return (
        "{cpu}, {cores} cores, {memory_gb} GB, Linux {kernel}, Python {python}, Django {django}, "
        "PostgreSQL {postgresql}, load average {load}"
    ).format(**known)


def require_space(path: Path, needed: int) -> None:
    """Raises ``CannotMeasure`` when a disk has no room for the data."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise CannotMeasure(
            f"{needed / 2**30:.1f} GB are needed at {path}, {free / 2**30:.1f} GB are free: "
            "choose smaller --sizes."
        )


def _cpu_model() -> str:
    try:
        for one in Path("/proc/cpuinfo").read_text().splitlines():
            if one.startswith("model name"):
                return " ".join(one.partition(":")[2].split())
    except OSError:
        pass
    return platform.processor() or platform.machine()
