"""A hundred thousand records: all of them, and in flat memory."""

import json

import psutil
import pytest
from django.core.management import call_command
from django.db import connection

from cms.entries.models import Change, Entry
from tests.conftest import build_site

MANY = 100_000
MEGABYTE = 1 << 20


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="measured on PostgreSQL")
def test_a_hundred_thousand_records_load_in_flat_memory(tmp_path, capsys):
    build_site()
    path = tmp_path / "records.jsonl"
    with path.open("w") as file:
        for number in range(MANY):
            file.write(line(number))
    call_command("records", "load", "warmup", write_few(tmp_path))
    before = psutil.Process().memory_info().rss

    call_command("records", "load", "orders", path)

    grown = psutil.Process().memory_info().rss - before
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{MANY} stored")
    assert Entry.objects.filter(source="orders").count() == MANY
    assert Change.objects.filter(key__startswith="orders-").count() == MANY
    assert grown < 64 * MEGABYTE


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


def write_few(tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text("".join(line(number) for number in range(2000)))
    return path
