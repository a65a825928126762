"""A database of our own: made, filled quickly, dropped."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
CHUNK = 256 * 1024


def environment(url: str, folder: Path) -> dict[str, str]:
    """The environment in which server, commands and this process see the same product."""
    return {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "VAR_DIR": str(folder),
        "SECRET_KEY": secrets.token_hex(32),
        "API_RATE": "0",
        "BASE_URL": "http://127.0.0.1",
    }


@contextmanager
def own(server: str, name: str, *, keep: bool) -> Iterator[tuple[str, Path]]:
    """A fresh database and a folder for files; both are gone afterwards, unless kept."""
    parts = urlsplit(server)
    url = urlunsplit(parts._replace(path=f"/{name}"))
    with tempfile.TemporaryDirectory(prefix="fil-rouge-bench-") as folder:
        try:
            yield url, Path(folder)
        finally:
            if not keep:
                drop(server, name)


def create(server: str, name: str) -> None:
    """An empty database; one of the same name, left by an earlier run, is dropped."""
    drop(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def data_folder(server: str) -> Path | None:
    """Where the server keeps its data, when that is on this machine and we may know."""
    with psycopg.connect(server) as connection:
        try:
            row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.errors.InsufficientPrivilege:
            return None
    folder = Path(row[0]) if row else None
    return folder if folder and folder.exists() else None


def manage(*arguments: str) -> None:
    """A command of the product, in a process of its own and in our environment."""
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        check=True,
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def loading(connection: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Without secondary indexes, log and checks while the data goes in: several times quicker.

    Reading an unlogged table costs what reading any other costs.
    """
    indexes = _secondary_indexes(connection, tables)
    with connection.transaction():
        for table in reversed(tables):
            connection.execute(f"ALTER TABLE {table} SET UNLOGGED")
        for name in indexes:
            connection.execute(f"DROP INDEX {name}")
    with connection.transaction():
        if _is_superuser(connection):
            connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(f"TRUNCATE {', '.join(tables)}")
        yield
    connection.execute("SET maintenance_work_mem = '512MB'")
    for definition in indexes.values():
        connection.execute(definition)
    connection.execute("ANALYZE")


def copy(connection: psycopg.Connection, into: str, lines: Iterable[str]) -> None:
    """COPY ready lines; rows are born frozen, as a database that was vacuumed has them."""
    with connection.cursor().copy(f"COPY {into} FROM STDIN WITH (FREEZE)") as copying:
        waiting: list[str] = []
        size = 0
        for line in lines:
            waiting.append(line)
            size += len(line)
            if size > CHUNK:
                copying.write("".join(waiting))
                waiting, size = [], 0
        copying.write("".join(waiting))


def escaped(text: str) -> str:
    """A value as COPY reads it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _secondary_indexes(connection: psycopg.Connection, tables: Sequence[str]) -> dict[str, str]:
    rows = connection.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
        "WHERE t.relname = ANY(%s) AND NOT i.indisunique",
        [list(tables)],
    )
    return dict(rows.fetchall())


def _is_superuser(connection: psycopg.Connection) -> bool:
    return connection.info.parameter_status("is_superuser") == "on"
