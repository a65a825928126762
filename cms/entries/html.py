"""Clean HTML, and plain text out of it."""

import html
import re
from html.parser import HTMLParser

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "cite", "code", "del", "em", "h2", "h3", "h4", "hr", "i", "ins",
    "li", "ol", "p", "strong", "sub", "sup", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "*": {"lang"}}
SCHEMES = {"http", "https", "mailto", "tel", "entry"}


def clean(markup: str) -> str:
    """Rich text with nothing but text in it: no scripts, styles, classes or unknown addresses."""
    return nh3.clean(markup, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def from_text(text: str) -> str:
    """Plain text as paragraphs."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return "".join(
        f"<p>{'<br>'.join(html.escape(line) for line in part.splitlines())}</p>"
        for part in paragraphs
    )


class _Text(HTMLParser):
    BREAKS = frozenset({"p", "li", "br", "h2", "h3", "h4", "blockquote", "td", "th"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.BREAKS:
            self.pieces.append(" ")


def to_text(markup: str) -> str:
    """The words of an HTML fragment, on one line."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return " ".join("".join(parser.pieces).split())
