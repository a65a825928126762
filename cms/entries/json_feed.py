"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), as one more of Django's feeds."""

from typing import Any, ClassVar

import orjson
from django.utils.feedgenerator import SyndicationFeed

from cms.entries.records import rfc3339


class JsonFeed(SyndicationFeed):
    """The same items as the Atom feed has."""

    content_type: ClassVar[str] = "application/feed+json; charset=utf-8"
    version: ClassVar[str] = "https://jsonfeed.org/version/1.1"

    def write(self, outfile: Any, encoding: str) -> None:
        """Write the feed. ``encoding`` is UTF-8 whatever it says: JSON has no other (RFC 8259)."""
        outfile.write(orjson.dumps(self._data()).decode())

    def _data(self) -> dict[str, Any]:
        feed = self.feed
        return {
            "version": self.version,
            "title": str(feed["title"]),
            "home_page_url": feed["link"],
            "description": str(feed["description"]),
            "language": feed["language"],
            "items": [_item(one) for one in self.items],
        }


def _item(one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": one["unique_id"],
        "url": one["link"],
        "title": str(one["title"]),
        "summary": str(one["description"]),
        "content_text": str(one["description"]),
        "date_published": rfc3339(one["pubdate"]),
        "date_modified": rfc3339(one["updateddate"]),
        "tags": [str(name) for name in one["categories"] or ()],
    }
    if one["author_name"]:
        found["authors"] = [{"name": str(one["author_name"])}]
    if one["enclosures"]:
        found["image"] = one["enclosures"][0].url
    return found
