"""Four weeks of searches, as the log would have them: who asked, what came, what was opened.

What a search finds is asked of the product, once for each query. The rest is drawn at random, the
same each time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cms.access.reader import Reader
from cms.accounts.models import User
from cms.demo.content import PARIS, Calendar, Raw
from cms.demo.people import PERSONAS, STAFF
from search import service
from search.analysis import fold
from search.curation import readers
from search.insight.models import Asked, Click
from search.insight.pseudonyms import pseudonym

DAYS = 28
PEOPLE = 80
"""So many of the staff search now and then; some of them much more often than others."""
OPENED = 0.7
WEEKDAYS = (7, 8, 9, 8, 6, 1, 1)
MEDIAN, SPREAD = 2.3, 0.5
"""Logarithms of milliseconds: half of the searches take ten."""
RANDOM_BITS = 22
"""Numbers of searches rise with time, as those that ``search.insight.logging`` gives."""
NEXT = timedelta(seconds=24)


def _somebody() -> Reader:
    """An employee in no pool: what most people find."""
    return readers.person(User.objects.get(email=PERSONAS["employee"][0]))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product says to a query."""

    total: int
    keys: tuple[str, ...]
    correction: str
    promoted: int


class Log:
    """Draws the log's rows."""

    def __init__(self, calendar: Calendar, queries: Sequence[Raw]) -> None:
        self._calendar = calendar
        self._queries = queries
        self._rng = Random(26)  # noqa: S311 - a story, no secret
        self._answers: dict[str, Answer] = {}
        self._reader = _somebody()

    def rows(self) -> tuple[list[Asked], list[Click]]:
        """Searches and clicks, in the order of time."""
        staff = User.objects.filter(groups__name=STAFF).order_by("pk")
        people = list(staff.values_list("pk", "language"))
        heard = [(one, moment) for one in self._queries for moment in self._moments(one["times"])]
        asked: list[Asked] = []
        clicks: list[Click] = []
        spoken = {
            code: [person for person, language in people if language == code][:PEOPLE]
            for code in ("fr", "en")
        }
        for query, moment in sorted(heard, key=lambda one: one[1]):
            known = spoken[query.get("locale", "fr")]
            # Each query goes round among people, so that enough of them stand behind it.
            person = known[int(len(known) * self._rng.random() ** 1.5)]
            for row, click in self._visit(query, person, moment):
                asked.append(row)
                if click is not None:
                    clicks.append(click)
        return asked, clicks

    def _moments(self, times: int) -> Iterator[datetime]:
        """So many moments of the last weeks, within office hours, few of them on weekends."""
        now = self._calendar.now.astimezone(PARIS)
        days = [now - timedelta(days=ago) for ago in range(1, DAYS + 1)]
        weights = [WEEKDAYS[day.weekday()] for day in days]
        for day in self._rng.choices(days, weights=weights, k=times):
            minute = int(self._rng.betavariate(2, 2.4) * 11 * 60)
            second = self._rng.randrange(60)
            start = day.replace(hour=8, minute=0, second=second, microsecond=0)
            yield start + timedelta(minutes=minute)

    def _visit(self, query: Raw, person: int, at: datetime) -> Iterator[tuple[Asked, Click | None]]:
        """One search, and the next where the first did not help."""
        opened = query.get("opened", OPENED)
        row, click = self._search(query["text"], query, person, at, opened)
        yield row, click
        if click is None and "then" in query and self._rng.random() < 0.75:
            yield self._search(query["then"], query, person, at + NEXT, 0.85)

    def _search(
        self, text: str, query: Raw, person: int, at: datetime, opened: float
    ) -> tuple[Asked, Click | None]:
        answer = self._answer(text)
        does_open = bool(answer.keys) and self._rng.random() < opened
        row = Asked(
            id=int(at.timestamp() * 1000) << RANDOM_BITS | self._rng.getrandbits(RANDOM_BITS),
            at=at,
            reader=pseudonym(person, at),
            text=text,
            folded=" ".join(fold(text).split()),
            locale=query.get("locale", "fr"),
            engine=service.EMBEDDED.name,
            total=answer.total,
            milliseconds=self._milliseconds(query),
            correction=answer.correction,
            is_correction_accepted=bool(answer.correction) and does_open,
            promoted=answer.promoted,
        )
        if not does_open:
            return row, None
        # The first result is opened about half of the time.
        place = min(int(self._rng.expovariate(0.75)), len(answer.keys) - 1)
        after = timedelta(seconds=self._rng.randint(3, 40))
        return row, Click(
            asked_id=row.pk, key=answer.keys[place], position=place + 1, at=at + after
        )

    def _milliseconds(self, query: Raw) -> int:
        usual = self._rng.lognormvariate(MEDIAN, SPREAD)
        return round(query["ms"] * (0.7 + usual / 30) if "ms" in query else usual)

    def _answer(self, text: str) -> Answer:
        if text not in self._answers:
            outcome = service.search(
                service.Asked(text=text), self._reader, engine=service.EMBEDDED.name
            )
            self._answers[text] = Answer(
                total=outcome.found.count,
                keys=tuple(hit.key for hit in outcome.found.hits),
                correction=outcome.correction.query if outcome.correction else "",
                promoted=len(outcome.promoted),
            )
        return self._answers[text]
