"""The demo's texts as pages: first all of them bare, then each written, since they link."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group

from cms.accounts.models import Organisation, User
from cms.demo.content import Calendar, Raw, Text
from cms.demo.library import Documents
from cms.demo.publishing import publish
from cms.demo.texts import Targets, Writer
from pages.base.models import BasePage
from pages.base.topics import Topic
from pages.models import (
    ArticlePage,
    BriefPage,
    GuidancePage,
    PressReleasePage,
    RumourPage,
)

MODELS: dict[str, type[BasePage]] = {
    "article": ArticlePage,
    "brief": BriefPage,
    "guidance": GuidancePage,
    "release": PressReleasePage,
    "rumour": RumourPage,
}


@dataclass(slots=True)
class Newsroom:
    """Everything that texts need to become pages."""

    sections: Mapping[tuple[str, str], BasePage]
    people: Mapping[str, User]
    groups: Mapping[str, Group]
    topics: Mapping[str, Topic]
    images: Mapping[str, int]
    documents: Documents
    calendar: Calendar
    kits: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by language and slug
    pages: dict[tuple[str, str], BasePage] = field(default_factory=dict)

    def publish(self, texts: Sequence[Text], step: Callable[[], Any]) -> int:
        """Make the pages of texts that have none. Calls ``step`` after each; gives their number."""
        self._find(texts)
        missing = [text for text in texts if (text.locale, text.slug) not in self.pages]
        for text in missing:
            self.pages[text.locale, text.slug] = self._bare(text)
        for text in missing:
            self._write(self.pages[text.locale, text.slug], text)
            step()
        return len(missing)

    def _find(self, texts: Sequence[Text]) -> None:
        for model in MODELS.values():
            wanted = [text.slug for text in texts if MODELS[text.raw["type"]] is model]
            for page in model.objects.filter(slug__in=wanted).select_related("locale"):
                self.pages[page.locale.language_code, page.slug] = page

    def _bare(self, text: Text) -> BasePage:
        section = self.sections[text.locale, text.section]
        raw = text.raw
        author = self.people[raw["author"]]
        page = MODELS[raw["type"]](
            title=raw["title"],
            slug=text.slug,
            summary=raw["summary"],
            locale=section.locale,
            owner=author,
            author=author,
            keeper=self.people[raw["owner"]] if "owner" in raw else None,
            on_behalf_of=raw.get("on_behalf_of", ""),
            lead_image_id=self.images[raw["image"]] if "image" in raw else None,
            lead_alt=raw.get("image_alt", ""),
            found_by=raw.get("found_by", ""),
            show_in_menus=False,
            **self._dates(raw),
            **self._particulars(text),
        )
        if "translation_of" in raw:
            page.translation_key = self.pages["fr", raw["translation_of"]].translation_key
        section.add_child(instance=page)
        return page

    def _dates(self, raw: Raw) -> dict[str, Any]:
        days = raw["days_ago"]
        latest = min([days, *(one["days_ago"] for one in raw.get("updates", ()))])
        ahead = self.calendar.ahead
        return {
            "first_published_at": self.calendar.ago(days),
            "last_published_at": self.calendar.ago(latest),
            "embargo_until": ahead(raw["embargo_days"]) if "embargo_days" in raw else None,
            "pinned_until": ahead(raw["pinned_days"]) if "pinned_days" in raw else None,
            "expire_at": ahead(raw["expires_days"], hour=18) if "expires_days" in raw else None,
        }

    def _particulars(self, text: Text) -> dict[str, Any]:
        """The plain fields of a type."""
        raw = text.raw
        published = self.calendar.ago(raw["days_ago"]).date()
        match raw["type"]:
            case "brief":
                valid_to = published + timedelta(days=raw["valid_days"])
                return {"valid_from": published, "valid_to": valid_to}
            case "rumour":
                plain = {name: raw[name] for name in ("claim", "status", "answer")}
                return {**plain, "words": "\n".join(raw["words"])}
            case "guidance":
                review_at = self.calendar.ahead(raw["review_days"]).date()
                return {"review_at": review_at}
            case "release":
                plain = {name: raw[name] for name in ("film_title", "release_on") if name in raw}
                kit = self.kits.get((text.locale, raw.get("kit", "")))
                place = raw.get("place", "Paris")
                return {**plain, "place": place, "dated": published, "kit_id": kit}
            case _:
                return {}

    def _write(self, page: BasePage, text: Text) -> None:
        raw = text.raw
        writer = Writer(text.slug, self._targets(text.locale))
        streams = {
            "story": writer.story(text.body),
            "updates": writer.updates(raw.get("updates", ()), self.calendar),
        }
        if isinstance(page, BriefPage):
            for name in ("facts", "say", "dont_say"):
                streams[name] = writer.lines(name, raw[name])
        if isinstance(page, RumourPage):
            streams["evidence"] = writer.evidence(raw["evidence"])
        for name, value in streams.items():
            setattr(page, name, json.dumps(value))
        page.topics.set([self.topics[slug] for slug in raw["topics"]])
        page.early_readers.set([self.groups[name] for name in raw.get("early", ())])
        if isinstance(page, PressReleasePage):
            page.early_outlets.set(Organisation.objects.filter(name__in=raw.get("outlets", ())))
        assert page.last_published_at is not None  # noqa: S101 - _dates gives it
        publish(page, by=self.people[raw["author"]], at=page.last_published_at)

    def _targets(self, locale: str) -> Targets:
        return Targets(
            pages={slug: page.pk for (code, slug), page in self.pages.items() if code == locale},
            images=self.images,
            groups={name: group.pk for name, group in self.groups.items()},
            file=self.documents.file,
        )
