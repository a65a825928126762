"""Make, list and revoke tokens from the command line. Answers are JSON."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.accounts import tokens
from cms.accounts.models import Token, User
from cms.problems import InvalidParameters


class Command(BaseCommand):
    help = "token create EMAIL [--scopes read,ingest] [--days N] · token list · token revoke ID"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="print a new token, once")
        create.add_argument("email")
        create.add_argument("--scopes", default="read", help="read, ingest, feed; comma-separated")
        create.add_argument("--days", type=int, default=90)
        create.add_argument("--name", default="")
        listing = actions.add_parser("list", help="all tokens, newest first")
        listing.add_argument("--email", help="only this person's")
        revoke = actions.add_parser("revoke", help="close a token")
        revoke.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        match options["action"]:
            case "create":
                self._create(options)
            case "list":
                self._list(options["email"])
            case "revoke":
                self._revoke(options["id"])

    def _create(self, options: dict[str, Any]) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        scopes = [scope.strip() for scope in options["scopes"].split(",")]
        try:
            made = tokens.create(
                user,
                name=options["name"] or "command line",
                scopes=scopes,
                days=options["days"],
                at=datetime.now(UTC),
            )
        except InvalidParameters as problem:
            lines = [f"--{error.field}: {error.message}" for error in problem.errors]
            raise CommandError(" ".join(lines)) from problem
        self._print({**_facts(made.record), "token": made.secret})

    def _list(self, email: str | None) -> None:
        found = Token.objects.select_related("user")
        if email:
            found = found.filter(user__email__iexact=email)
        self._print([_facts(token) for token in found])

    def _revoke(self, pk: int) -> None:
        token = Token.objects.select_related("user").filter(pk=pk).first()
        if token is None:
            raise CommandError(f"There is no token {pk}: see `token list`.")
        tokens.revoke(token, datetime.now(UTC))
        self._print(_facts(token))

    def _print(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, indent=2, ensure_ascii=False))


def _facts(token: Token) -> dict[str, Any]:
    return {
        "id": token.pk,
        "email": token.user.email,
        "name": token.name,
        "begins": token.hint,
        "scopes": sorted(token.scope_set),
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
    }
