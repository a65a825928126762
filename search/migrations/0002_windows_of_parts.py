"""Passages get the windows of their parts, and become narrow: topics are interned, titles hashed.

What was filed stays findable meanwhile. ``manage.py search rebuild`` then lays it out anew, so that
PostgreSQL keeps the words of short texts outside of their rows too.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

BATCH = 2000


def let_go(apps: Any, schema_editor: Any) -> None:
    """Take away what looks at the table while it changes. All of it is made again afterwards."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS passage_terms")
    else:
        for name in ("search_passage_follows", "search_passage_goes"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


def carry_over(apps: Any, schema_editor: Any) -> None:
    from cms.access.reader import ALWAYS, NEVER
    from search.documents import hash_of, title_hash

    using = schema_editor.connection.alias
    passages = apps.get_model("search", "Passage").objects.using(using)
    subjects = apps.get_model("search", "Subjects").objects.using(using)
    known: dict[str, Any] = {}
    rows = passages.only("pk", "part", "part_gate_id", "topics", "title_key").order_by("pk")
    for batch in _batches(rows.iterator(chunk_size=BATCH)):
        for one in batch:
            lines = one.topics.removeprefix("\n")
            if lines and lines not in known:
                known[lines], _ = subjects.get_or_create(
                    digest=hash_of(lines), defaults={"lines": lines}
                )
            one.subjects = known.get(lines)
            if one.part:
                one.part_opens_at, one.part_closes_at = ALWAYS, NEVER
            else:
                one.title_hash = title_hash(one.title_key)
        passages.bulk_update(
            batch, ["subjects", "title_hash", "part_opens_at", "part_closes_at"], batch_size=200
        )


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
        ("entries", "0005_windows_of_parts_and_files"),
    ]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Subjects",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=32, unique=True)),
                ("lines", models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name="passage",
            name="subjects",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="search.subjects",
            ),
        ),
        migrations.AddField(
            model_name="passage", name="start", field=models.IntegerField(default=0)
        ),
        migrations.AddField(
            model_name="passage", name="title_hash", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="passage",
            name="part_early_gate_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="passage", name="part_opens_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="passage", name="part_closes_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="passage", name="passage_title"),
        migrations.RemoveField(model_name="passage", name="topics"),
        migrations.RemoveField(model_name="passage", name="title_key"),
        migrations.AddIndex(
            model_name="passage",
            index=models.Index(models.F("title_hash"), name="passage_title"),
        ),
    ]
