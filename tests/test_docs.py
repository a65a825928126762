"""What the docs name exists: commands, settings, files, addresses, tests, links."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, get_resolver

from cms import problems
from cms.entries.parameters import LISTING
from cms.entries.records import FIELDS
from media.renditions import SIZES

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if "node_modules" not in path.parts
)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
SETTINGS = ROOT / "cms" / "settings"
PACKAGES = "cms|pages|media|search|bench|tests"
# Names of their own that examples bring along.
OF_EXAMPLES = {"BASE", "TOKEN"}
# Names of Django, PostgreSQL and nginx.
OF_OTHERS = {"loaddata", "max_connections", "pg_restore", "proxy_buffering"}
# Places that are named as such: whatever is below them is named by its key.
PLACES = {"/api/", "/api/v1/", "/api/v1/kits/", "/files/", "/feeds/", "/account/"}
SECTIONS = ["Context", "Decision", "Consequences", "What enforces it"]


def name_of(path):
    return str(path.relative_to(ROOT))


def each_doc(test):
    return pytest.mark.parametrize("doc", DOCS, ids=name_of)(test)


def spans(doc):
    """What stands between back ticks in the text."""
    return SPAN.findall(FENCE.sub("", doc.read_text()))


def code(doc):
    """Everything in the doc that is code: fenced and between back ticks."""
    return "\n".join([*FENCE.findall(doc.read_text()), *spans(doc)])


@pytest.fixture(scope="module")
def words():
    """Every name that the code knows."""
    found = set()
    folders = [*PACKAGES.split("|"), "templates", "static"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    for path in [*files, *(ROOT / name for name in ("Makefile", "pyproject.toml", "uv.lock"))]:
        suffixes = {".py", ".html", ".js", ".toml", ".json", ".lock", ""}
        ours = path.name != "test_docs.py" and "__pycache__" not in path.parts
        if path.is_file() and path.suffix in suffixes and ours:
            found |= set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", path.read_text(errors="ignore")))
            found |= {path.stem, *path.relative_to(ROOT).parts}
    return found


@each_doc
def test_links_lead_to_something(doc):
    text = FENCE.sub("", doc.read_text())
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (doc.parent / path).resolve() if path else doc
        missing = not file.exists()
        if missing or (anchor and anchor not in anchors(file)):
            broken.append(target)

    assert broken == []


def anchors(file):
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", file.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@each_doc
def test_make_knows_every_target(doc):
    named = set(re.findall(r"\bmake (?!-)([a-z]+|\.venv/[\w./-]+)", code(doc)))
    rules = (ROOT / "Makefile").read_text().replace("$(BIN)", ".venv/bin")

    assert [one for one in sorted(named) if not re.search(rf"(?m)^{re.escape(one)}:", rules)] == []


@each_doc
def test_manage_py_knows_every_command(doc):
    named = set(re.findall(r"manage\.py ([a-z_0-9]+)", code(doc)))

    assert named - set(get_commands()) == set()


def test_options_of_our_own_commands_are_theirs():
    commands = {
        path.stem: path.read_text()
        for path in ROOT.glob("*/**/management/commands/*.py")
        if ".venv" not in path.parts
    }
    unknown = [
        f"{name_of(doc)}: {command} {option}"
        for doc in DOCS
        for command, rest in re.findall(r"manage\.py ([a-z_]+)([^\n`]*)", code(doc))
        if command in commands
        for option in re.findall(r"(?<=\s)--[a-z-]+", rest)
        if f'"{option}"' not in commands[command]
    ]

    assert unknown == []


def test_operations_lists_each_environment_variable_and_no_other():
    text = "\n".join(path.read_text() for path in SETTINGS.glob("*.py"))
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text)) - {"DEBUG"}
    guide = (ROOT / "docs/operations.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \|", guide, re.MULTILINE)

    assert set(rows) == read | {"PORT"}


@each_doc
def test_files_and_modules_are_there(doc):
    paths = re.findall(
        rf"(?<![\w./])(?:(?:{PACKAGES}|docs|templates)/[\w./-]*|\.ci/run)(?![\w<{{])", code(doc)
    )
    modules = re.findall(rf"(?<![\w./])(?:{PACKAGES})(?:\.\w+)+", code(doc))
    missing = [one for one in paths if not (ROOT / one).exists()]
    missing += [one for one in modules if not is_named(one) and not (ROOT / one).exists()]

    assert missing == []


def is_named(dotted):
    """A module, or something that a module names."""
    steps = dotted.split(".")
    for end in range(len(steps), 0, -1):
        folder = ROOT.joinpath(*steps[:end])
        for module in (folder.with_suffix(".py"), folder / "__init__.py"):
            if module.exists():
                text = module.read_text()
                return all(re.search(rf"\b{rest}\b", text) for rest in steps[end:])
    return False


@each_doc
def test_names_are_names_of_the_code(doc, words):
    names = {
        part
        for span in spans(doc)
        if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*(\(\))?", span) and not is_a_file(span)
        for part in span.removesuffix("()").split(".")
    }
    names |= set(re.findall(r"(?<![\w$-])[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", code(doc)))

    assert names - words - OF_EXAMPLES - OF_OTHERS == set()


def is_a_file(span):
    return span.endswith((".md", ".yaml", ".html")) or span == "fr_"


@each_doc
def test_tests_that_are_named_exist(doc):
    defined = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    files = {path.stem for path in (ROOT / "tests").rglob("*.py")}

    assert set(re.findall(r"\btest_\w+", code(doc))) - defined - files == set()


@each_doc
def test_addresses_are_served(doc):
    found = re.findall(
        r"(?<![\w.])/(?:api|files|feeds|health|account|editor|sitemap)[\w/.{}-]*", code(doc)
    )
    slugs = {one.slug for one in vars(problems).values() if isinstance(one, type) and is_one(one)}
    unserved = []
    for address in set(found) - PLACES:
        if address.startswith("/api/v1/problems/"):
            if address.rsplit("/", 1)[1] not in slugs:
                unserved.append(address)
            continue
        filled = address.replace("{rendition}", "card").replace("{n}", "3")
        if not is_served(re.sub(r"\{\w+\}", "x-1", filled)):
            unserved.append(address)

    assert unserved == []


def is_one(candidate):
    return issubclass(candidate, problems.Problem)


def is_served(address):
    for urlconf in ("cms.api", "cms.urls"):
        try:
            get_resolver(urlconf).resolve(address)
        except Resolver404:
            continue
        return True
    return False


@pytest.mark.parametrize(
    ("check", "mistake"),
    [
        (test_links_lead_to_something, "[there](nowhere.md)"),
        (test_links_lead_to_something, "[there](#no-such-heading)"),
        (test_make_knows_every_target, "`make coffee`"),
        (test_manage_py_knows_every_command, "```\nmanage.py brew\n```"),
        (test_files_and_modules_are_there, "`cms/entries/nothing.py`"),
        (test_files_and_modules_are_there, "`cms.entries.nothing`"),
        (test_tests_that_are_named_exist, "`test_that_nobody_wrote`"),
        (test_addresses_are_served, "`GET /api/v1/nothing`"),
    ],
)
def test_each_check_finds_its_mistake(check, mistake, tmp_path):
    doc = tmp_path / "doc.md"
    doc.write_text(f"# A heading\n\n{mistake}\n")

    with pytest.raises(AssertionError):
        check(doc)


def test_the_api_guide_lists_the_parameters_of_lists_and_the_fields_of_records():
    text = (ROOT / "docs/api.md").read_text()
    lists = text.partition("## Lists")[2].partition("## One entry")[0]
    records = text.partition("| `id` | letters")[2].partition("\n\n")[0]

    assert first_cells(lists) == set(LISTING)
    assert first_cells(f"| `id` | {records}") == FIELDS - {"deleted"}
    assert all(f"`{size}`" in text for size in SIZES)


def first_cells(table):
    cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    return {name for cell in cells for name in SPAN.findall(cell)}


def test_decisions_have_four_sections_and_numbers_without_a_gap():
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))

    for number, path in enumerate(decisions, start=1):
        text = path.read_text()
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number:04} ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def test_the_changelog_knows_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text()


def test_the_demo_signs_in_those_whom_the_readme_names():
    from cms.demo.people import PASSWORD, PERSONAS

    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"`([\w.-]+@[\w.-]+)`", text))

    assert named == {email for email, _ in PERSONAS.values()}
    assert f"`{PASSWORD}`" in text
