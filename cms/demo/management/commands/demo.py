"""``manage.py demo``: Groupe Cabestan at one address, ready to be looked at."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from cms.demo import accounts, serve, tree
from cms.demo.load import is_complete, load
from cms.demo.people import PASSWORD, PERSONAS

DEFAULT_PORT = 8000


class Command(BaseCommand):
    help = "Load the demo where it is missing, and serve portal, API, editor and worker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=None, help="the port (default: PORT, or 8000)"
        )
        only = parser.add_mutually_exclusive_group()
        only.add_argument(
            "--load", action="store_true", help="add whatever of the demo is missing, and end"
        )
        only.add_argument(
            "--accounts", action="store_true", help="print address, sign-ins and tokens as JSON"
        )

    def handle(self, *, port: int | None, verbosity: int, **options: Any) -> None:
        if not getattr(settings, "DEMO", False):
            raise CommandError(
                "The demo's passwords are public, so it runs only with the demo settings: "
                "DJANGO_SETTINGS_MODULE=cms.settings.demo."
            )
        if options["accounts"]:
            self._accounts(port)
        elif options["load"]:
            self._load(quiet=verbosity == 0)
        else:
            self._serve(port or _port_of_environment() or DEFAULT_PORT, quiet=verbosity == 0)

    def _accounts(self, port: int | None) -> None:
        if _is_behind() or not tree.is_planted():
            raise CommandError("The demo is not loaded: run make demo, or manage.py demo --load.")
        port = port or _port_of_environment()
        base = serve.address(port) if port else accounts.last_base()
        present = accounts.remember(base or serve.address(DEFAULT_PORT))
        self.stdout.write(json.dumps(present, indent=2))

    def _load(self, *, quiet: bool) -> None:
        self._migrate(quiet=quiet)
        loaded = load(quiet=quiet)
        if not quiet:
            self.stdout.write(f"Pages added: {loaded.pages}. Records added: {loaded.records}.")

    def _serve(self, port: int, *, quiet: bool) -> None:
        serve.check_port(port)
        self._migrate(quiet=quiet)
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            call_command("collectstatic", verbosity=0, interactive=False)
        if not is_complete():
            load(quiet=quiet)
        accounts.remember(serve.address(port))
        connections.close_all()
        code = serve.serve(port, manage=sys.argv[0], ready=lambda: self._say(port))
        self.stdout.write("\nStopped.")
        sys.exit(code)

    def _migrate(self, *, quiet: bool) -> None:
        """Only when there is something to do: looking is quick, going through it all is not."""
        if not _is_behind():
            return
        if not quiet:
            self.stdout.write("Making the database's tables…")
        call_command("migrate", verbosity=0, interactive=False)

    def _say(self, port: int) -> None:
        width = max(len(email) for email, _ in PERSONAS.values())
        lines = [
            "",
            f"  Groupe Cabestan   {serve.address(port)}/",
            f"  Editor            {serve.address(port)}/editor/",
            f"  API               {serve.address(port)}/api/v1/docs",
            "",
            f"  Password of all   {PASSWORD}",
            "",
            *(f"  {email:{width}}  {what}" for email, what in PERSONAS.values()),
            "",
            "  Tokens: manage.py demo --accounts      Stop: Ctrl-C",
            f"  Passkeys: browsers take them at http://localhost:{port}/ only",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _port_of_environment() -> int | None:
    value = os.environ.get("PORT", "")
    if value and not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise CommandError(f"PORT={value} is not a port number.")
    return int(value) if value else None


def _is_behind() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
