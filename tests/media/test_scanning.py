"""Only an answer to a whole file says that it is clean; whatever breaks serves nothing."""

import io
import os

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from media import quarantine, scanning
from media.models import Document, Scan
from media.scanning import may_serve, scan, state_of_new
from tests.factories import document
from tests.media import clamd


@pytest.fixture
def asked(settings):
    """Configure an address to ask, with little patience."""

    def configure(address, **more):
        settings.CLAMD_URL = address
        settings.CLAMD_TIMEOUT = more.pop("timeout", 20)
        settings.CLAMD_MAX_BYTES = more.pop("most", 100 << 20)
        settings.SERVE_UNSCANNED = False

    return configure


@clamd.NEEDED
def test_clean_bytes_are_clean_and_the_test_virus_is_named(scanner, asked):
    asked(scanner)

    assert scan(io.BytesIO(b"a dossier")).state == "clean"
    found = scan(io.BytesIO(b"before " + clamd.EICAR))
    assert found.state == "infected"
    assert "Own.Eicar" in found.because


@clamd.NEEDED
def test_what_is_larger_than_the_scanner_takes_is_unscanned_and_not_served(scanner, asked):
    asked(scanner)

    verdict = scan(io.BytesIO(os.urandom(8 * clamd.STREAM_MAX)))

    assert verdict.state == "unscanned"
    assert not may_serve(verdict.state)


@clamd.NEEDED
def test_what_is_known_to_be_too_large_is_not_even_sent(asked):
    asked("unix:///nowhere/clamd.sock", most=10)

    assert scan(io.BytesIO(b"eleven byte")).state == "unscanned"


@pytest.mark.parametrize(
    "behave",
    [
        clamd.cuts_off_at_once,
        clamd.cuts_off_after_hearing,
        clamd.cuts_its_answer,
        clamd.says_ok_before_it_heard,
        clamd.answers(b"OK\0"),
        clamd.answers(b"\xff\xfe\0"),
        clamd.answers(b"stream: OK\0stream: Bad FOUND\0"),
        clamd.answers(b"stream: Can't allocate memory ERROR\0"),
        clamd.answers(b"x" * 100_000),
    ],
    ids=lambda behave: getattr(behave, "__name__", "answer"),
)
def test_a_scanner_that_breaks_or_lies_never_makes_a_file_clean(behave, asked):
    with clamd.impostor(behave) as address:
        asked(address)
        verdict = scan(io.BytesIO(os.urandom(4 << 20)))

    assert verdict.state == "failed"
    assert not may_serve(verdict.state)


def test_a_scanner_that_hangs_is_not_waited_for_for_ever(asked):
    with clamd.impostor(clamd.hangs) as address:
        asked(address, timeout=1)

        assert scan(io.BytesIO(b"bytes")).state == "failed"


@pytest.mark.parametrize("address", ["unix:///nowhere/clamd.sock", "tcp://127.0.0.1:1"])
def test_a_scanner_that_is_down_is_said_so(address, asked):
    asked(address)

    assert scan(io.BytesIO(b"bytes")).state == "failed"


def test_without_a_scanner_files_are_unscanned_and_served_unless_somebody_objects(settings):
    settings.CLAMD_URL = ""

    assert state_of_new() == scan(io.BytesIO(b"bytes")).state == "unscanned"
    assert may_serve("unscanned")
    settings.SERVE_UNSCANNED = False
    assert not may_serve("unscanned")


@pytest.mark.parametrize("state", ["pending", "failed", "infected", "", "anything"])
def test_nothing_else_is_ever_served(state, settings):
    settings.SERVE_UNSCANNED = True

    assert not may_serve(state)


def waiting(content=b"%PDF-1.4 a dossier", **fields):
    """A document that was just uploaded where there is a scanner."""
    file = document(content=content, **fields)
    Document.objects.filter(pk=file.pk).update(scan=Scan.PENDING)
    file.refresh_from_db()
    return file


@clamd.NEEDED
@pytest.mark.django_db
def test_a_waiting_file_is_let_go_or_kept_for_good(scanner, asked):
    asked(scanner)
    good, bad = waiting(), waiting(b"%PDF-1.4 " + clamd.EICAR)
    assert state_of_new() == Scan.PENDING

    quarantine.ask(good)
    quarantine.ask(bad)

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.scan, bad.scan) == (Scan.CLEAN, Scan.INFECTED)


@clamd.NEEDED
@pytest.mark.django_db
def test_a_file_that_failed_is_retried_by_the_command(scanner, asked, capsys):
    file = waiting()
    asked("unix:///nowhere/clamd.sock")
    quarantine.ask(file)
    file.refresh_from_db()
    assert file.scan == Scan.FAILED
    with pytest.raises(SystemExit):
        call_command("scan", failed=True, verbosity=0)

    asked(scanner)
    call_command("scan", failed=True, verbosity=0)

    file.refresh_from_db()
    assert file.scan == Scan.CLEAN
    assert "1 clean" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_same_bytes_share_an_answer_and_others_are_left_alone(asked):
    file, twin, other = waiting(), waiting(), waiting(b"%PDF-1.4 another")
    with clamd.impostor(clamd.answers(b"stream: OK\0")) as address:
        asked(address)
        quarantine.ask(file)

    for one in (file, twin, other):
        one.refresh_from_db()
    assert (file.scan, twin.scan, other.scan) == (Scan.CLEAN, Scan.CLEAN, Scan.PENDING)


@pytest.mark.django_db
def test_a_file_whose_bytes_are_missing_is_not_clean(asked):
    file = waiting(b"%PDF-1.4 soon gone")
    file.file.storage.discard(file.blob.name)
    asked("unix:///nowhere/clamd.sock")

    assert quarantine.scan_now("document", file.pk).state == Scan.FAILED


@pytest.mark.django_db
def test_the_command_says_that_there_is_no_scanner(settings):
    settings.CLAMD_URL = ""

    with pytest.raises(CommandError, match="CLAMD_URL"):
        call_command("scan")


def test_states_are_those_of_the_library():
    assert {scanning.CLEAN, scanning.FAILED, scanning.INFECTED} | {
        scanning.PENDING,
        scanning.UNSCANNED,
    } == set(Scan.values)


@pytest.mark.django_db
def test_a_scan_without_an_answer_is_asked_again_by_the_worker(asked, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    file = waiting()
    asked("unix:///nowhere/clamd.sock")

    quarantine.scan.call("document", file.pk)
    quarantine.scan.call("document", file.pk, 20)

    again = DBTaskResult.objects.get(task_path="media.quarantine.scan")
    assert again.run_after > timezone.now()
    assert again.args_kwargs["args"] == ["document", file.pk, 1]
