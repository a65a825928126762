"""The demo under load: sixteen readers and two editors who publish, each over HTTP.

What is looked for is not speed but faults: a locked database, an answer of 5xx, a form of the admin
that was refused, a publication that no reader gets.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import quote

from bench.browsing import Answer, Browser
from bench.database import ROOT
from bench.editing import Editor, NotDone
from bench.found import percentile
from bench.serving import HOST, STOPPING, free_port

READERS = 16
PUT_OFF = "searches_not_noted"
"""What the log says where notes of searches do not wait for a writer: they are kept for later."""
LOCKED = ("database is locked", "database table is locked", "database schema is locked")
PEOPLE = ("", "employee", "pool-exploitants", "journalist")
"""Who reads, in turn; the first has no account."""
WRITERS = ("editor", "administrator")
WORDS = ("affiche", "horloge", "dcp", "calendrier des sorties", "orlogere", "presse")
HEADINGS = ("what", "answers", "2xx", "3xx", "4xx", "5xx", "p50 ms", "p99 ms")
NOT_FROM_OUTSIDE = ("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "EMAIL_URL", "PORT")


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: where it answers, whom it knows, what it logs."""

    netloc: str
    accounts: Mapping[str, Mapping[str, str]]
    log: Path

    def browser(self, persona: str) -> Browser:
        """Of somebody who is signed in everywhere; of nobody, when the name is empty."""
        if not persona:
            return Browser(self.netloc)
        account = self.accounts[persona]
        browser = Browser(self.netloc, token=account["token"])
        door = browser.sign_in(account["email"], account["password"])
        if door.status != http.client.FOUND:
            raise NotDone(f"{persona} was not let in: {door.status}.")
        return browser


@dataclass(slots=True)
class Seen:
    """What all readers and editors saw. For several threads."""

    answers: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    published: dict[str, str] = field(default_factory=dict)
    """The last title of each article, by its key."""
    publications: int = 0
    missing: int = 0
    """Articles that readers do not get under their last title."""
    locked: int = 0
    put_off: int = 0
    """Times that notes of searches were kept for later, for they do not wait for a writer."""
    failures: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, what: str, answer: Answer) -> Answer:
        with self._lock:
            self.answers[what].append((answer.status, answer.ms))
        return answer

    def note_published(self, key: str, title: str) -> None:
        with self._lock:
            self.published[key] = title
            self.publications += 1

    def fail(self, what: str) -> None:
        with self._lock:
            self.failures.append(what)

    @property
    def faults(self) -> int:
        """Answers of 5xx."""
        return sum(status >= 500 for kind in self.answers.values() for status, _ in kind)

    @property
    def is_good(self) -> bool:
        bad = self.faults or self.locked or self.missing or self.failures
        return bool(self.publications) and not bad


def measure(seconds: int) -> Seen:
    """Start the demo, let them at it for so long, and tell what they saw."""
    with tempfile.TemporaryDirectory(prefix="fil-rouge-soak-") as folder, demo(Path(folder)) as one:
        return _soaked(one, seconds)


def _soaked(one: Demo, seconds: int) -> Seen:
    seen = Seen()
    people = list(islice(cycle(PEOPLE), READERS))
    browsers = [one.browser(name) for name in people]
    editors = [Editor(name, one.browser(name), seen.note) for name in WRITERS]
    stop = time.monotonic() + seconds
    works = [_until(stop, _reading(browser, seen), seen) for browser in browsers]
    works += [_until(stop, _editing(editor, seen), seen) for editor in editors]
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = editors[0].browser
    seen.missing = sum(
        json.loads(reader.get(f"/api/v1/entries/{key}").body).get("title") != title
        for key, title in seen.published.items()
    )
    for browser in (*browsers, *(editor.browser for editor in editors)):
        browser.close()
    log = one.log.read_text(errors="replace")
    seen.locked, seen.put_off = locked_in(log), log.count(PUT_OFF)
    return seen


def _until(stop: float, steps: Iterator[None], seen: Seen) -> Callable[[], None]:
    """Work that goes on step by step until a moment; whatever ends it before is a failure."""

    def work() -> None:
        try:
            for _ in steps:
                if time.monotonic() >= stop:
                    return
        except (NotDone, OSError, http.client.HTTPException, ValueError) as error:
            seen.fail(repr(error))

    return work


def _reading(browser: Browser, seen: Seen) -> Iterator[None]:
    """A list, some of what stands in it, the home, search; in the API and on the portal."""
    for number in count():
        listed = seen.note("API list", browser.get("/api/v1/entries?limit=20"))
        yield
        for card in json.loads(listed.body).get("items", ())[number % 5 :: 7]:
            seen.note("API text", browser.get(f"/api/v1/entries/{card['key']}"))
            yield
            seen.note("portal text", browser.get(quote(card["url"])))
            yield
        word = quote(WORDS[number % len(WORDS)])
        for what, path in (
            ("API home", "/api/v1/home?locale=fr"),
            ("API search", f"/api/v1/search?q={word}"),
            ("portal front", "/fr/"),
            ("portal section", "/fr/presse/"),
            ("portal search", f"/fr/search/?q={word}"),
        ):
            seen.note(what, browser.get(path))
            yield


def _editing(editor: Editor, seen: Seen) -> Iterator[None]:
    for published in editor.publishing():
        seen.note_published(published.key, published.title)
        yield


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """The demo as anybody starts it, in a folder of its own. Its API's rate has no limit."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in NOT_FROM_OUTSIDE},
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "VAR_DIR": str(folder / "var"),
        "API_RATE": "0",
    }
    manage = [sys.executable, str(ROOT / "manage.py"), "demo"]
    log, port = folder / "log.txt", free_port()
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [*manage, "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            if not any("Ctrl-C" in line for line in process.stdout or ()):
                raise RuntimeError(f"The demo did not start:\n{log.read_text()[-4000:]}")
            said = subprocess.run(
                [*manage, "--accounts"], cwd=ROOT, env=environment, capture_output=True, check=True
            )
            yield Demo(f"{HOST}:{port}", json.loads(said.stdout)["accounts"], log)
        finally:
            process.terminate()
            process.wait(STOPPING)


def locked_in(log: str) -> int:
    """Locked databases that somebody met. Notes of searches give up on purpose, and try again."""
    lines = (line for line in log.splitlines() if PUT_OFF not in line)
    return sum(any(one in line for one in LOCKED) for line in lines)


def lines(seen: Seen) -> list[Sequence[str]]:
    """Rows of the table, all answers together last."""
    kinds = {**seen.answers, "all": [one for kind in seen.answers.values() for one in kind]}
    return [_line(what, kind) for what, kind in kinds.items() if kind]


def _line(what: str, kind: Sequence[tuple[int, float]]) -> Sequence[str]:
    classes = Counter(status // 100 for status, _ in kind)
    times = [ms for _, ms in kind]
    return (
        what,
        f"{len(kind):,}",
        *(f"{classes[one]:,}" for one in (2, 3, 4, 5)),
        f"{percentile(times, 0.5):.0f}",
        f"{percentile(times, 0.99):.0f}",
    )


def told(seen: Seen) -> str:
    """What the table does not say."""
    statuses = Counter(status for kind in seen.answers.values() for status, _ in kind)
    by_status = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
    return "\n".join(
        [
            f"Answers by status: {by_status or 'none'}",
            f"Locked databases in the log: {seen.locked}",
            f"Notes of searches kept for later: {seen.put_off}",
            f"Publications: {seen.publications}; articles readers do not get: {seen.missing}",
            *(f"Failed: {one}" for one in seen.failures),
        ]
    )
