"""The press kits as pages: bare first, then their versions one after the other."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from cms.accounts.models import Organisation, User
from cms.demo.content import Calendar
from cms.demo.press import papers, photos
from cms.demo.press.room import contact_blocks
from cms.demo.press.wanted import Kit, Photo
from cms.demo.publishing import publish
from media.admin.withdrawing import withdraw
from media.kits.models import KitVersion
from media.models import Document, Image
from media.renditions import keeping
from media.renditions.sizes import SIZES, Size
from pages.base import publishing
from pages.base.topics import Topic
from pages.models import PressKitPage, PressRoomPage

PERSON = ("name", "role", "text")
SPACE_OF_IDS = uuid.UUID("5d7b5f0e-9f1b-4c57-8f4e-0f2f9f9a7d31")
AT_LOAD: dict[str, Size] = {name: SIZES[name] for name in ("card", "web", "original")}
"""Sizes that a kit's page and its archives need; the worker makes the others."""
CONTACT_OF = {"dernier-bac": ("thibault-nguyen", "margaux-delorme")}


@dataclass(slots=True)
class Desk:
    """Everything that kits need to become pages."""

    rooms: Mapping[str, PressRoomPage]
    people: Mapping[str, User]
    topics: Mapping[str, Topic]
    contacts: Mapping[tuple[str, str], int]
    images: Mapping[str, int]
    documents: Mapping[str, int]
    calendar: Calendar
    video: int | None = None
    outlets: dict[str, Organisation] = field(default_factory=dict)
    pages: dict[tuple[str, str], PressKitPage] = field(default_factory=dict)
    releases: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    added: int = 0

    @property
    def by_slug(self) -> dict[tuple[str, str], int]:
        """The pages' primary keys by language and slug, as releases name them."""
        return {(code, page.slug): page.pk for (code, _stem), page in self.pages.items()}

    def plant(self, kits: Sequence[Kit]) -> None:
        """The pages, bare where they are new: releases name them."""
        kind = Organisation.Kind.OUTLET
        self.outlets = {one.name: one for one in Organisation.objects.filter(kind=kind)}
        for kit in kits:
            for code, words in kit.words.items():
                room = self.rooms[code]
                page = PressKitPage.objects.child_of(room).filter(slug=words["slug"]).first()
                if page is None:
                    page = self._bare(kit, code)
                    room.add_child(instance=page)
                    self.added += 1
                self.pages[code, kit.stem] = page

    def publish_first(self, kit: Kit, code: str) -> bool:
        """The first version of a kit that has none. Whether it was made now."""
        page, words = self.pages[code, kit.stem], kit.words[code]
        if number_of(page) is not None:
            return False
        release = self.releases.get((code, words["release"]))
        page.release_id = release.pk if release else None
        page.topics.set([self.topics[slug] for slug in kit.film["topics"]])
        page.early_outlets.set([self.outlets[one] for one in kit.film.get("early", ())])
        self._publish(kit, code, self._first_step(kit, code))
        return True

    def publish_next(self, kit: Kit, step: int) -> bool:
        """The French kit's version, unless it has come so far. Whether it was made now."""
        page = self.pages["fr", kit.stem]
        if (number_of(page) or 0) >= step:
            return False
        with publishing.batch():
            self._change(kit, step)
            self._publish(kit, "fr", step)
        self._date(kit, step)
        return True

    def date_first(self, kit: Kit, code: str) -> None:
        """Put the first version back to its day."""
        key = f"press-kit-{self.pages[code, kit.stem].pk}"
        at = self.calendar.ago(kit.steps[self._first_step(kit, code) - 1])
        KitVersion.objects.filter(key=key, number=1).update(made_at=at)

    def render(self, kits: Sequence[Kit]) -> int:
        """Make the sizes that the pages and archives of these kits need."""
        names = [photos.file_name(kit, one) for kit in kits for one in kit.photos]
        pks = [self.images[name] for name in names]
        images = Image.objects.filter(pk__in=pks).select_related("blob")
        return sum(keeping.make(image, AT_LOAD) for image in keeping.missing(images, AT_LOAD))

    def _bare(self, kit: Kit, code: str) -> PressKitPage:
        words, film, room = kit.words[code], kit.film, self.rooms[code]
        by = self.people["Margaux Delorme"]
        first = self._first_step(kit, code)
        at = self.calendar.ago(kit.steps[first - 1])
        lead = photos.file_name(kit, kit.photos[0])
        page = PressKitPage(
            title=words["title"], slug=words["slug"], summary=words["summary"],
            locale=room.locale, owner=by, author=by, show_in_menus=False,
            first_published_at=at, last_published_at=at,
            film_title=words["title"], director=film["director"],
            cast="\n".join(film["cast"]), genre=words["genre"], minutes=film["minutes"],
            release_on=film["release_on"], synopsis=words["synopsis"],
            lead_image_id=self.images[lead],
            facts=self._stream("fact", kit, code, words["facts"], ("label", "value")),
            biographies=self._stream("person", kit, code, words["people"], PERSON),
        )  # fmt: skip
        if "embargo_days" in film:
            page.embargo_until = self.calendar.ahead(film["embargo_days"])
        answering = CONTACT_OF.get(kit.stem)
        if answering:
            pks = [self.contacts[code, slug] for slug in answering]
            page.contacts = json.dumps(contact_blocks(f"{kit.stem}/{code}", pks))
        if code != "fr":
            page.translation_key = self.pages["fr", kit.stem].translation_key
        return page

    def _first_step(self, kit: Kit, code: str) -> int:
        """A translation begins with the present version."""
        return 1 if code == "fr" else len(kit.steps)

    def _publish(self, kit: Kit, code: str, step: int) -> None:
        page = self.pages[code, kit.stem]
        page.items = json.dumps(list(self._items(kit, code, step)))
        page.last_published_at = self.calendar.ago(kit.steps[step - 1])
        publish(page, by=self.people["Margaux Delorme"], at=page.last_published_at)

    def _change(self, kit: Kit, step: int) -> None:
        """What happens to the files themselves between the version before and this one."""
        margaux = self.people["Margaux Delorme"]
        for one in kit.photos:
            pk = self.images[photos.file_name(kit, one)]
            if one.replaced and one.replaced[0] == step:
                image = Image.objects.get(pk=pk)
                photos.replace(image, kit, one, one.replaced[1], self.calendar)
            if one.withdrawn and one.until_step == step - 1:
                at = self.calendar.ago(kit.steps[step - 1])
                withdraw(Image.objects.get(pk=pk), because=one.withdrawn, at=at, by=margaux)
        for paper in kit.papers:
            if paper.replaced_in == step:
                papers.replace(Document.objects.get(pk=self.documents[paper.file]), paper, step)

    def _date(self, kit: Kit, step: int) -> None:
        key = f"press-kit-{self.pages['fr', kit.stem].pk}"
        at = self.calendar.ago(kit.steps[step - 1])
        KitVersion.objects.filter(key=key, number=step).update(made_at=at)

    def _items(self, kit: Kit, code: str, step: int) -> Iterator[dict[str, Any]]:
        """The items of a version, as the stream holds them; each keeps its id for good."""
        for one in kit.photos:
            if one.step <= step <= one.until_step:
                yield self._item(kit, code, "photo", one.name, self._photo(kit, one, code))
        english = code != "fr"
        if self.video and kit.film.get("trailer") and step > 1:
            title = "Trailer" if english else "Bande-annonce"
            yield self._item(kit, code, "video", "trailer", {"video": self.video, "title": title})
        for paper in kit.papers:
            if paper.step <= step:
                value = {
                    "document": self.documents[paper.file],
                    "title": (english and paper.title_en) or paper.title,
                }
                yield self._item(kit, code, "document", paper.file, value)
        logo = {
            "image": None,
            "document": self.documents[kit.film["logo"]["file"]],
            "title": "Title, vector" if english else "Titre, vectoriel",
        }
        yield self._item(kit, code, "logo", "logo", logo)

    def _photo(self, kit: Kit, one: Photo, code: str) -> dict[str, Any]:
        english = code != "fr"
        opens = self.calendar.ahead(one.opens_days) if one.opens_days else None
        return {
            "image": self.images[photos.file_name(kit, one)],
            "title": (english and one.title_en) or one.title,
            "caption": (english and one.caption_en) or one.caption,
            "readers": one.readers,
            "embargo_until": opens.isoformat() if opens else None,
            "early_outlets": [str(self.outlets[name].pk) for name in one.early],
        }

    def _item(self, kit: Kit, code: str, kind: str, name: str, value: Any) -> dict[str, Any]:
        plain: dict[str, Any] = {"readers": "public", "embargo_until": None, "early_outlets": []}
        where = f"{kit.stem}/{code}/{kind}/{name}"
        return {"type": kind, "id": _id(where), "value": {**plain, **value}}

    def _stream(
        self, kind: str, kit: Kit, code: str, rows: Sequence[Sequence[str]], names: Sequence[str]
    ) -> str:
        return json.dumps(
            [
                {
                    "type": kind,
                    "id": _id(f"{kit.stem}/{code}/{kind}/{place}"),
                    "value": dict(zip(names, row, strict=True)),
                }
                for place, row in enumerate(rows)
            ]
        )


def number_of(page: PressKitPage) -> int | None:
    """The number of a kit's latest version."""
    rows = KitVersion.objects.filter(key=f"press-kit-{page.pk}")
    number: int | None = rows.aggregate(last=Max("number"))["last"]
    return number


def _id(where: str) -> str:
    return str(uuid.uuid5(SPACE_OF_IDS, where))
