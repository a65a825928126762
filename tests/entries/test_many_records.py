"""A hundred thousand records: all of them, and in flat memory."""

import json

import psutil
import pytest
from django.core.management import call_command
from django.db import connection

from cms.entries.models import Change, Entry
from tests.conftest import build_site

MANY = 100_000
FEWER = 75_000
MEGABYTE = 1 << 20


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="measured on PostgreSQL")
def test_a_hundred_thousand_records_load_in_flat_memory(tmp_path, capsys):
    build_site()
    # What is remembered of words has a limit, which these reach.
    most, rest = write(tmp_path, range(FEWER)), write(tmp_path, range(FEWER, MANY))
    before = memory()
    call_command("records", "load", "orders", most)
    filled = memory()

    call_command("records", "load", "orders", rest)

    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{MANY - FEWER} stored")
    assert Entry.objects.filter(source="orders").count() == MANY
    assert Change.objects.filter(key__startswith="orders-").count() == MANY
    assert filled - before < 128 * MEGABYTE
    assert memory() - filled < 16 * MEGABYTE


def memory():
    return psutil.Process().memory_info().rss


def line(number):
    record = {
        "id": str(number),
        "type": "order",
        "locale": "fr",
        "title": f"Commande {number}",
        "summary": "Douze présentoirs pour la salle.",
        "body": "Un paragraphe de la commande. " * 20,
        "topics": ["presentoirs"],
        "readers": [],
        "published_at": "2026-11-20T09:00:00Z",
    }
    return json.dumps(record) + "\n"


def write(folder, numbers):
    path = folder / f"{numbers.start}.jsonl"
    with path.open("w") as file:
        file.writelines(line(number) for number in numbers)
    return path
