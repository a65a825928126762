"""The demo: complete, loaded once, readable by each persona as far as the personas go."""

import json
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from io import StringIO

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Page, Revision

from cms.access.audience import readers_of
from cms.access.rule import Rule
from cms.accounts.models import Organisation, Token, User
from cms.demo import accounts, people, serve
from cms.demo.content import Calendar, texts
from cms.demo.load import load
from cms.demo.orders import ORDERS
from cms.demo.pdf import latin, written
from cms.demo.press.room import CONTACTS
from cms.demo.press.wanted import kits
from cms.entries.models import Change, Entry, EntryTopic
from media.models import Document, Image
from pages.base.registry import page_models

HOMES_AND_SECTIONS = 29
KITS = [kit for kit in kits() for _code in kit.words]
LATER_VERSIONS = sum(len(kit.steps) - 1 for kit in kits())


def urls(token=None, **parameters):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found, cursor = set(), None
    while True:
        query = {**parameters, "limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = Client().get("/api/v1/entries", query, headers=headers).json()
        found |= {item["url"] for item in answer["items"]}
        cursor = answer["next"]
        if cursor is None:
            return found


def test_every_text_becomes_an_entry(demo):
    assert demo.pages == len(texts()) + len(KITS) + LATER_VERSIONS
    pages = len(texts()) + HOMES_AND_SECTIONS + len(KITS) + 2 * len(CONTACTS)
    assert Entry.objects.count() == pages + len(ORDERS)


def test_entries_carry_their_topics_in_their_language(demo):
    filed = sum(len(text.raw["topics"]) for text in texts()) + 2 * len(ORDERS)
    filed += sum(len(kit.film["topics"]) for kit in KITS)
    assert EntryTopic.objects.count() == filed
    card = Client().get("/api/v1/entries", {"topic": "presse", "locale": "en"}).json()["items"][0]
    assert {"slug": "presse", "name": "Press"} in card["topics"]


def test_loading_again_changes_nothing(demo):
    before = [Change.objects.count(), Revision.objects.count(), User.objects.count()]
    files = [Image.objects.count(), Document.objects.count()]

    again = load(quiet=True)

    assert (again.pages, again.records) == (0, 0)
    assert [Change.objects.count(), Revision.objects.count(), User.objects.count()] == before
    assert [Image.objects.count(), Document.objects.count()] == files


def test_a_page_that_was_deleted_comes_back_and_nothing_else(demo):
    page = Page.objects.get(slug=texts()[0].slug, locale__language_code="fr")
    page.specific.delete()
    assert load(quiet=True).pages == 1


def test_the_editor_opens_each_page_with_what_readers_see(demo):
    for model in page_models():
        for page in model.objects.select_related("latest_revision"):
            assert page.live_revision_id == page.latest_revision_id is not None
            draft = page.latest_revision.as_object()
            assert draft.title == page.title
            if hasattr(page, "story"):
                assert draft.story.get_prep_value() == page.story.get_prep_value()
            assert not page.has_unpublished_changes


def test_every_page_passes_the_editor_s_own_checks(demo):
    for model in page_models():
        for page in model.objects.all():
            page.full_clean()
            if hasattr(page, "story"):
                page.story.stream_block.clean(page.story)


def test_links_lead_to_pages_of_the_same_language(demo):
    bodies = list(Entry.objects.values_list("body", flat=True))
    assert not any("linktype" in body or 'slug=\\"' in body for body in bodies)
    assert any('href=\\"entry:' in body for body in bodies)


def test_english_versions_stand_beside_their_french_originals(demo):
    versions = {
        text.slug: text.raw["translation_of"] for text in texts() if "translation_of" in text.raw
    }
    pages = {(p.locale.language_code, p.slug): p for p in Page.objects.select_related("locale")}
    assert versions
    for english, french in versions.items():
        assert pages["en", english].translation_key == pages["fr", french].translation_key


def test_dates_are_in_order_and_none_is_ahead(demo):
    now = datetime.now(UTC)
    for page in Page.objects.filter(depth__gt=1):
        assert page.first_published_at <= page.last_published_at <= now


@pytest.mark.parametrize(
    ("persona", "sees", "sees_not"),
    [
        (None, ["/fr/presse/", "/en/press/"], ["/fr/actualites/", "/fr/presse/accredites/"]),
        ("employee", ["/fr/actualites/", "/fr/salles/"], ["/fr/pools/exploitants/"]),
        ("pool-exploitants", ["/fr/pools/exploitants/"], ["/fr/pools/licences/"]),
        ("pool-licences", ["/fr/pools/licences/"], ["/fr/pools/exploitants/"]),
        ("editor", ["/fr/actualites/"], ["/fr/pools/television/"]),
        ("administrator", ["/fr/pools/exploitants/direction-exploitants/"], []),
        ("partner", ["/fr/salles/", "/en/cinemas/"], ["/fr/actualites/", "/fr/presse/accredites/"]),
        ("journalist", ["/fr/presse/accredites/"], ["/fr/salles/", "/fr/pools/"]),
        ("journalist-early", ["/fr/presse/accredites/"], ["/fr/salles/", "/fr/pools/"]),
        ("press-officer", ["/fr/presse/", "/fr/actualites/"], ["/fr/pools/exploitants/"]),
    ],
)
def test_each_persona_sees_their_part(signed_in, persona, sees, sees_not):
    found = urls(signed_in[persona]["token"] if persona else None, type="section,press-room")
    assert set(sees) <= found
    assert not set(sees_not) & found


def test_orders_are_for_the_licensing_pool_alone(signed_in):
    assert len(urls(signed_in["pool-licences"]["token"], type="order")) == len(ORDERS)
    assert not urls(signed_in["employee"]["token"], type="order")


def test_one_outlet_reads_the_embargoed_interview_early(signed_in):
    early = {url for url in urls(signed_in["journalist-early"]["token"]) if "kerjean" in url}
    others = {url for url in urls(signed_in["journalist"]["token"]) if "kerjean" in url}
    assert early - others == {
        "/fr/presse/cp-horlogere-entretien-kerjean/",
        "/en/press/press-kerjean-interview-english/",
    }
    assert others == {url for url in urls() if "kerjean" in url}


def test_passwords_open_the_personas_accounts_and_no_other(demo):
    for email, _ in people.PERSONAS.values():
        assert User.objects.get(email=email).check_password(people.PASSWORD)
    others = User.objects.exclude(email__in=[email for email, _ in people.PERSONAS.values()])
    assert others.count() > 200
    assert not any(user.has_usable_password() for user in others)


def test_numbers_of_readers_are_a_company_s(demo):
    groups = people.groups()
    staff, pool = (Rule.of([[groups[name].pk]]) for name in (people.STAFF, people.EXHIBITION))
    assert readers_of(staff, datetime.now(UTC)).count() == 211
    assert readers_of(pool, datetime.now(UTC)).count() == 15  # its members, and the administrator
    assert Organisation.objects.filter(expires_at__lt=datetime.now(UTC)).exists()


def test_the_editor_publishes_news_but_nothing_in_a_pool(demo):
    editor = User.objects.get(email=people.PERSONAS["editor"][0])
    tom = User.objects.get(email="tom.ashdown@cabestan.example")
    news = Page.objects.get(slug="actualites")
    assert news.permissions_for_user(editor).can_publish_subpage()
    assert not Page.objects.get(slug="exploitants").permissions_for_user(editor).can_edit()
    assert tom.has_perm("wagtailadmin.access_admin")
    assert news.permissions_for_user(tom).can_add_subpage()
    assert not news.permissions_for_user(tom).can_publish_subpage()
    assert news.specific.get_workflow() is not None


def test_accounts_are_printed_as_json_and_kept_for_the_owner_alone(demo):
    accounts.file().unlink(missing_ok=True)
    out = StringIO()
    call_command("demo", accounts=True, port=8123, stdout=out)
    printed = json.loads(out.getvalue())
    assert printed["base"] == "http://127.0.0.1:8123"
    assert list(printed["accounts"]) == list(people.PERSONAS)
    assert accounts.file().stat().st_mode & 0o777 == 0o600

    again = StringIO()
    call_command("demo", accounts=True, stdout=again)
    assert json.loads(again.getvalue()) == printed


def test_lost_tokens_are_made_anew_and_the_old_ones_closed(signed_in):
    accounts.file().unlink()
    fresh = accounts.remember("http://127.0.0.1:8000")["accounts"]
    old, new = signed_in["employee"]["token"], fresh["employee"]["token"]
    assert old != new
    headers = {"Authorization": f"Bearer {old}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert urls(new, type="section")


def test_only_the_administrator_s_token_may_send_records(signed_in):
    scopes = dict(Token.objects.filter(revoked_at=None).values_list("user__email", "scopes"))
    assert [e for e, s in scopes.items() if "ingest" in s] == [signed_in["administrator"]["email"]]


def test_outside_the_demo_settings_it_is_refused(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DJANGO_SETTINGS_MODULE"):
        call_command("demo")


def test_a_port_in_use_is_named():
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
            call_command("demo", port=port)


@pytest.mark.parametrize("value", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_named(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(CommandError, match=f"PORT={value}"):
        call_command("demo")


GRANDPARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}, {mark!r}])"
CHILD = "import time; time.sleep(60)"


def test_stopping_leaves_no_process_behind():
    mark = f"demo-test-{os.getpid()}-{time.monotonic_ns()}"
    command = [sys.executable, "-c", GRANDPARENT.format(child=CHILD, mark=mark)]
    with serve.Children(dict(os.environ)) as children:
        children.start("web", command)
        until = time.monotonic() + 10
        while not running(f"{CHILD} {mark}") and time.monotonic() < until:
            time.sleep(0.05)
        assert running(f"{CHILD} {mark}")
        os.kill(os.getpid(), signal.SIGTERM)
        assert children.wait() == 0
    assert gone(mark)


def gone(words):
    """Whoever was killed may take a moment to leave the list of processes."""
    until = time.monotonic() + 10
    while running(words) and time.monotonic() < until:
        time.sleep(0.05)
    return not running(words)


def running(words):
    lines = (" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))
    return any(words in line for line in lines)


def test_a_process_that_ends_by_itself_ends_the_demo():
    with serve.Children(dict(os.environ)) as children:
        children.start("worker", [sys.executable, "-c", "raise SystemExit(3)"])
        with pytest.raises(CommandError, match="worker process ended with code 3"):
            children.wait()


def test_moments_keep_their_order_and_fall_into_office_hours():
    calendar = Calendar(datetime(2026, 11, 25, 16, 30, tzinfo=UTC))
    moments = [calendar.ago(days / 10) for days in range(200)]
    assert moments == sorted(moments, reverse=True)
    assert all(8 <= moment.hour < 19 for moment in moments[10:])
    assert calendar.now - timedelta(days=21) < moments[-1]


def test_documents_write_around_what_latin_1_lacks():
    assert latin("L’œuvre à 3 €, « n° 5 »…") == "L'oeuvre à 3 EUR, « n° 5 »..."
    assert latin("九龍 — Ž").isascii()
    assert written("Titre", [["Un", "deux"], ["Trois", "quatre"]]).startswith(b"%PDF-")
    assert written("Titre", [["Un"]]) == written("Titre", [["Un"]])


def test_the_demo_is_on_in_these_settings():
    assert settings.DEMO
