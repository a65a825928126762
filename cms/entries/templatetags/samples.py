"""Invented cards and blocks, of which the style guide shows every component in its states."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import get_language, gettext

register = template.Library()
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "gutter", "line", "knot")
"""Names of the stylesheet's lengths that are short enough to be drawn."""
STACKS = ("tight", "", "loose")


@register.simple_tag
def samples(yesterday: datetime) -> dict[str, Any]:
    """Everything that the style guide shows, dated around yesterday."""
    person = {"name": "Hélène Vasseur", "role": gettext("head of distribution")}
    today = yesterday + timedelta(days=1)
    updates = [
        {
            "id": "u1",
            "at": yesterday.isoformat(),
            "note": gettext("The date is confirmed in Belgium."),
            "is_material": True,
            "tied_to": "changed",
        }
    ]
    brief = _card(
        yesterday,
        "brief",
        gettext("A title that runs over two lines, and says what has happened"),
        summary=gettext("One sentence, the one that is seen everywhere."),
        author=person,
        updates=1,
        valid_from=yesterday.date().isoformat(),
        valid_to=(today + timedelta(days=9)).date().isoformat(),
        why=gettext("Pinned by the editors"),
    )
    claim = gettext("The office closes in January.")
    return {
        "spaces": SPACES,
        "stacks": STACKS,
        "today": today,
        "person": person,
        "brief": brief,
        "expired": {**brief, "valid_to": (yesterday - timedelta(days=9)).date().isoformat()},
        "foreign": _card(
            yesterday, "article", "香港院線聖誕檔期公佈", locale="zh", summary="各大院線今日公佈。"
        ),
        "rumours": [
            _card(yesterday, "rumour", claim, claim=claim, status=status)
            for status in ("false", "open", "true")
        ],
        "hits": [
            {
                "card": brief,
                "title": gettext("Ordering posters"),
                "text": gettext("Formats, delays, suppliers."),
                "place": gettext("For cinemas"),
                "by": gettext("the print office"),
                "until": today,
                "is_advised": True,
            },
            {
                "card": brief,
                "title": gettext("The <mark>poster</mark> of the film"),
                "text": gettext("… the 120×160 <mark>poster</mark> has no date on it …"),
                "place": gettext("For cinemas"),
                "passages": [
                    {
                        "anchor": "search",
                        "title": gettext("Terms and postponements"),
                        "text": gettext("… <mark>posters</mark> already delivered stay good …"),
                    }
                ],
            },
        ],
        "choices": [
            {
                "name": "type",
                "value": "brief",
                "label": gettext("Brief"),
                "count": 6,
                "is_chosen": 1,
            },
            {"name": "type", "value": "guidance", "label": gettext("Guide"), "count": 4},
        ],
        "files": [
            {
                "title": gettext("Arguments for cinemas"),
                "name": "arguments.pdf",
                "href": "#files",
                "size": 310_000,
            },
            {"title": "", "name": "dcp-ourse-vf-2026.xlsx", "href": "#files", "size": 48_200},
        ],
        "body": [
            {
                "type": "heading",
                "id": "b1",
                "value": {"text": gettext("A passage that has changed"), "anchor": "changed"},
            },
            {
                "type": "text",
                "id": "b2",
                "value": _paragraph(gettext("The thread ties it to the update that changed it.")),
            },
            {
                "type": "section",
                "id": "b3",
                "title": gettext("Terms and postponements"),
                "readers": [["Pool Exploitants", "Direction commerciale"]],
                "body": [
                    {
                        "type": "text",
                        "id": "b4",
                        "value": _paragraph(gettext("Free of charge until Friday noon.")),
                    }
                ],
            },
            {
                "type": "quote",
                "id": "b5",
                "value": {
                    "words": gettext("A film finds its cinema, or its cinema finds it."),
                    "speaker": person["name"],
                    "role": person["role"],
                },
            },
            {
                "type": "table",
                "id": "b6",
                "value": {
                    "caption": gettext("Posters"),
                    "head": [gettext("Network"), gettext("Cities")],
                    "rows": [["Métro", "Paris, Lyon, Lille"], ["Abribus", "28"]],
                    "row_headers": False,
                },
            },
            *(
                {
                    "type": "callout",
                    "id": kind,
                    "value": {
                        "kind": kind,
                        "title": "",
                        "html": _paragraph(gettext("Two rules, no colour.")),
                    },
                }
                for kind in ("note", "say", "dont_say", "warning")
            ),
            {"type": "updates", "id": "updates", "value": updates},
        ],
        "lines": [
            {
                "type": kind,
                "id": kind,
                "value": [
                    _paragraph(gettext("Your key arrives before three.")),
                    _paragraph(gettext("There is nothing to send back.")),
                ],
            }
            for kind in ("facts", "say", "dont_say")
        ],
        "evidence": [
            {
                "type": "evidence",
                "id": "evidence",
                "value": [
                    {
                        "title": gettext("The lease, signed on 20 November"),
                        "detail": gettext("Two pages, the rent hidden."),
                        "link": "",
                    }
                ],
            }
        ],
    }


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>"


def _card(at: datetime, type_: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "key": f"{type_}-0",
        "type": type_,
        "locale": get_language() or "fr",
        "title": title,
        "summary": "",
        "url": "#",
        "image": None,
        "topics": [],
        "published_at": at.isoformat(),
        "updated_at": at.isoformat(),
        **more,
    }
