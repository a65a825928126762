"""Asking as fast as the server answers, over sixteen connections."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16

SCRIPT = """
local paths = {}
for line in io.lines("@PATHS@") do paths[#paths + 1] = line end
for line in io.lines("@HEADERS@") do
  local name, value = line:match("^(.-): (.*)$")
  wrk.headers[name] = value
end
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\\n@RESULT@{"requests":%d,"seconds":%.3f,"p50":%.3f,"p99":%.3f,"bad":%d,"bytes":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, bad, summary.bytes))
end
"""
RESULT = "@RESULT@"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of wrk saw. Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    bad: int
    bytes: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class Wrk:
    """Runs wrk with its scripts in a folder of ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(
        self, address: str, paths: Sequence[str], headers: Mapping[str, str], *, seconds: int
    ) -> Run:
        """Rotate over the paths for so many seconds."""
        lists = {
            "paths": "\n".join(paths),
            "headers": "\n".join(f"{name}: {value}" for name, value in headers.items()),
        }
        script = SCRIPT
        for name, text in lists.items():
            file = self._folder / f"wrk-{name}.txt"
            file.write_text(text)
            script = script.replace(f"@{name.upper()}@", str(file))
        lua = self._folder / "wrk.lua"
        lua.write_text(script)
        made = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(lua), address],
            check=True,
            capture_output=True,
            text=True,
        )
        return Run(**json.loads(made.stdout.partition(RESULT)[2].splitlines()[0]))
