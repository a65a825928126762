"""Reading one page as a projection. Pure: everything it needs was looked up before."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cms.access.reader import ALWAYS, NEVER
from cms.access.rule import Rule
from cms.entries.present import targets_in
from cms.entries.projection import Block, Projection
from cms.entries.records import rfc3339
from pages.base.lookup import Surroundings
from pages.base.sheet import Found, Sheet

if TYPE_CHECKING:
    from pages.base.models import BasePage


def path_of(page: "BasePage", language: str | None = None) -> str:
    """Where the portal shows a page: its language, then its slugs below the language's home."""
    code = language or page.locale.language_code
    return portal_path(page.url_path, code)


def portal_path(url_path: str, language: str) -> str:
    """Wagtail's path of a page, as the portal has it."""
    _, _, rest = url_path.lstrip("/").partition("/")
    return f"/{language}/{rest}"


def project(page: "BasePage", found: Found, around: Surroundings, *, at: datetime) -> Projection:
    """The entry that a page is."""
    rule = around.restrictions.rule_at(page.path)
    language = around.languages[page.locale_id]
    topics = around.topics_of(page, language)
    sheet = Sheet(found=found, rule=rule, use=page.use)
    lead = _lead(page, sheet, at)
    body = tuple(page.blocks(sheet))
    references = frozenset(sheet.references) | targets_in(body)
    references |= {key for part in sheet.parts for key in targets_in(part.body)}
    opens_at = max(page.go_live_at or ALWAYS, page.embargo_until or ALWAYS)
    published_at = max(page.first_published_at or at, opens_at)
    updated_at = page.last_published_at or at
    card = {
        "key": page.entry_key,
        "type": page.entry_type_slug,
        "locale": language,
        "title": page.title,
        "summary": page.summary,
        "url": path_of(page, language),
        "image": lead,
        "topics": [{"slug": topic.slug, "name": topic.name} for topic in topics],
        "published_at": rfc3339(published_at),
        "updated_at": rfc3339(max(updated_at, published_at)),
        **page.card_fields(sheet),
    }
    return Projection(
        key=page.entry_key,
        type=page.entry_type_slug,
        locale=language,
        title=page.title,
        card=card,
        body=_with_lead(lead, page, body, found),
        text=" ".join(filter(None, [page.summary, *sheet.words])),
        found_by=page.found_by,
        path=path_of(page, language),
        page_id=page.pk,
        rule=rule,
        early=_early(page),
        opens_at=opens_at,
        closes_at=page.expire_at or NEVER,
        published_at=published_at,
        updated_at=max(updated_at, published_at),
        section=around.section_of(page),
        position=page.path if page.show_in_menus else "",
        translation_key=page.translation_key,
        pinned_until=page.pinned_until,
        topics=tuple(topics),
        parts=(*sheet.parts, *sheet.parts_of_files()),
        files=tuple(sheet.files),
        references=references,
    )


def _lead(page: "BasePage", sheet: Sheet, at: datetime) -> dict[str, Any] | None:
    """The picture of the card.

    Whoever may read the page sees the card, so a picture that fewer may have is left out, and so is
    one whose embargo lasts or whose rights have ended.
    """
    lead = sheet.image(page.lead_image_id, size="card", alt=page.lead_alt)
    beyond = sheet.asks_for_more()
    if beyond is None:
        return lead
    # A moment that passes projects the page anew, so only what is closed now is left out.
    is_open = not beyond.rule.clauses and beyond.opens_at <= at < beyond.closes_at
    return lead if is_open else None


def _with_lead(
    lead: dict[str, Any] | None, page: "BasePage", body: Sequence[Block], found: Found
) -> tuple[Block, ...]:
    if lead is None or page.lead_image_id is None:
        return tuple(body)
    sheet = Sheet(found=found, rule=Rule(), use=page.use)
    large = sheet.image(page.lead_image_id, size="lead", alt=page.lead_alt)
    return ({"type": "lead", "id": "lead", "value": large}, *body)


def _early(page: "BasePage") -> Rule | None:
    """Who need not wait for the embargo. Nobody reads a page before it goes live."""
    if not page.embargo_until or not page.live:
        return None
    return page.early_rule()
