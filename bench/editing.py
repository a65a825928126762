"""An editor who publishes articles through the admin's own forms."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from bench.browsing import Answer, Browser, fields_of

PLACE = "/fr/actualites/vie-du-groupe/"
"""Where they write: a section of the demo."""
CHANGES = 5
"""Times that an article is changed before the next one is begun."""


class NotDone(Exception):
    """An editor could not do their work. The message says what was answered."""


@dataclass(frozen=True, slots=True)
class Published:
    """What readers get from now on: an entry's key and its title."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody who is signed in. ``note`` is told each answer, and gives it back."""

    name: str
    browser: Browser
    note: Callable[[str, Answer], Answer]

    def publishing(self) -> Iterator[Published]:
        """A new article, then changes of it, each published; and again, without end."""
        parent = self._key_at(PLACE).removeprefix("section-")
        for number in count():
            title = f"Note {number} de {self.name}"
            slug = f"note-{number}-{self.name}"
            path = f"/editor/pages/add/pages/articlepage/{parent}/"
            self._publish(path, title, slug=slug)
            key = self._key_at(f"{PLACE}{slug}/")
            yield Published(key, title)
            path = f"/editor/pages/{key.removeprefix('article-')}/edit/"
            for change in range(1, CHANGES + 1):
                changed = f"{title}, version {change}"
                self._publish(path, changed)
                yield Published(key, changed)

    def _key_at(self, path: str) -> str:
        found = self.note("API path", self.browser.get(f"/api/v1/entries/by-path?path={path}"))
        if found.status != http.client.OK:
            raise NotDone(f"{path}: readers get {found.status}.")
        key: str = json.loads(found.body)["key"]
        return key

    def _publish(self, path: str, title: str, **more: str) -> None:
        shown = self.note("editor: form", self.browser.get(path))
        given = {"title": title, **story(title), **more, "action-publish": "action-publish"}
        fields = {**fields_of(shown.text, action=path), **given}
        sent = self.note("editor: publish", self.browser.post(path, fields))
        if sent.status != http.client.FOUND:
            raise NotDone(f"{path}: the form was answered by {sent.status}.")


def story(words: str) -> dict[str, str]:
    """One block of text and no updates, as the editor's scripts send them."""
    block = {
        "key": "block",
        "text": f"{words}. Un texte du banc.",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
    }
    return {
        "story-count": "1",
        "story-0-deleted": "",
        "story-0-order": "0",
        "story-0-type": "text",
        "story-0-id": "",
        "story-0-value": json.dumps({"blocks": [block], "entityMap": {}}),
        "updates-count": "0",
    }
