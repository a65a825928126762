"""A kit of large photos comes in: whether the site stays quick, and how long the sizes take."""

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import psutil
from tqdm import tqdm

from bench import planting, serving
from bench.database import ROOT
from bench.photographing import photograph
from bench.serving import Server
from bench.uploading import Editor
from bench.wrk import Run, Wrk
from media.models import Derived, Image
from media.renditions import keeping
from media.renditions.sizes import ALL, SIZES
from pages.models import PressKitPage, PressRoomPage

HEADINGS = (
    "phase", "lists/s", "p50 ms", "p99 ms", "p99 ×", "bad", "web CPU s/s", "worker CPU s/s",
    "done before", "after",
)  # fmt: skip
FACTS = ("what", "figure")
PROBED = ("card", "press")
TOO_LONG = 3600.0
Line = tuple[str, ...]


@dataclass(slots=True)
class Phase:
    """What wrk saw while something went on. CPU in seconds a second; photos that have all sizes."""

    name: str
    runs: list[Run] = field(default_factory=list)
    web: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)
    done: list[int] = field(default_factory=list)

    def line(self, idle: "Phase") -> Line:
        if not self.runs:
            return (self.name, *("–" for _ in HEADINGS[1:]))
        p99 = median(run.p99 for run in self.runs)
        return (
            self.name, f"{median(run.rate for run in self.runs):.0f}",
            f"{median(run.p50 for run in self.runs):.1f}", f"{p99:.1f}",
            f"{p99 / median(run.p99 for run in idle.runs):.2f}",
            str(sum(run.bad for run in self.runs)), f"{median(self.web):.2f}",
            f"{median(self.worker):.2f}", f"{self.done[0]}", f"{self.done[-1]}",
        )  # fmt: skip


@dataclass(slots=True)
class Bench:
    """The server, the worker, and who asks."""

    wrk: Wrk
    server: Server
    worker: Server
    headers: Mapping[str, str]
    path: str
    seconds: int

    def ask(self, phase: Phase) -> None:
        """One run of wrk."""
        used, start = (self.server.cpu(), self.worker.cpu()), time.monotonic()
        phase.done.append(_done(SIZES))
        phase.runs.append(
            self.wrk.run(self.server.address, [self.path], self.headers, seconds=self.seconds)
        )
        spent = time.monotonic() - start
        phase.web.append((self.server.cpu() - used[0]) / spent)
        phase.worker.append((self.worker.cpu() - used[1]) / spent)
        phase.done.append(_done(SIZES))


def measure(  # noqa: PLR0913 - what the table is of
    folder: Path,
    path: str,
    headers: Mapping[str, str],
    session: str,
    *,
    photos: int,
    seconds: int,
    rounds: int,
) -> tuple[list[Line], list[Line]]:
    """A line for each phase, and what it came to. ``session``: an editor's."""
    files = photograph(folder / "photos", photos)
    idle, uploads, rendering = Phase("idle"), Phase("uploads"), Phase("rendering")
    with (
        serving.served(answer_cache=False, log=folder / "server.log") as server,
        _worker(folder / "worker.log") as worker,
        _peaks(server, worker) as peaks,
    ):
        bench = Bench(Wrk(folder), server, worker, headers, path, seconds)
        bench.ask(Phase("warm"))
        _at_rest(worker)
        for _ in range(rounds):
            bench.ask(idle)
        used, began = worker.cpu(), time.monotonic()
        editor = Editor(server.address, session)
        sending = threading.Thread(target=editor.send, args=(files,))
        sending.start()
        while sending.is_alive():
            bench.ask(uploads)
        sending.join()
        if editor.failed:
            raise RuntimeError(f"{editor.failed}\n{(folder / 'server.log').read_text()[-4000:]}")
        sent = time.monotonic()
        kit, last = _publish()
        pending = _seen(server, kit, last)
        for _ in range(rounds):
            if _done(SIZES) < photos:
                bench.ask(rendering)
        asked = time.monotonic()
        sizes = _until(SIZES, photos) - began
        every = _until(ALL, photos) - began
        ready = _seen(server, kit, last)
        cpu = worker.cpu() - used
        rendered = Derived.objects.count() / len(ALL)
    lines = [one.line(idle) for one in (idle, uploads, rendering)]
    weight = sum(file.stat().st_size for file in files)
    facts = [
        ("photos", f"{photos} of 50 megapixels, {weight / photos / 1e6:.1f} MB each"),
        ("uploaded", f"in {sent - began:.0f} s"),
        ("requests of the upload", _times(editor.times)),
        ("wrk beside the worker", f"for {asked - sent:.0f} s after the last upload"),
        ("every size but AVIF", f"{sizes:.0f} s after the first upload began"),
        ("AVIF too", f"{every:.0f} s"),
        ("photos rendered", f"{rendered:.1f}, some before their rights were there"),
        ("worker, a photo", f"{cpu / rendered:.2f} CPU-s"),
        ("peak RSS, web", f"{peaks['web'] / 1e6:.0f} MB"),
        ("peak RSS, worker", f"{peaks['worker'] / 1e6:.0f} MB"),
        ("a reader, meanwhile", pending),
        ("a reader, afterwards", ready),
    ]
    return lines, facts


def _at_rest(worker: Server) -> None:
    """Wait until it has started, and done what a worker does first."""
    used = -1.0
    while worker.cpu() - used > 0.05:
        used = worker.cpu()
        time.sleep(1)


def _times(times: Sequence[float]) -> str:
    p99 = quantiles(times, n=100, method="inclusive")[98]
    return f"p50 {median(times):.0f} ms, p99 {p99:.0f} ms, longest {max(times):.0f} ms"


@contextmanager
def _worker(log: Path) -> Iterator[Server]:
    """``manage.py work``, as an operator starts it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work"], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        yield Server(0, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _peaks(server: Server, worker: Server) -> Iterator[dict[str, int]]:
    """The most memory that each of them had, looked at ten times a second."""
    peaks = {"web": 0, "worker": 0}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            for name, one in (("web", server), ("worker", worker)):
                peaks[name] = max(peaks[name], one.memory())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peaks
    finally:
        ended.set()
        looking.join()


def room() -> None:
    """A press room below a home, where the kit will stand."""
    home = planting.home()
    made = PressRoomPage(title="Espace presse", slug="presse", locale=home.locale)
    home.add_child(instance=made)


def _publish() -> tuple[str, Image]:
    """Every picture as a kit, its rights confirmed. Its entry and the picture that came last.

    What the worker had made before the rights were there, it makes anew.
    """
    images = list(Image.objects.order_by("pk"))
    for image in images:
        image.is_confirmed = True
        image.credit, image.description = "Anaïs Le Goff / Cabestan", "Un quai."
        image.save()
    place = PressRoomPage.objects.get()
    kit = PressKitPage(
        title="Les photos", slug="photos", film_title="Les photos", locale=place.locale,
        items=[("photo", _item(one)) for one in images],
    )  # fmt: skip
    place.add_child(instance=kit)
    return str(kit.entry_key), images[-1]


def _item(image: Image) -> dict[str, Any]:
    return {
        "image": image, "title": "", "caption": "", "readers": "public", "embargo_until": None,
        "early_outlets": [],
    }  # fmt: skip


def _seen(server: Server, kit: str, image: Image) -> str:
    """What somebody without an account gets of a photo, and of its kit."""
    said = [f"{size} {_answer(server, f'/files/{image.file_key}/{size}')}" for size in PROBED]
    return "; ".join([*said, f"kit {_answer(server, f'/api/v1/kits/{kit}')}"])


def _answer(server: Server, path: str) -> str:
    talk = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    talk.request("GET", path)
    answer = talk.getresponse()
    content = answer.read()
    talk.close()
    later = answer.headers["Retry-After"]
    return (
        f"{answer.status} {(answer.headers['Content-Type'] or '').partition(';')[0]}, "
        f"{len(content):,} bytes" + (f", again in {later} s" if later else "")
    )


def _done(sizes: Mapping[str, Any]) -> int:
    """How many pictures of the library have these sizes, as their rights are now."""
    images = list(Image.objects.select_related("blob"))
    return len(images) - len(list(keeping.missing(images, sizes)))


def _until(sizes: Mapping[str, Any], wanted: int) -> float:
    """The moment at which so many pictures had them. Raises ``TimeoutError``."""
    until = time.monotonic() + TOO_LONG
    with tqdm(total=wanted, desc="photos", leave=False, disable=None) as bar:
        while (found := _done(sizes)) < wanted:
            bar.update(found - bar.n)
            if time.monotonic() > until:
                raise TimeoutError(f"{found} of {wanted} photos have their sizes")
            time.sleep(0.2)
    return time.monotonic()
