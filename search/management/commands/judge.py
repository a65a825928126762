"""What the engines score at the judged queries."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.access.reader import Reader
from cms.accounts.models import User
from search import service
from search.contract import EngineFailed
from search.curation import exchange, judging, readers
from search.curation.measuring import Measured, measure


class Command(BaseCommand):
    help = "nDCG@10 and MRR of every judged query, and their means, on each engine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reader", help="e-mail address; else somebody in every group")
        parser.add_argument("--engine", help="only this one", choices=service.engines())
        parser.add_argument(
            "--load", type=Path, help="judge by this file of JSON Lines from now on"
        )
        parser.add_argument("--dump", type=Path, help="write what is judged to a file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["load"]:
            self._load(options["load"])
        if options["dump"]:
            with options["dump"].open("w", encoding="utf-8") as file:
                file.writelines(exchange.write_out())
        queries = judging.stored()
        if not queries:
            raise CommandError(
                "No query is judged yet: judge some in the admin, under Search, or use --load."
            )
        names = [options["engine"]] if options["engine"] else service.engines()
        user = self._user(options["reader"])
        measured = [self._measured(queries, name, user) for name in names]
        self._tell([one for one in measured if one is not None])

    def _load(self, path: Path) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        with path.open("rb") as lines:
            tally = exchange.take_in(lines)
        for line in tally.bad:
            self.stderr.write(line)
        if tally.refused:
            raise CommandError(f"{tally.refused} lines were skipped, {tally.stored} stored.")

    def _user(self, email: str | None) -> User | None:
        if not email:
            return None
        user = User.objects.select_related("organisation").filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody with the address {email} has an account.")
        return user

    def _measured(
        self, queries: list[judging.Judged], engine: str, user: User | None
    ) -> Measured | None:
        def reader() -> Reader:
            return readers.person(user) if user else readers.member_of_all()

        try:
            return readers.steadily(reader, lambda one: measure(queries, one, engine=engine))
        except EngineFailed as failure:
            self.stderr.write(f"{engine} does not answer: {failure}")
            return None

    def _tell(self, measured: list[Measured]) -> None:
        if not measured:
            raise CommandError("No engine answers.")
        heads = "".join(f"  {one.engine[:15]:>15}" for one in measured)
        self.stdout.write(f"{'query':40}  locale{heads}")
        self.stdout.write(f"{'':40}        {'  nDCG@10     MRR' * len(measured)}")
        for place, score in enumerate(measured[0].scores):
            figures = [(one.scores[place].ndcg, one.scores[place].mrr) for one in measured]
            self._line(score.judged.query, score.judged.locale, figures)
        count = len(measured[0].scores)
        self._line(f"mean of {count}", "", [(one.ndcg, one.mrr) for one in measured])

    def _line(self, query: str, locale: str, figures: list[tuple[float, float]]) -> None:
        columns = "".join(f"  {ndcg:7.4f} {mrr:7.4f}" for ndcg, mrr in figures)
        self.stdout.write(f"{query[:40]:40}  {locale:6}{columns}")
