"""The door: who comes in, how, and what strangers learn from it. Nothing."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client

from cms.accounts.identity import now
from cms.accounts.models import Organisation, User
from tests.accounts.conftest import (
    PASSWORD,
    Door,
    app_code,
    next_of,
    seen,
    statements,
    wrong,
)
from tests.conftest import build_site

CAMILLE = "camille@cabestan.example"
NOBODY = "nicolas@cabestan.example"


# Ways in


def test_a_password_opens_the_door(door, make_user):
    make_user()

    response = door.use_password(CAMILLE)

    assert response["Location"] == "/"
    assert door.is_inside


def test_an_address_may_be_written_in_capitals(door, make_user):
    make_user()

    door.use_password("Camille@Cabestan.Example")

    assert door.is_inside


def test_a_mailed_code_opens_the_door(door, make_user):
    make_user()

    asked = door.ask_code(CAMILLE)
    response = door.enter_code(door.code)

    assert asked["Location"] == "/account/login/code/confirm/"
    assert response["Location"] == "/"
    assert mail.outbox[-1].to == [CAMILLE]
    assert door.is_inside


def test_a_code_has_six_digits_and_may_be_typed_with_a_space(door, make_user):
    make_user()

    door.ask_code(CAMILLE)
    code = door.code
    door.enter_code(f"{code[:3]} {code[3:]}")

    assert door.is_inside


def test_a_code_opens_only_the_window_that_asked_for_it(door, make_user):
    make_user()
    other = Door()

    door.ask_code(CAMILLE)
    other.ask_code(NOBODY)
    other.enter_code(mail.outbox[0].body.split("    ")[1][:6])

    assert not other.is_inside


def test_a_code_of_yesterday_opens_nothing(door, make_user):
    make_user()
    door.ask_code(CAMILLE)
    code = door.code

    session = door.client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 601
    session.save()
    door.enter_code(code)

    assert not door.is_inside


def test_enter_in_the_address_asks_for_a_code_and_enter_in_the_password_signs_in(make_user):
    make_user()
    by_code, by_password = Door(), Door()

    asked = by_code.client.post("/account/login/", {"email": CAMILLE, "password": ""})
    by_password.client.post("/account/login/", {"email": CAMILLE, "password": PASSWORD})

    assert asked["Location"] == "/account/login/code/confirm/"
    assert by_password.is_inside


def test_a_code_is_sent_even_when_the_browser_filled_in_a_password(door, make_user):
    make_user()

    response = door.ask_code(CAMILLE, password="what the browser remembers")

    assert response["Location"] == "/account/login/code/confirm/"
    assert door.code


def test_a_password_button_without_a_password_asks_for_it(door, make_user):
    make_user()

    response = door.use_password(CAMILLE, "")

    assert response.status_code == 200
    assert 'href="#id_password"' in response.content.decode()
    assert mail.outbox == []


def test_a_way_that_was_begun_can_be_left_for_another(door, make_user):
    make_user()
    door.ask_code(CAMILLE)

    stuck = door.client.get("/account/login/")
    door.client.post("/account/logout/", {"next": "/account/login/"})
    door.use_password(CAMILLE)

    assert stuck["Location"] == "/account/login/code/confirm/"
    assert door.is_inside


def test_an_old_link_to_the_code_page_leads_to_the_door(client):
    response = client.get("/account/login/code/?next=/fr/")

    assert response["Location"] == "/account/login/?next=/fr/"


def test_a_session_on_a_shared_computer_ends_after_two_hours(make_user):
    make_user()
    by_code, by_password, at_home = Door(), Door(), Door()

    by_code.ask_code(CAMILLE, shared="on")
    by_code.enter_code(by_code.code)
    by_password.use_password(CAMILLE, shared="on")
    at_home.use_password(CAMILLE)

    ages = [one.client.session.get_expiry_age() for one in (by_code, by_password, at_home)]
    ends = [
        Session.objects.get(pk=one.client.session.session_key).expire_date - now()
        for one in (by_code, by_password, at_home)
    ]
    assert ages == [7200, 7200, 1_209_600]
    assert ends[0] <= timedelta(hours=2)
    assert ends[1] <= timedelta(hours=2)
    assert ends[2] > timedelta(days=13)


def test_signing_in_changes_the_session_key(door, make_user):
    make_user()
    door.ask_code(CAMILLE)
    before = door.client.session.session_key

    door.enter_code(door.code)

    assert door.client.session.session_key != before


def test_signing_out_closes_the_session_and_needs_a_form(make_user, client_of):
    client = client_of(make_user())

    asked = client.get("/account/logout/")
    still_inside = client.get("/account/access/").status_code
    left = client.post("/account/logout/")

    assert asked.status_code == 200
    assert still_inside == 200
    assert left["Location"] == "/"
    assert client.get("/account/access/").status_code == 302
    assert not Session.objects.exists()


# A second factor


@pytest.fixture
def with_app(make_user):
    """A person with an authenticator app, its key, and recovery codes."""
    user = make_user()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret, RecoveryCodes.activate(user).get_unused_codes()


@pytest.mark.parametrize("way", ["code", "password"])
def test_an_authenticator_app_is_asked_after_either_way_in(door, with_app, way):
    _user, secret, _codes = with_app

    if way == "code":
        door.ask_code(CAMILLE)
        response = door.enter_code(door.code)
    else:
        response = door.use_password(CAMILLE)
    before = door.is_inside
    done = door.client.post("/account/2fa/authenticate/", {"code": app_code(secret)})

    assert response["Location"] == "/account/2fa/authenticate/"
    assert not before
    assert done["Location"] == "/"
    assert door.is_inside


def test_a_code_of_the_app_opens_once(with_app):
    _user, secret, _codes = with_app
    first, second = Door(), Door()
    code = app_code(secret)

    for one in (first, second):
        one.use_password(CAMILLE)
        one.client.post("/account/2fa/authenticate/", {"code": code})

    assert first.is_inside
    assert not second.is_inside


def test_a_recovery_code_opens_once(with_app):
    _user, _secret, codes = with_app
    first, second = Door(), Door()

    for one in (first, second):
        one.use_password(CAMILLE)
        one.client.post("/account/2fa/authenticate/", {"code": codes[0]})

    assert first.is_inside
    assert not second.is_inside


def test_guesses_at_the_app_are_counted_over_all_computers(with_app):
    _user, secret, _codes = with_app

    for number in range(5):
        guesser = Door(f"198.51.100.{number}")
        guesser.use_password(CAMILLE)
        guesser.client.post("/account/2fa/authenticate/", {"code": "000000"})
    door = Door()
    door.use_password(CAMILLE)
    response = door.client.post("/account/2fa/authenticate/", {"code": app_code(secret)})

    assert response.status_code == 200
    assert not door.is_inside


def test_a_new_password_does_not_go_around_the_app(door, with_app):
    door.ask_reset(CAMILLE)

    page = door.client.get(door.link)
    new = {"password1": "tout-autre-phrase", "password2": "tout-autre-phrase"}
    door.client.post(page["Location"], new)
    response = door.use_password(CAMILLE, "tout-autre-phrase")

    assert response["Location"] == "/account/2fa/authenticate/"
    assert not door.is_inside


# Who stays outside


def test_a_deactivated_person_cannot_enter(make_user):
    make_user(is_active=False)
    by_code, by_password = Door(), Door()

    by_password.use_password(CAMILLE)
    by_code.ask_code(CAMILLE)

    assert not by_password.is_inside
    assert "    " not in mail.outbox[-1].body
    assert not Session.objects.filter(session_data__contains="_auth_user_id").exists()


def test_a_deactivated_person_cannot_set_a_password(door, make_user):
    make_user(is_active=False)

    door.ask_reset(CAMILLE)

    assert "password/reset/key" not in mail.outbox[-1].body


def test_whoever_is_deactivated_is_out_with_the_next_click(door, make_user):
    user = make_user()
    door.use_password(CAMILLE)
    before = door.is_inside

    user.is_active = False
    user.save()

    assert before
    assert not door.is_inside


@pytest.fixture
def expired(make_user):
    """A member of an organisation whose time is over."""
    organisation = Organisation.objects.create(
        name="Cinéma Le Mouvement", expires_at=now() - timedelta(seconds=1)
    )
    return make_user("nadia@mouvement.example", organisation=organisation)


def test_a_member_of_an_expired_organisation_cannot_enter(expired):
    by_code, by_password = Door(), Door()

    refused = by_password.use_password(expired.email)
    by_code.ask_code(expired.email)
    by_code.enter_code(by_code.code)

    assert refused["Location"] == "/account/inactive/"
    assert not by_password.is_inside
    assert not by_code.is_inside
    assert by_code.client.get("/account/login/").status_code == 200


def test_a_session_ends_with_the_organisation(door, make_user):
    organisation = Organisation.objects.create(
        name="Cinéma Le Mouvement", expires_at=now() + timedelta(days=1)
    )
    user = make_user("nadia@mouvement.example", organisation=organisation, is_superuser=True)
    door.use_password(user.email)
    before = door.is_inside, door.client.get("/editor/").status_code

    organisation.expires_at = now() - timedelta(seconds=1)
    organisation.save()

    assert before == (True, 200)
    assert not door.is_inside
    assert door.client.get("/editor/").status_code == 302
    assert door.client.get("/account/tokens/").status_code == 302


def test_an_organisation_that_expires_between_two_steps_stays_outside(door, make_user):
    organisation = Organisation.objects.create(name="Cinéma Le Mouvement")
    user = make_user("nadia@mouvement.example", organisation=organisation)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    door.use_password(user.email)

    organisation.expires_at = now() - timedelta(seconds=1)
    organisation.save()
    door.client.post("/account/2fa/authenticate/", {"code": app_code(secret)})

    assert not door.is_inside


def test_an_address_that_the_company_replaced_opens_nothing(door, make_user):
    user = make_user()
    door.ask_reset(CAMILLE)
    old_link = door.link
    door.ask_code(CAMILLE)
    door.enter_code(door.code)

    user.email = "camille.serra@cabestan.example"
    user.save()
    late = Door()
    late.ask_code(CAMILLE)
    by_link = late.client.get(old_link)

    assert not EmailAddress.objects.exists()
    assert "    " not in mail.outbox[-1].body
    assert by_link.status_code == 200
    assert "password1" not in by_link.content.decode()


def test_nobody_signs_up_or_changes_an_address(make_user, client_of):
    client = client_of(make_user())
    address = {"email": "other@example.com", "action_add": ""}

    answers = [
        Client().get("/account/signup/", follow=True),
        Client().post("/account/signup/", {"email": "other@example.com"}, follow=True),
        client.get("/account/email/", follow=True),
        client.post("/account/email/", address, follow=True),
        client.get("/account/confirm-email/", follow=True),
        client.get("/account/confirm-email/abc/", follow=True),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert [user.email for user in User.objects.all()] == [CAMILLE]


# What strangers learn


@pytest.mark.parametrize("known", [{}, {"is_active": False}, {"password": None}])
def test_known_and_unknown_addresses_get_the_same_answer(make_user, known):
    make_user(**known)

    def answers(email):
        door = Door()
        return [
            seen(response, email, quote(email))
            for response in (
                door.use_password(email, "not-the-password"),
                door.ask_reset(email),
                door.client.get("/account/password/reset/done/"),
                door.ask_code(email),
                door.client.get("/account/login/code/confirm/"),
                door.enter_code("0000000"),
                door.client.get("/account/login/"),
                door.enter_code("0000000"),
                door.enter_code("0000000"),
                door.client.get("/account/login/"),
            )
        ]

    assert answers(CAMILLE) == answers(NOBODY)


def test_known_and_unknown_addresses_cost_the_same(make_user):
    make_user()

    def costs(email):
        door = Door()
        door.client.get("/account/login/")
        return [
            statements(action)
            for action in (
                lambda: door.use_password(email, "not-the-password"),
                lambda: door.ask_reset(email),
                lambda: door.ask_code(email),
                lambda: door.client.get("/account/login/code/confirm/"),
                lambda: door.enter_code("0000000"),
            )
        ]

    costs(NOBODY)
    assert costs(CAMILLE) == costs("somebody@cabestan.example")


def test_a_wrong_password_is_hashed_as_often_for_anybody(make_user, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["tests.accounts.counting.CountingHasher"]
    from tests.accounts.counting import CountingHasher

    make_user()
    make_user("no-password@cabestan.example", password=None)
    make_user("closed@cabestan.example", is_active=False)

    counts = []
    for local in ("camille", "nobody", "no-password", "closed"):
        CountingHasher.rounds = 0
        Door().use_password(f"{local}@cabestan.example", "not-the-password")
        counts.append(CountingHasher.rounds)

    assert counts == [1, 1, 1, 1]


def test_an_unknown_address_gets_a_mail_without_a_way_in(door, db):
    door.ask_code(NOBODY)
    door.ask_reset(NOBODY)

    assert [message.to for message in mail.outbox] == [[NOBODY], [NOBODY]]
    for message in mail.outbox:
        assert "/account/" not in message.body
        assert not re.search(r"\d{6}", message.body)


def test_a_mail_speaks_the_language_of_its_reader(make_user):
    make_user(language="fr")
    make_user("john@agency.example", language="en")
    english, french = Door(), Door()
    english.client.cookies["django_language"] = "en"
    french.client.cookies["django_language"] = "fr"

    english.ask_code(CAMILLE)
    french.ask_code("john@agency.example")

    assert mail.outbox[1].subject == "Your code for Cabestan"
    assert mail.outbox[0].subject != mail.outbox[1].subject


# Throttles


def test_wrong_passwords_are_counted_by_address(make_user):
    make_user()

    for number in range(5):
        Door(f"198.51.100.{number}").use_password(CAMILLE, "not-the-password")
    door = Door()
    response = door.use_password(CAMILLE)

    assert response.status_code == 200
    assert not door.is_inside


def test_wrong_passwords_are_counted_by_computer(make_user):
    make_user()
    door = Door()

    for number in range(10):
        door.use_password(f"somebody-{number}@cabestan.example", "not-the-password")
    door.use_password(CAMILLE)
    elsewhere = Door("198.51.100.1")
    elsewhere.use_password(CAMILLE)

    assert not door.is_inside
    assert elsewhere.is_inside


def test_asked_codes_are_counted_by_address_known_or_not(make_user):
    make_user()

    def ask_often(email):
        return [Door(f"198.51.100.{number}").ask_code(email).status_code for number in range(6)]

    known, unknown = ask_often(CAMILLE), ask_often(NOBODY)

    assert known == unknown == [302] * 5 + [200]
    assert len(mail.outbox) == 10


def test_asked_codes_are_counted_by_computer(db):
    door = Door()

    answers = []
    for number in range(21):
        door.client.cookies.clear()
        answers.append(door.ask_code(f"somebody-{number}@cabestan.example").status_code)

    assert answers == [302] * 20 + [200]


def test_asked_links_are_counted_by_address_known_or_not(make_user):
    make_user()

    def ask_often(email):
        return [Door(f"198.51.100.{number}").ask_reset(email).status_code for number in range(6)]

    known, unknown = ask_often(CAMILLE), ask_often(NOBODY)

    assert known == unknown == [302] * 5 + [429]


def test_a_code_can_be_guessed_three_times(door, make_user):
    make_user()
    door.ask_code(CAMILLE)
    code = door.code

    answers = [door.enter_code(wrong(code)).status_code for _ in range(3)]
    door.enter_code(code)

    assert answers == [200, 200, 302]
    assert not door.is_inside


def test_guesses_at_codes_are_counted_over_all_codes_and_computers(make_user):
    make_user()

    for number in range(4):
        guesser = Door(f"198.51.100.{number}")
        guesser.ask_code(CAMILLE)
        for _ in range(3):
            guesser.enter_code(wrong(guesser.code))
    door = Door()
    door.ask_code(CAMILLE)
    door.enter_code(door.code)

    assert not door.is_inside


def test_the_same_session_in_many_windows_has_no_more_guesses(make_user):
    make_user()
    door = Door()
    door.ask_code(CAMILLE)
    code, begun = door.code, dict(door.client.session)

    for _ in range(10):
        door.enter_code(wrong(code))
        session = door.client.session
        session.update(begun)
        session.save()
    door.enter_code(code)

    assert not door.is_inside


def test_a_new_password_ends_the_wait(make_user):
    make_user()
    for number in range(5):
        Door(f"198.51.100.{number}").use_password(CAMILLE, "not-the-password")
    door = Door()

    door.ask_reset(CAMILLE)
    page = door.client.get(door.link)
    new = {"password1": "tout-autre-phrase", "password2": "tout-autre-phrase"}
    door.client.post(page["Location"], new)
    door.use_password(CAMILLE, "tout-autre-phrase")

    assert door.is_inside


def test_behind_a_proxy_each_visitor_is_counted_apart(settings, make_user):
    settings.CLIENT_ADDRESS = "HTTP_X_REAL_IP"
    make_user()
    guesser, door = Client(headers={"X-Real-IP": "192.0.2.1"}), Door()

    for number in range(11):
        data = {"email": f"somebody-{number}@cabestan.example", "password": "wrong"}
        guesser.post("/account/login/", data)
    door.client = Client(headers={"X-Real-IP": "192.0.2.2"})
    door.use_password(CAMILLE)

    assert door.is_inside


OTHER_PROCESS = """
import json, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.test import Client
attempts = json.loads(sys.argv[2])
marks = []
for address, path, data in attempts:
    client = Client(REMOTE_ADDR=address)
    marks.append(client.post(path, data).status_code)
print(json.dumps(marks))
"""


def in_another_process(*attempts):
    """The statuses of requests that a process of its own answers, on the database of the test."""
    name = str(connection.settings_dict["NAME"])
    made = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, name, json.dumps(attempts)],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_throttles_hold_across_processes():
    build_site()
    User.objects.create_user(CAMILLE, PASSWORD)
    guess = {"email": CAMILLE, "password": "not-the-password", "way": "password"}
    entrance = {**guess, "password": PASSWORD}
    code = {"email": NOBODY, "way": "code"}

    in_another_process(*[(f"198.51.100.{n}", "/account/login/", guess) for n in range(3)])
    second = in_another_process(
        *[(f"198.51.100.{n}", "/account/login/", guess) for n in range(3, 5)],
        ("198.51.100.9", "/account/login/", entrance),
        *[(f"198.51.100.{n}", "/account/login/", code) for n in range(5)],
    )
    door = Door()
    door.use_password(CAMILLE)
    sixth_code = door.ask_code(NOBODY)

    assert second == [200] * 3 + [302] * 5
    assert not door.is_inside
    assert sixth_code.status_code == 200


def test_a_flood_of_addresses_does_not_push_the_counters_out(make_user):
    make_user()
    for number in range(5):
        Door(f"198.51.100.{number}").use_password(CAMILLE, "not-the-password")

    for number in range(160):
        Door(f"203.0.113.{number}").use_password(f"zz-{number}@example.com", "wrong")
    door = Door()
    door.use_password(CAMILLE)

    assert not door.is_inside


# The editor's door


@pytest.fixture
def editor(make_user, site):
    group = Group.objects.create(name="Rédaction")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return make_user(groups=[group])


def test_the_editor_has_no_door_of_its_own(editor):
    client = Client()

    page = client.get("/editor/login/?next=/editor/pages/")
    posted = client.post(
        "/editor/login/?next=/editor/pages/", {"username": CAMILLE, "password": PASSWORD}
    )
    plain = client.get("/editor/pages/")

    assert page["Location"] == "/account/login/?next=/editor/pages/"
    assert posted["Location"] == "/account/login/?next=/editor/pages/"
    assert plain["Location"] == "/account/login/?next=/editor/pages/"
    assert not Session.objects.exists()
    assert client.get("/account/access/").status_code == 302


@pytest.mark.parametrize("client_is_editor", [False, True])
def test_no_other_page_of_wagtail_gives_or_changes_a_password(editor, client_of, client_is_editor):
    client = client_of(editor) if client_is_editor else Client()

    answers = [
        client.get("/editor/password_reset/", follow=True),
        client.post("/editor/password_reset/", {"email": CAMILLE}, follow=True),
        client.get("/editor/password_reset/done/", follow=True),
        client.get("/editor/password_reset/confirm/MQ/abc-def/", follow=True),
        client.get("/editor/password_reset/complete/", follow=True),
        client.get("/_util/login/", follow=True),
        client.get("/admin/login/", follow=True),
        client.get("/django-admin/login/", follow=True),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert mail.outbox == []


def test_the_account_page_of_the_editor_changes_neither_password_nor_address(editor, client_of):
    client = client_of(editor)

    page = client.get("/editor/account/").content.decode()
    client.post(
        "/editor/account/",
        {
            "password-old_password": PASSWORD,
            "password-new_password1": "tout-autre-phrase",
            "password-new_password2": "tout-autre-phrase",
            "name_email-email": "other@example.com",
            "name_email-first_name": "Camille",
            "name_email-last_name": "Serra",
        },
    )
    editor.refresh_from_db()

    assert "password" not in page.lower().replace("data-controller", "")
    assert editor.check_password(PASSWORD)
    assert editor.email == CAMILLE


@pytest.mark.parametrize("way", ["code", "password"])
def test_an_editor_lands_where_they_wanted_to_go(door, editor, way):
    target = {"next": "/editor/pages/"}

    if way == "code":
        asked = door.ask_code(CAMILLE, **target)
        response = door.enter_code(door.code, next=next_of(asked))
    else:
        response = door.use_password(CAMILLE, **target)

    assert response["Location"] == "/editor/pages/"
    assert door.client.get("/editor/", follow=True).status_code == 200


def test_an_editor_with_an_app_lands_there_too(door, editor):
    secret = generate_totp_secret()
    TOTP.activate(editor, secret)

    door.use_password(CAMILLE, next="/editor/pages/")
    response = door.client.post("/account/2fa/authenticate/", {"code": app_code(secret)})

    assert response["Location"] == "/editor/pages/"


def test_a_person_who_may_not_edit_is_told_so_and_not_sent_around(door, make_user, site):
    make_user()
    door.use_password(CAMILLE)

    response = door.client.get("/editor/", follow=True)

    assert response.status_code == 403
    assert len(response.redirect_chain) == 1


def test_signing_in_leads_to_no_other_site(door, make_user):
    make_user()

    response = door.use_password(CAMILLE, next="https://elsewhere.example/")

    assert response["Location"] == "/"


def test_leaving_the_editor_is_leaving_the_portal(editor, client_of):
    client = client_of(editor)

    client.post("/editor/logout/")

    assert client.get("/editor/").status_code == 302
    assert client.get("/account/access/").status_code == 302


# Passkeys: the ceremony itself is in tests/browser


def test_a_passkey_that_nobody_registered_opens_nothing(door, make_user):
    make_user()
    answer = {
        "type": "public-key",
        "id": "AAAA",
        "rawId": "AAAA",
        "response": {
            "clientDataJSON": "e30",
            "authenticatorData": "AAAA",
            "signature": "AAAA",
            "userHandle": "MQ",
        },
    }

    begun = door.client.get("/account/2fa/webauthn/login/", headers={"accept": "application/json"})
    response = door.client.post("/account/2fa/webauthn/login/", {"credential": json.dumps(answer)})

    options = begun.json()["request_options"]["publicKey"]
    assert options["userVerification"] == "required"
    assert not options["allowCredentials"]
    assert response["Location"] == "/account/login/"
    assert not door.is_inside
    assert not Authenticator.objects.exists()
