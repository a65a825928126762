"""From a stranger's request to press material, and back: what HTTP says at each step."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from threading import Thread
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from cms.accounts import identity, tokens
from cms.accounts.models import Organisation, User
from media import links
from pages.press.accreditation.models import Accreditation, PressTerms, TermsAccepted
from tests.accounts.conftest import Door
from tests.factories import article, picture, restrict, subsection

pytestmark = pytest.mark.django_db

FORM = "/fr/press/accreditation/"
MINE = "/fr/press/accreditation/mine/"
LINK = re.compile(r"https?://\S+/press/accreditation/confirm/\S+")
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
NADIA = "nadia.ferrand@ecran-du-matin.example"


@pytest.fixture(autouse=True)
def _nobody_asked_yet(db):
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    """The one clock of the product, which these tests set."""
    return Clock(monkeypatch)


class Clock:
    def __init__(self, monkeypatch):
        self.patch = monkeypatch

    def set(self, moment):
        self.patch.setattr(identity, "now", lambda: moment)


@pytest.fixture
def officer(make_user):
    """A press officer: an editor with the one permission, and no administrator."""
    desk = Group.objects.create(name="Service de presse")
    desk.permissions.set(
        Permission.objects.filter(codename__in=["access_admin", "decide_accreditation"])
    )
    make_user("margaux@cabestan.example", groups=[desk], first_name="Margaux")
    client = Client()
    client.force_login(User.objects.get(email="margaux@cabestan.example"))
    return client


@pytest.fixture
def outlet(db):
    return Organisation.objects.create(
        name="L’Écran du matin", kind=Organisation.Kind.OUTLET, territory="FR"
    )


@pytest.fixture
def press_page(section):
    """A page for the accredited press alone."""
    press, _ = Group.objects.get_or_create(name="Presse accréditée")
    room = subsection(section, "Avant l’heure", slug="avant-l-heure")
    restrict(room, press)
    return article(room, "L’Horlogère", slug="l-horlogere")


def filled(**changes):
    """The form as a browser sends it."""
    return {
        "first_name": "Nadia",
        "last_name": "Ferrand",
        "email": NADIA,
        "phone": "01 99 00 41 12",
        "outlet_name": "L’Écran du matin",
        "role": "Critique",
        "beat": "cinema",
        "country": "FR",
        "links": "https://ecran-du-matin.example/a\nhttps://ecran-du-matin.example/b",
        "message": "Bonjour",
        "website": "",
        **changes,
    }


def ask(client=None, **changes):
    return (client or Client()).post(FORM, filled(**changes))


def mailed_link(to=NADIA):
    latest = [one for one in mail.outbox if to in one.to and LINK.search(one.body)][-1]
    return urlsplit(LINK.search(latest.body)[0]).path


def ask_and_confirm(**changes):
    ask(**changes)
    Client().post(mailed_link(changes.get("email", NADIA)))
    return Accreditation.objects.filter(confirmed_at__isnull=False).latest("pk")


def decide(officer, asked, action, **data):
    return officer.post(f"/editor/press/accreditations/{asked.pk}/{action}/", data)


def approve(officer, asked, outlet, last_day="2099-12-31", **data):
    if last_day == "2099-12-31":
        last_day = f"{identity.now().year + 1}-12-31"
    answer = decide(officer, asked, "approve", outlet=outlet.pk, last_day=last_day, **data)
    assert answer.status_code == 302, answer.content.decode()
    asked.refresh_from_db()
    return asked


def accredited(officer, outlet, **changes):
    return approve(officer, ask_and_confirm(**changes), outlet)


def signed_in(email=NADIA):
    """A browser in which the person signed in with the mailed code."""
    door = Door()
    door.ask_code(email)
    door.enter_code(door.code)
    assert door.is_inside
    return door.client


# The whole way


def test_a_journalist_asks_confirms_is_approved_signs_in_by_code_and_reads(
    officer, outlet, press_page, client
):
    assert client.get(press_page.get_url()).status_code == 404

    sent = ask()
    assert sent["Location"] == f"{FORM}sent/"
    assert "Ferrand" not in officer.get("/editor/press/accreditations/").content.decode()

    confirmed = Client().post(mailed_link())
    assert confirmed["Location"] == f"{FORM}confirmed/"
    assert "Nadia Ferrand" in officer.get("/editor/press/accreditations/").content.decode()

    asked = approve(officer, Accreditation.objects.get(), outlet)
    person = User.objects.get(email=NADIA)
    assert asked.state == "approved"
    assert not person.has_usable_password()
    assert person.organisation == outlet
    assert person.language == "fr"
    assert mail.outbox[-1].subject.endswith("accreditation") or "accr" in mail.outbox[-1].subject
    assert mail.outbox[-1].to == [NADIA]

    answer = signed_in().get(press_page.get_url())
    assert answer.status_code == 200
    assert "L’Horlogère" in answer.content.decode()


def test_revoking_closes_session_token_and_feed_on_the_very_next_request(
    officer, outlet, press_page, api
):
    asked = accredited(officer, outlet)
    person = User.objects.get(email=NADIA)
    browser = signed_in()
    token = tokens.create(
        person, name="Bureau", scopes=["read", "feed"], days=30, at=identity.now()
    ).secret
    feed = f"/feeds/{press_page.get_parent().specific.entry_key}.atom?token={token}"
    path = f"entries/{press_page.entry_key}"
    opened = [
        browser.get(press_page.get_url()),
        api.get(path, token=token),
        Client().get(feed),
    ]
    assert [one.status_code for one in opened] == [200, 200, 200]

    decide(officer, asked, "revoke", reason="Embargo rompu.")

    closed = [
        browser.get(press_page.get_url()),
        api.get(path, token=token),
        Client().get(feed),
    ]
    assert [one.status_code for one in closed] == [404, 404, 404]
    assert "Embargo rompu." in mail.outbox[-1].body
    person.refresh_from_db()
    assert person.organisation != outlet
    assert person.organisation is not None  # nobody becomes one of the company's own people


def test_revoking_closes_links_to_files_that_were_given_out(officer, outlet, press_page, api):
    photo = picture()
    held = article(press_page.get_parent(), "Photos", lead_image=photo, lead_alt="Une horloge")
    asked = accredited(officer, outlet)
    token = tokens.create(
        User.objects.get(email=NADIA), name="x", scopes=["read"], days=9, at=identity.now()
    ).secret
    reader = identity.reader_for_token(token)
    link = links.make(reader, photo.file_key, None, 900).href
    before = Client().get(link)

    decide(officer, asked, "revoke", reason="Fin")
    after = Client().get(link)

    assert held.live
    assert (before.status_code, after.status_code) == (200, 404)


def test_an_accreditation_ends_by_the_clock_and_by_nothing_else(
    officer, outlet, press_page, api, clock
):
    end = datetime(identity.now().year + 2, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))
    asked = approve(officer, ask_and_confirm(), outlet, last_day=f"{end.year - 1}-12-31")
    person = User.objects.get(email=NADIA)
    token = tokens.create(person, name="x", scopes=["read"], days=900, at=identity.now()).secret
    path = f"entries/{press_page.entry_key}"
    assert asked.ends_at == end

    clock.set(end - timedelta(seconds=1))
    before = api.get(path, token=token)
    clock.set(end)
    after = api.get(path, token=token)

    assert (before.status_code, after.status_code) == (200, 404)
    asked.refresh_from_db()
    assert asked.state == "approved"  # nothing was written
    page = officer.get(f"/editor/press/accreditations/{asked.pk}/")
    assert page.status_code in {200, 302}


def test_a_refusal_opens_nothing_and_mails_the_reason(officer, press_page):
    asked = ask_and_confirm()

    decide(officer, asked, "refuse", reason="Nous accréditons les titres de presse.")

    asked.refresh_from_db()
    assert asked.state == "refused"
    assert "Nous accréditons les titres de presse." in mail.outbox[-1].body
    assert not User.objects.filter(email=NADIA).exists()


def test_a_journalist_asks_to_renew_with_one_click_and_the_desk_confirms(
    officer, outlet, press_page, clock
):
    asked = accredited(officer, outlet)
    browser = signed_in()
    assert 'action="/fr/press/accreditation/mine/renew/"' not in browser.get(MINE).content.decode()

    asked.ends_at = identity.now() + timedelta(days=20)
    asked.save()
    asked.membership.ends_at = asked.ends_at
    asked.membership.save()
    assert 'action="/fr/press/accreditation/mine/renew/"' in browser.get(MINE).content.decode()
    browser.post(f"{MINE}renew/")
    asked.refresh_from_db()
    assert asked.renewal_asked_at is not None
    listed = officer.get("/editor/press/accreditations/?attention=renewal").content.decode()
    assert "Nadia Ferrand" in listed

    year = identity.now().year + 2
    decide(officer, asked, "renew", last_day=f"{year}-12-31")

    asked.refresh_from_db()
    assert asked.renewal_asked_at is None
    assert asked.membership.ends_at == asked.ends_at
    assert asked.ends_at.astimezone(ZoneInfo("Europe/Paris")).year == year + 1
    assert browser.get(press_page.get_url()).status_code == 200


def test_what_ended_is_opened_again_by_renewing(officer, outlet, press_page):
    asked = accredited(officer, outlet)
    browser = signed_in()
    decide(officer, asked, "expire")
    ended = browser.get(press_page.get_url()).status_code

    browser.post(f"{MINE}renew/")
    decide(officer, asked, "renew", last_day=f"{identity.now().year + 1}-12-31")

    assert (ended, browser.get(press_page.get_url()).status_code) == (404, 200)


def test_a_revoked_accreditation_is_not_renewed_by_its_owner(officer, outlet):
    asked = accredited(officer, outlet)
    browser = signed_in()
    decide(officer, asked, "revoke", reason="Non")

    browser.post(f"{MINE}renew/")

    asked.refresh_from_db()
    assert asked.renewal_asked_at is None


# Strangers learn nothing


def test_the_answer_is_the_same_for_known_unknown_and_accredited_addresses(
    officer, outlet, make_user
):
    accredited(officer, outlet)
    make_user("camille@cabestan.example")
    mail.outbox.clear()

    answers = [ask(email=one) for one in (NADIA, "camille@cabestan.example", "x@y.example")]

    seen = {(one.status_code, one["Location"], one.content) for one in answers}
    assert len(seen) == 1
    assert len(mail.outbox) == 3
    subjects = {one.subject for one in mail.outbox}
    assert len(subjects) == 1


def test_nothing_reaches_the_desk_before_the_address_is_confirmed(officer):
    ask()
    hidden = Accreditation.objects.get()

    listed = officer.get("/editor/press/accreditations/").content.decode()
    detail = officer.get(f"/editor/press/accreditations/{hidden.pk}/", follow=True)
    approving = officer.get(f"/editor/press/accreditations/{hidden.pk}/approve/", follow=True)

    assert "Ferrand" not in listed
    assert (detail.status_code, approving.status_code) == (404, 404)


def test_opening_the_link_confirms_nothing_the_button_does():
    ask()
    opened = Client().get(mailed_link())

    assert opened.status_code == 200
    assert "L’Écran du matin" in opened.content.decode()
    assert Accreditation.objects.get().confirmed_at is None

    Client().post(mailed_link())
    assert Accreditation.objects.get().confirmed_at is not None


def test_a_link_is_good_for_three_days_and_cannot_be_made_up(clock):
    ask()
    link = mailed_link()
    start = identity.now()

    made_up = Client().post(link[:-3] + "AAA/")
    clock.set(start + timedelta(days=4))
    late = Client().post(link)

    assert (made_up.status_code, late.status_code) == (404, 404)
    assert Accreditation.objects.get().confirmed_at is None


def test_a_second_request_takes_the_place_of_the_one_that_waits():
    first = ask_and_confirm(outlet_name="Ancien titre")
    ask_and_confirm(outlet_name="Nouveau titre")

    waiting = Accreditation.objects.get()
    assert waiting.pk == first.pk
    assert waiting.outlet_name == "Nouveau titre"


def test_somebody_elses_unconfirmed_request_changes_nothing():
    mine = ask_and_confirm()

    ask(outlet_name="Un autre titre", last_name="Autre")

    mine.refresh_from_db()
    assert mine.outlet_name == "L’Écran du matin"


def test_requests_from_one_computer_and_mails_to_one_address_are_counted():
    by_address = [ask().status_code for _ in range(6)]
    by_computer = [
        ask(email=f"journaliste-{number}@titre.example").status_code for number in range(30)
    ]

    assert by_address == [302] * 5 + [429]
    assert by_computer[:24] == [302] * 24
    assert by_computer[24:] == [429] * 6
    assert len(mail.outbox) == 29


def test_a_program_that_fills_in_the_trap_gets_the_same_answer_and_nothing_is_kept():
    person, program = ask(), ask(email="robot@robot.example", website="https://spam.example")

    assert (program.status_code, program["Location"]) == (person.status_code, person["Location"])
    assert Accreditation.objects.count() == 1
    assert len(mail.outbox) == 1


# The form


def test_errors_are_summed_up_first_and_tied_to_their_fields():
    answer = ask(email="pas une adresse", outlet_name="", links="http://ouvert.example")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert text.index('role="alert"') < text.index('id="id_first_name"')
    for name in ("email", "outlet_name", "links"):
        assert f'href="#id_{name}"' in text
        assert re.search(rf'id="id_{name}"[^>]*aria-invalid="true"', text) or re.search(
            rf'aria-invalid="true"[^>]*id="id_{name}"', text
        )
    assert 'value="Nadia"' in text  # what was typed stays
    assert Accreditation.objects.count() == 0


@pytest.mark.parametrize(
    "links",
    [
        "javascript:alert(1)",
        "http://titre.example/",
        "https://a.example " * 6,
        "https://titre.example/" + "x" * 500,
    ],
)
def test_links_are_at_most_five_https_addresses(links):
    answer = ask(links=links)

    assert 'href="#id_links"' in answer.content.decode()
    assert Accreditation.objects.count() == 0


def test_the_form_speaks_french_and_english_and_leads_from_one_to_the_other(client):
    french = client.get(FORM).content.decode()
    english = client.get("/en/press/accreditation/").content.decode()

    assert '<html lang="fr"' in french
    assert "Press accreditation" in english
    assert 'href="/en/press/accreditation/"' in french
    assert "Suisse" in french
    assert "Switzerland" in english


def test_the_pages_have_no_inline_script_and_no_inline_style_and_are_kept_nowhere(client):
    for path in (FORM, f"{FORM}sent/", f"{FORM}confirmed/"):
        answer = client.get(path)
        text = answer.content.decode()
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]* src=)", text)
        assert "no-store" in answer["Cache-Control"]


# Proofs


def jpeg():
    buffer = BytesIO()
    Image.new("RGB", (600, 400), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("carte.pdf", PDF, "carte.pdf"),
        ("carte.jpg", jpeg(), "carte.jpg"),
        ("carte.html", jpeg(), "carte.jpg"),
        ("../../etc/c\u202earte\x00.pdf", PDF, None),
    ],
)
def test_a_proof_is_kept_privately_and_given_to_the_desk_as_a_download(
    officer, name, content, kept_as
):
    asked = ask_and_confirm(proof=SimpleUploadedFile(name, content))

    answer = officer.get(f"/editor/press/accreditations/{asked.pk}/proof/")

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    if kept_as:
        assert asked.proof_name == kept_as
    assert "\u202e" not in asked.proof_name
    assert "/" not in asked.proof_name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("carte.pdf", b"<html><script>alert(1)</script></html>"),
        ("carte.pdf", b"#!/bin/sh\nrm -rf /\n"),
        ("carte.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 200),
        ("carte.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("carte.jpg", jpeg()[:700]),
        ("carte.pdf", PDF + b"0" * 30_000_000),
    ],
    ids=["html", "shell", "broken png", "svg", "cut jpeg", "30 MB"],
)
def test_a_hostile_proof_is_refused_with_a_reason_and_leaves_nothing(name, content, settings):
    answer = ask(proof=SimpleUploadedFile(name, content, content_type="application/pdf"))

    assert answer.status_code == 200
    assert 'href="#id_proof"' in answer.content.decode()
    assert Accreditation.objects.count() == 0


def test_a_proof_does_not_pass_a_scanner_that_does_not_answer(officer, settings):
    asked = ask_and_confirm(proof=SimpleUploadedFile("carte.pdf", PDF))
    settings.CLAMD_URL = "tcp://127.0.0.1:9"  # nobody listens there

    answer = officer.get(f"/editor/press/accreditations/{asked.pk}/proof/")

    assert answer["Location"] == f"/editor/press/accreditations/{asked.pk}/"


def test_a_proof_is_for_the_desk_alone(officer, outlet, make_user, staff):
    asked = accredited(officer, outlet, proof=SimpleUploadedFile("carte.pdf", PDF))
    other = make_user("editor@cabestan.example", groups=[staff])
    other.user_permissions.add(Permission.objects.get(codename="access_admin"))
    editor = Client()
    editor.force_login(other)
    address = f"/editor/press/accreditations/{asked.pk}/proof/"
    stored = [
        f"/editor/stored/{asked.proof.name}",
        f"/files/{asked.proof.name}",
        f"/proofs/{asked.proof.name}",
    ]

    for stranger in (Client(), editor, signed_in()):
        for path in (address, *stored):
            answer = stranger.get(path)
            assert answer.status_code in {302, 403, 404}, path
            assert PDF[:20] not in answer.content
    assert officer.get(address).status_code == 200


# The desk is for those with the permission


@pytest.mark.parametrize(
    "path",
    [
        "/editor/press/accreditations/",
        "/editor/press/accreditations/results/",
        "/editor/press/accreditations/{pk}/",
        "/editor/press/accreditations/{pk}/approve/",
        "/editor/press/accreditations/{pk}/refuse/",
        "/editor/press/outlets/",
        "/editor/press/terms/",
        "/editor/press/terms/new/",
        "/editor/bulk/pages/accreditation/approve/?id={pk}",
    ],
)
def test_the_desk_is_closed_without_the_permission(officer, make_user, path):
    asked = ask_and_confirm()
    address = path.format(pk=asked.pk)
    editor = make_user("editor@cabestan.example")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    without = Client()
    without.force_login(editor)

    strangers = [Client().get(address), without.get(address), without.post(address)]

    assert officer.get(address).status_code == 200
    for answer in strangers:
        assert answer.status_code in {302, 403, 404}
        assert b"Ferrand" not in answer.content
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_other_peoples_standing_is_not_to_be_seen(officer, outlet, make_user):
    accredited(officer, outlet)
    other = Client()
    other.force_login(make_user("camille@cabestan.example"))

    page = other.get(MINE).content.decode()
    anonymous = Client().get(MINE)

    assert "Ferrand" not in page
    assert "Écran du matin" not in page
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/account/login/")


# Terms


def test_terms_are_accepted_with_the_request_and_again_for_each_version(officer, outlet):
    PressTerms.objects.create(version=1, locale="fr", text="Première", published_at=identity.now())
    without = ask()
    assert 'href="#id_terms"' in without.content.decode()
    accredited(officer, outlet, terms="on")
    person = User.objects.get(email=NADIA)
    browser = signed_in()
    assert TermsAccepted.objects.get().user == person
    assert "/fr/press/accreditation/terms/" not in browser.get(MINE).content.decode()

    PressTerms.objects.create(version=2, locale="fr", text="Deuxième", published_at=identity.now())
    PressTerms.objects.create(version=2, locale="en", text="Second", published_at=identity.now())
    asked_for = browser.get(MINE).content.decode()
    old = browser.post(f"{FORM}terms/", {"version": "1", "next": "/fr/"})
    accepted = browser.post(f"{FORM}terms/", {"version": "2", "next": "https://evil.example/"})

    assert "/fr/press/accreditation/terms/" in asked_for
    assert old.status_code == 200
    assert accepted["Location"] == "/fr/"
    assert "/fr/press/accreditation/terms/" not in browser.get(MINE).content.decode()
    assert "Second" in Client().get("/en/press/accreditation/terms/").content.decode()


def test_published_terms_are_not_rewritten(officer):
    terms = PressTerms.objects.create(
        version=1, locale="fr", text="Première", published_at=identity.now()
    )

    answer = officer.post(
        f"/editor/press/terms/edit/{terms.pk}/",
        {"version": 1, "locale": "fr", "text": "Autre chose", "published_at": ""},
    )

    assert answer.status_code == 200
    terms.refresh_from_db()
    assert terms.text == "Première"


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_confirmed_in_two_windows_at_once_makes_one_request(site):
    ask()
    link = mailed_link()
    again = ask(outlet_name="Nouveau titre") and mailed_link()
    links = [link, link, again, again]
    codes = []

    def confirm(path):
        try:
            codes.append(Client().post(path).status_code)
        finally:
            connection.close()

    windows = [Thread(target=confirm, args=(path,)) for path in links]
    for window in windows:
        window.start()
    for window in windows:
        window.join()

    assert len(codes) == 4
    assert set(codes) <= {302, 404}  # 404: merged by another window before it was looked up
    assert Accreditation.objects.filter(confirmed_at__isnull=False).count() == 1
    assert Accreditation.objects.count() == 1
