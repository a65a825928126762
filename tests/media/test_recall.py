"""Exactly those who took a file are told when it is withdrawn or corrected, and once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import Q

from cms.accounts import identity
from cms.accounts.models import Organisation
from cms.entries import publish
from cms.entries.models import FeedHead
from media.downloads import following, logging, looking, recall, telling
from media.downloads.models import Download, Notice, Taken, Told
from media.kits.choosing import Choice
from media.models import Document, Image
from media.renditions import keeping
from tests.factories import document, jpeg, picture
from tests.media.takers import KEY, publish_kit, rendered, take, take_file


@pytest.fixture(autouse=True)
def _listening(db):
    following.connect()
    yield
    logging.forget()


@pytest.fixture
def outlet(db):
    return Organisation.objects.create(name="Le Courrier du Port", kind="outlet")


@pytest.fixture
def nadia(make_user, press, outlet):
    return make_user(
        "nadia@courrier.example", groups=[press], organisation=outlet, first_name="Nadia",
        last_name="Ferrand", language="fr",
    )  # fmt: skip


@pytest.fixture
def leo(make_user, press):
    return make_user("leo@radio.example", groups=[press], language="en")


@pytest.fixture
def files(press):
    found = [
        rendered(picture("Atelier", credit="Ana Ruiz / Cabestan", colour="teal")),
        rendered(picture("Quai", credit="Ana Ruiz / Cabestan", colour="navy")),
        document("Dossier", content=b"%PDF-1.4 " + b"x" * 500, credit="Cabestan"),
    ]
    publish_kit(*found, groups=[press])
    following.turn(identity.now())
    return found


def only(*files):
    return Choice(anchors=tuple(f"a-{one.file_key}" for one in files))


def saved(asset, capture, **changes):
    """An editor saves a file; what happens behind the commit happens."""
    asset = type(asset).objects.get(pk=asset.pk)
    for name, value in changes.items():
        setattr(asset, name, value)
    with capture(execute=True):
        asset.save()
    if isinstance(asset, Image):
        keeping.make(asset)
    return asset


def withdraw(asset, capture, because="Une personne a retiré son accord."):
    return saved(asset, capture, withdrawn_at=identity.now(), withdrawn_because=because)


def after_a_quarter(capture, minutes=16):
    with capture(execute=True):
        following.turn(identity.now())
        following.turn(identity.now() + timedelta(minutes=minutes))


def addresses():
    return sorted(one.to[0] for one in mail.outbox)


capture = pytest.fixture(
    lambda django_capture_on_commit_callbacks: django_capture_on_commit_callbacks
)


def test_those_who_took_a_withdrawn_file_and_nobody_else_are_told_at_once(
    nadia, leo, make_user, press, files, capture
):
    layout = take(nadia)
    take(leo, choice=only(files[1]))
    make_user("autre@presse.example", groups=[press])

    withdraw(files[0], capture)

    (message,) = mail.outbox
    assert message.to == ["nadia@courrier.example"]
    assert files[0].filename in message.subject
    assert f"- {files[0].filename}" in message.body
    assert layout.members[0].sha256 in message.body
    assert layout.members[1].sha256 not in message.body
    assert "Une personne a retiré son accord." in message.body
    assert f"/fr/presse/{KEY}/" in message.body
    assert "Nadia Ferrand" in message.body


def test_somebody_whose_download_broke_off_before_the_file_is_not_told(nadia, files, capture):
    take(nadia, 0, 50)
    withdraw(files[1], capture)
    assert mail.outbox == []


def test_who_and_how_many_are_known_before(nadia, leo, files):
    take(nadia)
    take(nadia, choice=Choice(size="web"))
    take(leo, choice=only(files[0]))
    Download.objects.filter(person=leo).update(person=None)

    rows = recall.taken(Q(file=files[0].file_key)).select_related("download__person")
    assert {(one.download.person, one.download.outlet) for one in rows} == {
        (nadia, "Le Courrier du Port")
    }
    assert len({one.sha256 for one in rows}) == 2
    assert recall.count_of(files[0].file_key) == 1
    assert recall.anonymous_of(files[0].file_key) == 1
    assert recall.count_of("image-999999") == 0


def test_a_withdrawal_is_told_once_however_often_the_file_is_saved(nadia, files, capture):
    take(nadia)
    asset = withdraw(files[0], capture)
    saved(asset, capture, title="Autre titre")
    after_a_quarter(capture)
    following.sweep(identity.now() + timedelta(days=1))

    assert len(mail.outbox) == 1


def test_many_files_withdrawn_together_are_one_mail(nadia, files, capture):
    take(nadia)
    with capture(execute=True):
        for one in files:
            one.withdrawn_at = identity.now()
            one.save()

    (message,) = mail.outbox
    assert all(one.filename in message.body for one in files)


def test_what_was_withdrawn_around_the_code_is_found_by_the_hourly_look(nadia, files, capture):
    take(nadia)
    Image.objects.filter(pk=files[0].pk).update(withdrawn_at=identity.now())
    assert looking.withdrawn_and_untold() == {files[0].file_key}

    with capture(execute=True):
        following.sweep(identity.now())

    assert addresses() == ["nadia@courrier.example"]


def test_a_person_who_may_not_read_any_more_gets_the_name_and_checksum_and_no_more(
    nadia, files, press, capture
):
    layout = take(nadia)
    nadia.groups.remove(press)
    identity.forget_all()

    withdraw(files[0], capture)

    (message,) = mail.outbox
    assert layout.members[0].sha256 in message.body
    assert f"/fr/presse/{KEY}/" not in message.body
    assert "Horlogère" not in message.body + message.subject


def test_five_quick_corrections_are_one_mail_with_what_changed_from_what_they_have(
    nadia, files, press, capture
):
    take(nadia)
    for credit in ("A", "B", "C", "D", "Ana Ruiz et Ida Voss / Cabestan"):
        asset = saved(files[0], capture, credit=credit)
        publish_kit(asset, *files[1:], groups=[press])
        after_a_quarter(capture, minutes=1)
    assert mail.outbox == []
    assert Notice.objects.get().state == "pending"

    after_a_quarter(capture)

    (message,) = mail.outbox
    assert "Ana Ruiz et Ida Voss / Cabestan" in message.body
    assert "Ana Ruiz / Cabestan" in message.body
    assert recall.told(KEY, 6) == 1
    assert recall.told(KEY, 1) == 0


def test_a_correction_that_is_undone_is_told_to_nobody(nadia, files, press, capture):
    take(nadia)
    asset = saved(files[0], capture, credit="Faux")
    publish_kit(asset, *files[1:], groups=[press])
    after_a_quarter(capture, minutes=1)
    asset = saved(asset, capture, credit="Ana Ruiz / Cabestan")
    publish_kit(asset, *files[1:], groups=[press])
    after_a_quarter(capture)

    assert mail.outbox == []
    assert Notice.objects.get().state == "dismissed"


def test_whoever_took_the_corrected_file_is_not_told_of_it(nadia, leo, files, press, capture):
    take(nadia)
    asset = saved(files[0], capture, credit="Ida Voss")
    publish_kit(asset, *files[1:], groups=[press])
    take(leo)
    after_a_quarter(capture)

    assert addresses() == ["nadia@courrier.example"]


def test_whoever_took_it_again_since_is_not_told_either(nadia, files, press, capture):
    take(nadia)
    asset = saved(files[0], capture, credit="Ida Voss")
    publish_kit(asset, *files[1:], groups=[press])
    take(nadia)
    after_a_quarter(capture)

    assert mail.outbox == []


def test_other_bytes_are_told_of(nadia, files, press, capture):
    take(nadia)
    asset = saved(files[1], capture, file=jpeg((900, 600), "red"))
    publish_kit(files[0], asset, files[2], groups=[press])
    after_a_quarter(capture)

    (message,) = mail.outbox
    assert Taken.objects.get(position=1).sha256 in message.body


def test_a_correction_is_not_told_to_those_who_may_not_read_it(nadia, leo, files, press, capture):
    take(nadia)
    take(leo)
    asset = saved(files[0], capture, credit="Ida Voss")
    publish_kit(asset, *files[1:], groups=[press])
    nadia.groups.remove(press)
    identity.forget_all()
    after_a_quarter(capture)

    assert addresses() == ["leo@radio.example"]
    assert Told.objects.filter(is_withheld=True).get().person == nadia
    assert recall.told(KEY, 2) == 1


def test_mail_speaks_the_language_of_its_reader(leo, files, capture):
    take(leo)
    withdraw(files[0], capture)

    assert "This file was withdrawn. Please do not use it any more" in mail.outbox[0].body


def test_a_single_file_that_was_corrected_is_told_to_its_taker(nadia, files, capture):
    take_file(nadia, files[2])
    saved(files[2], capture, usage_terms="Usage éditorial jusqu’au 1er mars.")
    after_a_quarter(capture)

    (message,) = mail.outbox
    assert "Usage éditorial jusqu’au 1er mars." in message.body


def test_a_material_correction_of_the_text_is_told_with_its_notes(nadia, files, press, capture):
    take(nadia)
    publish_kit(
        *files, groups=[press], title="L’Horlogère, corrigé", note="Date de sortie : 3 juin."
    )
    publish_kit(*files, groups=[press], title="L’Horlogère, bis", note="Durée : 92 minutes.")
    after_a_quarter(capture)

    (message,) = mail.outbox
    assert "Date de sortie : 3 juin.\nDurée : 92 minutes." in message.body
    after_a_quarter(capture, minutes=40)
    assert len(mail.outbox) == 1


def test_a_kit_that_is_taken_offline_waits_for_an_editors_word(nadia, files, press, capture):
    take(nadia)
    publish.retire(Q(key=KEY), at=identity.now())
    after_a_quarter(capture, minutes=600)
    assert mail.outbox == []

    notice = Notice.objects.get(kind="unpublished")
    with capture(execute=True):
        assert telling.send([notice.pk], identity.now()) == 1

    assert "L’Horlogère" in mail.outbox[0].subject


def test_a_kit_that_comes_back_is_no_news(nadia, files, press, capture):
    take(nadia)
    publish.retire(Q(key=KEY), at=identity.now())
    following.turn(identity.now())
    publish_kit(*files, groups=[press])
    following.turn(identity.now())

    assert Notice.objects.get(kind="unpublished").state == "dismissed"


def test_what_an_editor_dismissed_is_not_opened_again(nadia, files, press, capture):
    take(nadia)
    asset = saved(files[0], capture, credit="Ida Voss")
    publish_kit(asset, *files[1:], groups=[press])
    after_a_quarter(capture, minutes=1)
    telling.dismiss(Notice.objects.get().pk, identity.now())
    following.sweep(identity.now() + timedelta(hours=1))

    assert list(Notice.objects.values_list("state", flat=True)) == ["dismissed"]
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_asked_again(nadia, files, capture, settings):
    """Nothing is marked as told before it has left; the second attempt sends what waits."""
    from media.downloads import mailing

    take(nadia)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    withdraw(files[0], capture)
    told = Told.objects.get()
    assert told.sent_at is None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mailing.deliver.call([told.pk])
    mailing.deliver.call([told.pk])

    assert len(mail.outbox) == 1
    told.refresh_from_db()
    assert told.sent_at is not None


def test_before_its_first_turn_nothing_is_news(nadia, press, db):
    asset = document("Ancien")
    publish_kit(asset, groups=[press], note="Correction d’hier.")
    take(nadia)
    following.turn(identity.now())

    assert FeedHead.objects.get().last > 0
    assert not Notice.objects.exists()
    assert Document.objects.count() == 1


def test_a_file_nobody_took_costs_one_query_more(files, django_assert_num_queries):
    asset = files[2]
    with django_assert_num_queries(1):
        following._saved(asset, raw=False, created=False)
