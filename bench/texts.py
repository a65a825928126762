"""Words, cards and bodies of the size that editors write. The same seed gives the same texts."""

import json
from dataclasses import dataclass
from random import Random

from bench import words

PARAGRAPHS = 400
BODIES = 300
REFERENCE = "entry:@{}@"
"""Where a woven body names its references; ``with_references`` puts keys there."""


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Texts:
    """A stock of texts that entries share, so that a million of them are made in minutes."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self._language = words.language("fr")
        self.titles = [self._sentence(rng, 5, 9).rstrip(".") for _ in range(2000)]
        self.summaries = [self._sentence(rng, 16, 26)[:240] for _ in range(1000)]
        paragraphs = [self._paragraph(rng) for _ in range(PARAGRAPHS)]
        self.plain = [self._body(rng, paragraphs, woven=False) for _ in range(BODIES)]
        self.woven = [self._body(rng, paragraphs, woven=True) for _ in range(BODIES)]
        self.passages = [dumps([_text("p", one)]) for one in paragraphs[:50]]

    def _sentence(self, rng: Random, least: int, most: int) -> str:
        return self._language.sentence(rng, rng.randint(least, most), []) + "."

    def _paragraph(self, rng: Random) -> str:
        return " ".join(self._sentence(rng, 8, 20) for _ in range(rng.randint(3, 6)))

    def _body(self, rng: Random, paragraphs: list[str], *, woven: bool) -> str:
        """Four to eight kilobytes of blocks; a woven one names two other entries."""
        blocks = []
        size, wanted = 0, rng.randint(3800, 7600)
        while size < wanted:
            text = rng.choice(paragraphs)
            size += len(text) + 60
            blocks.append(_text(f"b{len(blocks)}", text))
        if woven:
            link = f'<p><a href="{REFERENCE.format(1)}">{rng.choice(self.titles)}</a></p>'
            blocks.insert(1, {"type": "text", "id": "link", "value": link})
            keys = [REFERENCE.format(2).removeprefix("entry:")]
            blocks.append({"type": "pages", "id": "pages", "value": keys})
        return dumps(blocks)


def with_references(body: str, first: str, second: str) -> str:
    return body.replace("@1@", first).replace("@2@", second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a card says."""

    key: str
    type: str
    locale: str
    title: str
    summary: str
    url: str
    topics: list[tuple[str, str]]
    moment: str


def card(story: Story, extra: dict[str, object]) -> str:
    """A card of about 600 bytes."""
    return dumps(
        {
            "key": story.key,
            "type": story.type,
            "locale": story.locale,
            "title": story.title,
            "summary": story.summary,
            "url": story.url,
            "image": None,
            "topics": [{"slug": slug, "name": name} for slug, name in story.topics],
            "published_at": story.moment,
            "updated_at": story.moment,
            **extra,
        }
    )


def _text(id_: str, text: str) -> dict[str, str]:
    return {"type": "text", "id": id_, "value": f"<p>{text}</p>"}
