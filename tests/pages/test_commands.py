"""The commands: project, token."""

import json

import pytest
from django.core.management import CommandError, call_command

from cms.accounts.models import Token
from cms.entries.models import Entry
from tests.factories import article, subsection

pytestmark = pytest.mark.django_db


def run(capsys, *args, **options):
    call_command(*args, **options)
    return capsys.readouterr().out


def test_nothing_drifts_by_itself(section, capsys):
    for _ in range(3):
        article(section)

    assert "6 pages, 0 drifted" in run(capsys, "project", all=True, check=True)


def test_drift_is_reported_and_mended(section, capsys):
    gone, stale, kept = (article(section) for _ in range(3))
    Entry.objects.filter(page_id=gone.pk).delete()
    Entry.objects.filter(page_id=stale.pk).update(title="Faux", fingerprint="x")
    Entry.objects.filter(page_id=kept.pk).update(page_id=99999, key="article-99999", path="/x/")

    with pytest.raises(CommandError, match="drifted"):
        call_command("project", all=True, check=True)
    assert Entry.objects.get(page_id=stale.pk).title == "Faux", "a check writes nothing"
    told = run(capsys, "project", all=True)

    assert f"missing: {gone.entry_key}" in told
    assert f"differing: {stale.entry_key}" in told
    assert "left over: article-99999" in told
    assert "0 drifted" in run(capsys, "project", all=True, check=True)


def test_one_page_and_one_subtree(section, site, capsys):
    inner = subsection(section)
    page = article(inner)
    elsewhere = article(subsection(site))
    Entry.objects.filter(page_id__in=[page.pk, elsewhere.pk]).delete()

    assert "1 pages, 0 drifted" in run(capsys, "project", page=inner.pk)
    assert "2 pages, 1 drifted" in run(capsys, "project", subtree=inner.pk)

    assert Entry.objects.filter(page_id=page.pk).exists()
    assert not Entry.objects.filter(page_id=elsewhere.pk).exists()


def test_a_page_that_does_not_exist_is_named(site):
    with pytest.raises(CommandError, match="no page 99999"):
        call_command("project", page=99999)


def test_tokens_from_the_command_line(make_user, capsys, api):
    make_user("machine@cabestan.example")

    made = json.loads(
        run(capsys, "token", "create", "Machine@cabestan.example", scopes="read,ingest", days=7)
    )

    assert made["token"].startswith("fr_")
    assert made["scopes"] == ["ingest", "read"]
    assert api.get("me", token=made["token"]).json()["email"] == "machine@cabestan.example"
    (listed,) = json.loads(run(capsys, "token", "list"))
    assert "token" not in listed
    assert made["token"] not in json.dumps(listed)
    json.loads(run(capsys, "token", "revoke", made["id"]))
    assert api.get("me", token=made["token"]).status_code == 401


def test_only_the_digest_of_a_token_is_stored(make_user, capsys):
    make_user("machine@cabestan.example")
    made = json.loads(run(capsys, "token", "create", "machine@cabestan.example"))

    stored = Token.objects.values().get()

    assert made["token"] not in str(stored)


@pytest.mark.parametrize(
    ("args", "options", "told"),
    [
        (["create", "nobody@cabestan.example"], {}, "Nobody has the address"),
        (["create", "machine@cabestan.example"], {"scopes": "write"}, "--scopes"),
        (["create", "machine@cabestan.example"], {"days": 0}, "--days"),
        (["revoke", 99999], {}, "no token 99999"),
    ],
)
def test_mistakes_on_the_command_line_are_told(make_user, args, options, told):
    make_user("machine@cabestan.example")

    with pytest.raises(CommandError, match=told):
        call_command("token", *args, **options)
