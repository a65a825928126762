"""What no linter knows. Reads syntax, so it stops slips, not intent."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("cms", "pages", "search", "media", "bench", "tests")
LONGEST = 300
CATCH_ALLS = {"utils", "helpers", "common", "misc", "services", "lib"}
# Modules that answer readers: they ask cms.entries.read, or what asks it, and no table.
EDGES = {
    "cms/entries": ["api", "views", "streams", "home", "frame", "records_api"],
    "search": ["api", "views", "streams"],
    "media": ["api", "kits/api", "downloads/api"],
    "pages/press": ["api"],
}
PAGE_TABLES = {"Page", "BasePage", "ArticlePage", "BriefPage", "RumourPage", "GuidancePage"}


def modules():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def test_no_module_is_longer_than_a_newcomer_reads_at_once():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text().splitlines())) > LONGEST and "tests" not in path.parts
    }

    assert long == {}


def test_no_module_is_a_drawer_for_everything():
    assert [path for path in modules() if path.stem in CATCH_ALLS] == []


def test_edges_ask_the_entries_and_never_a_table():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in edges()
        for line in tables_asked(path.read_text())
    ]

    assert found == []


def test_every_module_with_calls_of_the_reader_api_is_an_edge():
    with_calls = {
        path
        for path in modules()
        if "tests" not in path.parts
        and re.search(r"^\w*router\w* = Router\(", path.read_text(), re.MULTILINE)
    }

    assert with_calls - set(edges()) == set()


def edges():
    return [ROOT / place / f"{name}.py" for place, names in EDGES.items() for name in names]


def test_the_rule_about_tables_finds_what_it_forbids_and_lets_the_rest_be():
    assert list(tables_asked("x = Entry.objects.all()")) == [1]
    assert list(tables_asked("x = get_object_or_404(Entry, pk=1)")) == [1]
    assert list(tables_asked("x = read.entries(listing, reader)")) == []


def tables_asked(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            yield node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "get_object_or_404":
            yield node.lineno


def test_only_cms_access_decides_whether_a_gate_is_open():
    deciding = re.compile(r"\.is_met_by\(|open_to\(|gate_id\s+(IN|=\s*ANY)")
    found = [
        str(path.relative_to(ROOT))
        for path in modules()
        if "tests" not in path.parts
        and "access" not in path.parts
        and deciding.search(path.read_text())
    ]

    assert found == []


def test_templates_neither_query_nor_carry_styles_or_scripts():
    forbidden = re.compile(
        r"\sstyle=|<style|<script(?![^>]*(?:\bsrc=|application/json))|\son[a-z]+=\"|https?://(?!www\.w3\.org)"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in (ROOT / "templates").rglob("*.html")
        if "email" not in path.parts
        for match in [forbidden.search(path.read_text())]
        if match
    ]

    assert found == []


def test_only_settings_read_the_environment():
    found = [
        str(path.relative_to(ROOT))
        for path in modules()
        if not {"settings", "tests", "bench", "demo"} & set(path.parts)
        and re.search(r"os\.environ(?!\.setdefault)|getenv", path.read_text())
    ]

    assert found == []


def test_the_product_speaks_of_itself_alone():
    traces = re.compile(
        r"/work/(main|shared)|claude|anthropic|chatgpt|\bllm\b|\bai[- ]generated", re.IGNORECASE
    )
    suffixes = {".py", ".md", ".html", ".css", ".toml", ".js", ".po", ".yaml", ".yml", ""}
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix in suffixes and path.name not in {"uv.lock", "test_architecture.py"}
        for match in [traces.search(path.read_text(errors="ignore"))]
        if match
    ]

    assert found == []


def tracked():
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts)
        if path.is_file() and not hidden and not {"var", "__pycache__"} & set(parts):
            yield path


@pytest.mark.django_db
def test_every_trigger_that_guards_access_is_there():
    from django.db import connection

    from cms.accounts.triggers import WATCHED

    query = (
        "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'access_%%'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    wanted = {
        f"access_{table}_{event}"[:63]
        for table, (_, events, columns) in WATCHED.items()
        for event in [*events.split(), *(["update"] if columns else [])]
    }

    assert wanted - present == set()
