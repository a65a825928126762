"""An editor who sends photos to the library, as the admin's own script does: by tus, in pieces."""

import base64
import http.client
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PIECE = 8 << 20  # bytes
CSRF = "t" * 32


class NotTaken(Exception):
    """The server refused a photo. The message is its answer."""


@dataclass(slots=True)
class Editor:
    """Somebody with a session. ``times``: what each request took, in milliseconds."""

    address: str
    session: str
    times: list[float] = field(default_factory=list)
    done: int = 0
    failed: str = ""

    def send(self, photos: Iterable[Path]) -> None:
        """One after another. Ends with the first that is refused, and says why in ``failed``."""
        try:
            for photo in photos:
                self._send(photo)
                self.done += 1
        except (NotTaken, OSError, http.client.HTTPException) as error:
            self.failed = repr(error)

    def _send(self, photo: Path) -> None:
        content = photo.read_bytes()
        told = f"filename {_encoded(photo.name)},field {_encoded('picture')}"
        place = self._ask(
            "POST", "/editor/uploads/", 201,
            {"Upload-Length": str(len(content)), "Upload-Metadata": told},
        ).headers["Location"]  # fmt: skip
        for start in range(0, len(content), PIECE):
            said = {
                "Upload-Offset": str(start),
                "Content-Type": "application/offset+octet-stream",
            }
            self._ask("PATCH", place, 204, said, content[start : start + PIECE])
        upload_id = place.rpartition("/")[2].removesuffix(".tus")
        form = f"title={photo.stem}&collection=1&files[]__upload={upload_id}"
        said = {"Content-Type": "application/x-www-form-urlencoded"}
        self._ask("POST", "/editor/images/multiple/add/", 200, said, form.encode())

    def _ask(
        self, method: str, path: str, wanted: int, said: Mapping[str, str], body: bytes = b""
    ) -> http.client.HTTPResponse:
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "X-Requested-With": "XMLHttpRequest",
            "Tus-Resumable": "1.0.0",
            **said,
        }
        asked = time.perf_counter()
        talk = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)
        talk.request(method, path, body, headers)
        answer = talk.getresponse()
        content = answer.read()
        talk.close()
        self.times.append(1000 * (time.perf_counter() - asked))
        if answer.status != wanted or b'"success": false' in content:
            raise NotTaken(f"{method} {path}: {answer.status}, {content[:300]!r}")
        return answer


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
