"""A browser without a screen: keeps its connection and its cookies, and fills in forms."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 60
"""Seconds for an answer. Whoever waits longer has met a fault."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got, and how many milliseconds it took."""

    status: int
    body: bytes
    location: str
    ms: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Browser:
    """One person's. Not for several threads at once."""

    def __init__(self, netloc: str, *, token: str = "") -> None:
        self._talk = http.client.HTTPConnection(netloc, timeout=PATIENCE)
        self._token = token
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """A form, with the key against forgery (CSRF) that it was given."""
        return self._ask("POST", path, urlencode(fields).encode())

    def sign_in(self, email: str, password: str) -> Answer:
        """By the password, through the door that people use."""
        door = "/account/login/"
        fields = fields_of(self.get(door).text, action=door)
        given = {"email": email, "password": password, "way": "password"}
        return self.post(door, {**fields, **given})

    def close(self) -> None:
        self._talk.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={one}" for name, one in self._cookies.items())
        if self._token and path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = FORM
        asked = time.perf_counter()
        try:
            answer = self._once(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # A server may end a connection that waits, just when it is asked again (RFC 9112, 9.3).
            self._talk.close()
            answer = self._once(method, path, body, headers)
        content = answer.read()
        took = 1000 * (time.perf_counter() - asked)
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, one in SimpleCookie(line).items():
                self._keep(name, one.coded_value if one.value else "")
        return Answer(answer.status, content, answer.headers.get("Location", ""), took)

    def _keep(self, name: str, value: str) -> None:
        """A cookie; an empty one is taken away."""
        self._cookies.pop(name, None)
        if value:
            self._cookies[name] = value

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        self._talk.request(method, path, body, dict(headers))
        return self._talk.getresponse()


def fields_of(page: str, *, action: str) -> dict[str, str]:
    """What a browser would send of the form with this action, its buttons left out."""
    reader = _Form(action)
    reader.feed(page)
    return reader.fields


class _Form(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action = action
        self._is_inside = False
        self._select = ""
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = found.get("action", "") == self._action
        if not self._is_inside:
            return
        name = found.get("name", "")
        if tag == "input" and name:
            self._input(name, found)
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields[self._select] = found.get("value", "")

    def _input(self, name: str, found: dict[str, str]) -> None:
        kind = found.get("type", "text")
        is_switch = kind in {"checkbox", "radio"}
        if kind not in {"submit", "button", "file"} and (not is_switch or "checked" in found):
            self.fields[name] = found.get("value", "on" if is_switch else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._is_inside and self._area is not None:
            self.fields[self._area] += data
