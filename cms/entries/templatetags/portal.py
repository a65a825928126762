"""What the portal's templates need beyond Django's own: dates in words, sizes, languages, blocks.

Filters and tags put what a view has given into words and in order; they query nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django import template
from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, pgettext

from cms.entries import html, types
from cms.entries.frame import INTERFACE

register = template.Library()

Card = Mapping[str, Any]
Block = Mapping[str, Any]

REGIONS = {"fr": "fr", "en": "en_GB"}
A_WEEK = 6


# Languages


def interface_language(code: str | None = None) -> str:
    """The language in which the portal itself speaks on a page of that language."""
    code = (code or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in INTERFACE else settings.LANGUAGE_CODE


register.filter("interface", interface_language)


@register.filter
def lang(code: str) -> str:
    """The attribute that marks words of a language other than the page's own, or nothing."""
    if not code or code == interface_language():
        return ""
    return mark_safe(f' lang="{conditional_escape(code)}"')  # noqa: S308


@register.filter
def language(code: str) -> str:
    """A language by its own name."""
    return dict(settings.LANGUAGES).get(code, code)


# Dates


def _day_of(value: Any) -> date | None:
    moment = _moment_of(value)
    return moment.date() if moment else None


@lru_cache(maxsize=4096)
def _parsed(text: str, _zone: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-11-25"):
        return timezone.make_aware(moment)  # a day, here
    return timezone.localtime(moment if moment.tzinfo else timezone.make_aware(moment))


def _moment_of(value: Any) -> datetime | None:
    """A moment here, from RFC 3339 text, a date or a datetime; ``None`` for anything else."""
    if isinstance(value, str):
        return _parsed(value, timezone.get_current_timezone_name())
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else timezone.make_aware(value)
    if isinstance(value, date):
        return _moment_of(value.isoformat())
    return None


@lru_cache(maxsize=4096)
def _in_words(day: date, style: str, tongue: str) -> str:
    """A day as people of the language write it. Styles: ``EEEE``, ``long``, or a CLDR skeleton."""
    region = REGIONS.get(tongue, tongue)
    if style in {"EEEE", "long"}:
        words = format_date(day, style, locale=region)
    else:
        words = format_skeleton(style, day, locale=region)
    if tongue == "fr" and day.day == 1:
        head, found, tail = words.partition("1 ")
        words = f"{head}1er {tail}" if found and not head.endswith(tuple("0123456789")) else words
    return words.replace(",", "") if tongue == "en" else words


def _words(day: date, style: str) -> str:
    return _in_words(day, style, interface_language())


@register.filter
def day(value: Any) -> str:
    """25 November 2026."""
    found = _day_of(value)
    return _words(found, "long") if found else ""


@register.filter
def long_day(value: Any) -> str:
    """Wednesday 25 November 2026."""
    found = _day_of(value)
    return f"{_words(found, 'EEEE')} {_words(found, 'long')}" if found else ""


@register.filter
def short_day(value: Any, today: Any = None) -> str:
    """25 Nov, with the year when it is another one."""
    found = _day_of(value)
    if found is None:
        return ""
    same_year = found.year == (_day_of(today) or timezone.localdate()).year
    return _words(found, "MMMd" if same_year else "yMMMd")


@register.filter
def moment(value: Any, today: Any = None) -> str:
    """For threads: Today, 08:45 · Friday 20 Nov, 16:32 · 16 Nov, 18:00 · 16 Nov 2025."""
    found = _moment_of(value)
    if found is None:
        return ""
    now = _day_of(today) or timezone.localdate()
    days = (now - found.date()).days
    clock = f"{found:%H:%M}"
    if days in {0, 1}:
        near = gettext("Yesterday") if days else gettext("Today")
        return f"{near}, {clock}"
    if 1 < days <= A_WEEK:
        return f"{capfirst(_words(found.date(), 'EEEE'))} {short_day(found, now)}, {clock}"
    if found.year == now.year:
        return f"{short_day(found, now)}, {clock}"
    return short_day(found, now)


@register.filter
def when(value: Any, today: Any = None) -> str:
    """For the narrow column of a list: 08:45 · Yesterday 16:32 · Friday 16:32 · 16 Nov."""
    found = _moment_of(value)
    if found is None:
        return ""
    now = _day_of(today) or timezone.localdate()
    days = (now - found.date()).days
    clock = f"{found:%H:%M}"
    if days == 0:
        return clock
    if days == 1:
        return " ".join((gettext("Yesterday"), clock))
    if 1 < days <= A_WEEK:
        return f"{capfirst(_words(found.date(), 'EEEE'))} {clock}"
    return short_day(found, now)


@register.filter
def is_past(value: Any, today: Any = None) -> bool:
    """Whether a day is over."""
    found = _day_of(value)
    return found is not None and found < (_day_of(today) or timezone.localdate())


@register.filter
def is_to_come(value: Any, today: Any = None) -> bool:
    """Whether a day has not begun."""
    found = _day_of(value)
    return found is not None and found > (_day_of(today) or timezone.localdate())


# Words and numbers


@register.filter
def filesize(size: Any) -> str:
    """310 kB, as the language counts."""
    if not isinstance(size, int) or size <= 0:
        return ""
    amount = float(size)
    units = (gettext("bytes"), gettext("kB"), gettext("MB"), gettext("GB"))
    for unit in units:
        if amount < 1000 or unit == units[-1]:
            break
        amount /= 1000
    rounded = round(amount, 1) if amount < 10 else round(amount)
    number = format_decimal(rounded, locale=REGIONS[interface_language()])
    return f"{number}\N{NO-BREAK SPACE}{unit}"


@register.filter
def extension(name: str) -> str:
    """PDF, of a file's name."""
    _, dot, end = str(name).rpartition(".")
    return end.upper() if dot and len(end) <= 5 else ""


@register.filter
def initials(name: str) -> str:
    words = str(name).replace("@", " ").split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


@register.filter
def kind(slug: str) -> str:
    """The name of an entry's type."""
    return capfirst(types.label_of(slug))


@register.filter
def clean(markup: Any) -> str:
    """HTML that may have come from outside, with nothing but text in it."""
    return mark_safe(html.clean(markup)) if isinstance(markup, str) else ""  # noqa: S308


@register.filter
def readers(clauses: Sequence[Sequence[str]]) -> str:
    """Who may read a passage: every clause, each by any of its groups."""
    known = {"signed-in": gettext("everybody who is signed in")}
    either, both = " " + gettext("or") + " ", " " + gettext("and") + " "
    named = [either.join(known.get(one, one) for one in clause) for clause in clauses]
    return capfirst(both.join(filter(None, named)) or gettext("everybody"))


@register.filter
def number(count: int) -> str:
    """A small count in words, as it begins or continues a sentence about things."""
    words = (
        pgettext("how many things", "no"),
        pgettext("how many things", "one"),
        pgettext("how many things", "two"),
        pgettext("how many things", "three"),
        pgettext("how many things", "four"),
        pgettext("how many things", "five"),
        pgettext("how many things", "six"),
        pgettext("how many things", "seven"),
        pgettext("how many things", "eight"),
        pgettext("how many things", "nine"),
        pgettext("how many things", "ten"),
    )
    return words[count] if 0 <= count < len(words) else str(count)


# Addresses


@register.filter
def absolute(url: str) -> str:
    return settings.BASE_URL + url if url.startswith("/") else url


@register.filter
def home_url(code: str) -> str:
    """Where a language begins; without one, where the site chooses."""
    return f"/{code}/" if code else "/"


@register.filter
def rendition(src: str, size: str) -> str:
    """Another of the named sizes of a picture."""
    return f"{src.rpartition('/')[0]}/{size}" if src.startswith("/files/") else src


@register.filter
def topic_url(slug: str) -> str:
    return _topic_url(slug, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=2048)
def _topic_url(slug: str, _language: str) -> str:
    try:
        return reverse("topic", args=[slug])
    except NoReverseMatch:
        return ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the 22 strokes; it stands next to a word."""
    return _icon(name)


@lru_cache(maxsize=64)
def _icon(name: str) -> SafeString:
    href = f"{static('icons.svg')}#i-{conditional_escape(name)}"
    return mark_safe(  # noqa: S308
        f'<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{href}"/></svg>'
    )


# Blocks

LISTS = {
    "facts": str, "say": str, "dont_say": str, "evidence": Mapping, "pages": Mapping,
}  # fmt: skip


@register.simple_tag(takes_context=True)
def blocks(
    context: Context, body: Sequence[Block], only: str = "", without: str = "", depth: int = 2
) -> SafeString:
    """A body, each block by the template of its type. What has no template is left out.

    A heading that an update is tied to draws the thread along its passage, to the next heading.
    """
    wanted, unwanted = frozenset(only.split()), frozenset(without.split())
    tied = _ties(body)
    pieces: list[str] = []
    passage: list[str] = []
    update: Mapping[str, Any] | None = None
    with context.push(depth=depth):
        for block in body:
            type_ = str(block["type"])
            if (wanted and type_ not in wanted) or type_ in unwanted:
                continue
            if type_ in {"heading", "section"} and update is not None:
                pieces.append(_tied(context, passage, update))
                passage, update = [], None
            if type_ == "heading" and isinstance(block["value"], Mapping):
                update = tied.get(block["value"].get("anchor") or "")
            (pieces if update is None else passage).append(_block(context, block, only, without))
        if update is not None:
            pieces.append(_tied(context, passage, update))
    return mark_safe("".join(pieces))  # noqa: S308


def _block(context: Context, block: Block, only: str, without: str) -> str:
    type_ = str(block["type"])
    if not _is_readable(type_, block):
        return ""
    try:
        found = _template(context, f"blocks/{type_}.html")
    except TemplateDoesNotExist:
        return ""
    with context.push(block=block, value=block.get("value"), only=only, without=without):
        return str(found.render(context))


def _template(context: Context, name: str) -> template.base.Template:
    assert context.template is not None  # noqa: S101 - a tag runs inside a template
    return context.template.engine.get_template(name)


def _is_readable(type_: str, block: Block) -> bool:
    """Whether a block has the shape of its type: outside systems send what they like."""
    if type_ == "section":
        return True
    value = block.get("value")
    if type_ == "text":
        return isinstance(value, str)
    if type_ in LISTS:
        return isinstance(value, list) and all(isinstance(one, LISTS[type_]) for one in value)
    if not isinstance(value, Mapping):
        return False
    if type_ == "table":
        rows = value.get("rows")
        return isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    return True


def _tied(context: Context, passage: list[str], update: Mapping[str, Any]) -> str:
    found = _template(context, "components/tied.html")
    with context.push(passage=mark_safe("".join(passage)), update=update):  # noqa: S308
        return str(found.render(context))


def _ties(body: Sequence[Block]) -> dict[str, Mapping[str, Any]]:
    """The newest update of each passage that has one."""
    found: dict[str, Mapping[str, Any]] = {}
    for update in _updates(body):
        if update.get("tied_to"):
            found.setdefault(str(update["tied_to"]), update)
    return found


def _updates(body: Sequence[Block]) -> list[Mapping[str, Any]]:
    return [one for block in body if block["type"] == "updates" for one in block["value"]]


def _anchors(body: Iterable[Block]) -> set[str]:
    found: set[str] = set()
    for block in body:
        if block["type"] == "section":
            found |= _anchors(block["body"])
        elif block["type"] == "heading" and isinstance(block["value"], Mapping):
            found.add(str(block["value"].get("anchor") or ""))
    return found


@register.filter
def passages(body: Sequence[Block]) -> list[Block]:
    """The passages of a body that are not for everybody who reads the page."""
    return [block for block in body if block["type"] == "section"]


@register.filter
def newest_update(body: Sequence[Block]) -> str:
    """When a page was last changed, by its own log; nothing without one."""
    return next((str(one["at"]) for one in _updates(body)), "")


@register.filter
def row_labels(row: Sequence[str], head: Sequence[str]) -> list[tuple[str, str]]:
    """The cells of a row, each with the head of its column."""
    return [(cell, head[place] if place < len(head) else "") for place, cell in enumerate(row)]


# The thread of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A knot on the thread: to come, now, or past."""

    state: str
    at: str
    text: str
    href: str = ""
    is_day: bool = False


@register.simple_tag
def thread_of(card: Card, body: Sequence[Block], today: datetime) -> list[Step]:
    """What will happen to a page, what has, and its beginning. Newest first, the future above."""
    anchors = _anchors(body)
    steps = [
        Step(
            state="past",
            at=str(one["at"]),
            text=str(one["note"]),
            href=f"#{one['tied_to']}" if one.get("tied_to") in anchors and one["tied_to"] else "",
        )
        for one in _updates(body)
    ]
    beginning = pgettext("the first knot of a thread", "Published")
    steps.append(Step(state="past", at=str(card["published_at"]), text=beginning))
    first = steps[0]
    steps[0] = Step(state="now", at=first.at, text=first.text, href=first.href)
    return [*_to_come(card, today), *steps]


def _to_come(card: Card, today: datetime) -> list[Step]:
    starts, ends, review = card.get("valid_from"), card.get("valid_to"), card.get("review_at")
    steps = []
    if ends and not is_past(ends, today):
        steps.append(Step(state="next", at=ends, text=gettext("Last day of validity"), is_day=True))
    if is_to_come(starts, today):
        steps.append(
            Step(state="next", at=str(starts), text=gettext("First day of validity"), is_day=True)
        )
    if review and not is_past(review, today):
        steps.append(Step(state="next", at=review, text=pgettext("a date", "Review"), is_day=True))
    return steps


# The home


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A section in the sentence of the day."""

    title: str
    url: str
    count: int


@dataclass(slots=True, kw_only=True)
class Front:
    """What a home gives, laid out: nothing stands twice."""

    is_small: bool = False
    lead: Card | None = None
    seconds: list[Card] = field(default_factory=list)
    pinned: list[Card] = field(default_factory=list)
    newest: list[Card] = field(default_factory=list)
    briefs: list[Card] = field(default_factory=list)
    rumours: list[Card] = field(default_factory=list)
    shelves: list[Mapping[str, Any]] = field(default_factory=list)
    latest: Card | None = None
    count: int = 0
    places: list[Place] = field(default_factory=list)
    open_rumours: list[Card] = field(default_factory=list)

    @property
    def has_aside(self) -> bool:
        return bool(self.pinned or self.briefs or self.rumours)


NEWEST = 7
NEWEST_OF_FEW = 3
FEW = 12  # fewer than these, and a home is its lead and its shelves
SECONDS = 2
ASIDE = 4
ON_A_SHELF = 4
NAMED = 3


@register.simple_tag
def front_of(home: Any, today: datetime) -> Front:
    """The lead, the newest, what is in force, and the shelves with what is left."""
    pinned = list(home.pinned)
    shelved = [card for shelf in home.shelves for card in shelf.items]
    shelved.sort(key=lambda card: card["published_at"], reverse=True)
    everything = sorted([*pinned, *shelved], key=lambda card: card["published_at"], reverse=True)
    front = Front(latest=everything[0] if everything else None)
    _say_what_is_new(front, home, everything, today)
    pictured = [card for card in everything if card["image"]]
    front.lead = next(iter([*pinned[:1], *pictured]), front.latest)
    placed = {front.lead["key"]} if front.lead else set()
    front.pinned = _take(pinned, placed, len(pinned))
    front.is_small = len(shelved) <= FEW
    if not front.is_small:
        front.seconds = _take(
            (card for card in shelved if card["image"] and card["type"] != "rumour"),
            placed,
            SECONDS,
        )
    front.briefs = _take(
        sorted(
            (card for card in shelved if card["type"] == "brief" and _in_force(card, today)),
            key=lambda card: card["valid_to"],
        ),
        placed,
        ASIDE,
    )
    front.rumours = _take((card for card in shelved if card["type"] == "rumour"), placed, ASIDE)
    plain = [card for card in shelved if not (front.is_small and card["image"])]
    front.newest = _take(plain, placed, NEWEST_OF_FEW if front.is_small else NEWEST)
    most = None if front.is_small else ON_A_SHELF
    front.shelves = [
        {"key": shelf.key, "title": shelf.title, "url": shelf.url, "items": left[:most]}
        for shelf in home.shelves
        if (left := _pictured_first([one for one in shelf.items if one["key"] not in placed]))
    ]
    return front


def _take(cards: Iterable[Card], placed: set[str], most: int) -> list[Card]:
    taken = [card for card in cards if card["key"] not in placed][:most]
    placed.update(card["key"] for card in taken)
    return taken


def _in_force(card: Card, today: datetime) -> bool:
    ends = card.get("valid_to")
    return bool(ends) and not is_past(ends, today) and not is_to_come(card.get("valid_from"), today)


def _pictured_first(cards: list[Card]) -> list[Card]:
    first = next((card for card in cards if card["image"]), None)
    return [first, *(card for card in cards if card is not first)] if first else cards


def _say_what_is_new(front: Front, home: Any, everything: list[Card], today: datetime) -> None:
    yesterday = timezone.localdate(today) - timedelta(days=1)
    new = {
        card["key"]
        for card in everything
        if (_day_of(card["published_at"]) or date.min) >= yesterday
    }
    front.count = len(new)
    counts = Counter(
        {
            (shelf.title, shelf.url): sum(card["key"] in new for card in shelf.items)
            for shelf in home.shelves
        }
    )
    front.places = [
        Place(title=title, url=url, count=count)
        for (title, url), count in counts.most_common(NAMED)
        if count
    ]
    front.open_rumours = [
        card for card in everything if card["type"] == "rumour" and card.get("status") == "open"
    ]
