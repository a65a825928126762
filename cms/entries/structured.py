"""An entry as JSON-LD (schema.org), for search engines and whoever else reads machines' words.

Made of what its reader gets, and of nothing else. Pure. Google asks pictures for five fields:
creator, creditText, copyrightNotice, license, acquireLicensePage.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import orjson

from cms.entries import types
from cms.entries.portal.tongues import in_language
from cms.entries.present import EntryView

CONTEXT = "https://schema.org"
_CLOSES_A_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script(view: EntryView, *, base: str, site: str) -> str:
    """The data as it can stand in a page: no text in it can end the element."""
    return orjson.dumps(data(view, base=base, site=site)).decode().translate(_CLOSES_A_SCRIPT)


def data(view: EntryView, *, base: str, site: str) -> dict[str, Any]:
    """The page as the type its kind registered, with its pictures and films."""
    card = view.card
    known = types.named(str(card["type"]))
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": (known.schema_org if known else "") or "WebPage",
        "headline": card["title"],
        "description": card["summary"],
        "inLanguage": card["locale"],
        "url": urljoin(base, str(card["url"])),
        "datePublished": card["published_at"],
        "dateModified": card["updated_at"],
        "keywords": [topic["name"] for topic in card["topics"]],
        "publisher": {"@type": "Organization", "name": site, "url": base},
        "author": _author(card, site),
        "image": [one for one in (_lead(card, base), *_pictures(view, base)) if one],
        "video": list(_films(view, base)),
    }
    if film := card.get("film"):
        found["about"] = _movie(film)
    return _filled(found)


def _author(card: Mapping[str, Any], site: str) -> dict[str, str]:
    author = card.get("author")
    if author:
        return {"@type": "Person", "name": author["name"]}
    return {"@type": "Organization", "name": str(card.get("on_behalf_of") or site)}


def _lead(card: Mapping[str, Any], base: str) -> dict[str, Any] | None:
    image = card["image"]
    if not image:
        return None
    return _filled(
        {
            "@type": "ImageObject",
            "contentUrl": urljoin(base, image["src"]),
            "description": image["alt"],
            "creditText": image["credit"],
            "width": image["width"],
            "height": image["height"],
        }
    )


def _pictures(view: EntryView, base: str) -> Iterator[dict[str, Any]]:
    for one in view.files:
        if not str(one["type"]).startswith("image/"):
            continue
        yield _filled(
            {
                "@type": "ImageObject",
                "name": one["title"],
                "contentUrl": urljoin(base, one["href"]),
                "caption": _said(view, one.get("caption")),
                "description": _said(view, one.get("alt")),
                "creator": one.get("creator") and {"@type": "Person", "name": one["creator"]},
                "creditText": one.get("credit"),
                "copyrightNotice": one.get("copyright"),
                "license": one.get("web_statement"),
                "acquireLicensePage": urljoin(base, str(view.card["url"])),
                "expires": one.get("until"),
            }
        )


def _films(view: EntryView, base: str) -> Iterator[dict[str, Any]]:
    image = view.card["image"]
    for one in view.files:
        if not str(one["type"]).startswith("video/"):
            continue
        poster = one.get("poster") or image
        yield _filled(
            {
                "@type": "VideoObject",
                "name": one["title"],
                "description": _said(view, one.get("alt")) or one["title"],
                "contentUrl": urljoin(base, one["href"]),
                "embedUrl": urljoin(base, f"/embed/{one['id']}/"),
                "thumbnailUrl": poster and urljoin(base, poster["src"]),
                "uploadDate": view.card["published_at"],
                "duration": one.get("duration") and f"PT{one['duration']:.0f}S",
                "expires": one.get("until"),
            }
        )


def _said(view: EntryView, text: str | None) -> str:
    """What a text of the library says in the language of the page."""
    return "\n".join(line for _, line in in_language(text or "", str(view.card["locale"])))


def _movie(film: Mapping[str, Any]) -> dict[str, Any]:
    director = film.get("director")
    return _filled(
        {
            "@type": "Movie",
            "name": film["title"],
            "director": director and {"@type": "Person", "name": director},
            "actor": [{"@type": "Person", "name": name} for name in film.get("cast") or ()],
            "genre": film.get("genre"),
            "duration": film.get("minutes") and f"PT{film['minutes']}M",
            "datePublished": film.get("release_on"),
        }
    )


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
