"""A person's own pages: what they read, their tokens and feeds, how they sign in."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client

from cms.accounts import tokens
from cms.accounts.identity import now
from cms.accounts.models import Organisation, Token, User
from tests.accounts.conftest import PASSWORD, Door, app_code

OWN_PAGES = [
    "/account/access/",
    "/account/tokens/",
    "/account/feeds/abc/",
    "/account/2fa/",
    "/account/2fa/webauthn/",
    "/account/password/change/",
    "/account/logout/",
]
DOORS = ["/account/login/", "/account/password/reset/", "/account/password/reset/done/"]
SECRET = re.compile(r'value="(fr_[\w-]{43})"')
FEED = re.compile(r'value="(http://testserver/feeds/abc\.atom\?token=fr_[\w-]{43})"')


@pytest.fixture
def camille(make_user, staff):
    return make_user(groups=[staff], first_name="Camille", last_name="Serra")


@pytest.fixture
def client(camille, client_of):
    return client_of(camille)


def make_token(user, **more):
    values = {"name": "Tableur", "scopes": ["read"], "days": 30, "at": now(), **more}
    return tokens.create(user, **values)


# All of them


@pytest.mark.parametrize("path", [path for path in OWN_PAGES if path != "/account/logout/"])
def test_own_pages_lead_strangers_to_the_door_and_back(path):
    response = Client().get(path, follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == [(f"/account/login/?next={path}", 302)]


@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_pages_show_the_portals_frame_and_are_kept_nowhere(client, path):
    response = client.get(path)
    text = response.content.decode()

    assert response.status_code == 200
    assert "Camille Serra" in text
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("path", [*OWN_PAGES, *DOORS])
def test_account_pages_have_no_inline_script_and_no_inline_style(client, path):
    text = (Client() if path in DOORS else client).get(path).content.decode()

    scripts = re.findall(r"<script(?![^>]*(?: src=|type=\"application/json\"))[^>]*>", text)
    assert scripts == []
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son\w+=", text)


def test_the_language_is_chosen_on_the_page_and_kept():
    client = Client(headers={"Accept-Language": "fr"})

    first = client.get("/account/login/?next=/en/news/")
    chosen = client.get("/account/login/?next=/en/news/&language=en")
    later = client.get("/account/login/")

    assert 'href="?next=%2Fen%2Fnews%2F&amp;language=en"' in first.content.decode()
    assert [one["Content-Language"] for one in (first, chosen, later)] == ["fr", "en", "en"]
    assert 'value="/en/news/"' in chosen.content.decode()


def test_a_language_that_the_interface_does_not_speak_changes_nothing():
    client = Client(headers={"Accept-Language": "fr"})

    response = client.get("/account/login/?language=tlh")

    assert response["Content-Language"] == "fr"
    assert "django_language" not in response.cookies


def test_a_persons_own_language_goes_before_the_browsers(make_user, client_of):
    user = make_user("john@agency.example", language="en")
    client = client_of(user, headers={"Accept-Language": "fr"})

    response = client.get("/account/access/")

    assert response["Content-Language"] == "en"


def test_the_root_of_the_account_leads_to_what_one_can_read(client):
    response = client.get("/account/")

    assert response["Location"] == "/account/access/"


# What I can read


def test_a_person_sees_their_groups_and_those_of_their_organisation(make_user, client_of, press):
    organisation = Organisation.objects.create(
        name="Écran du matin", expires_at=now() + timedelta(days=9)
    )
    organisation.groups.set([press])
    user = make_user("nadia@ecran.example", organisation=organisation)

    text = client_of(user).get("/account/access/").content.decode()

    assert "Presse" in text
    assert "Écran du matin" in text
    assert organisation.expires_at.date().isoformat() in text
    assert "nadia@ecran.example" in text


def test_a_group_that_was_left_is_gone_from_the_page(client, camille):
    before = client.get("/account/access/").content.decode()

    camille.groups.clear()
    after = client.get("/account/access/").content.decode()

    assert "Salariés" in before
    assert "Salariés" not in after


# Tokens


def test_a_new_token_is_shown_once_and_works(client, api):
    made = client.post("/account/tokens/", {"name": "Tableur", "scopes": ["read"], "days": 30})
    secret = SECRET.search(made.content.decode())[1]
    later = client.get("/account/tokens/").content.decode()

    assert secret not in later
    assert secret[:8] in later
    assert api.get("me", token=secret).json()["email"] == "camille@cabestan.example"
    assert not Token.objects.filter(digest__contains=secret).exists()


def test_the_list_says_what_each_token_may_do_and_until_when(client, camille):
    record = make_token(camille, scopes=["read", "feed"]).record
    Token.objects.filter(pk=record.pk).update(last_used_at=now())
    record.refresh_from_db()

    text = client.get("/account/tokens/").content.decode()

    assert "Tableur" in text
    assert record.expires_at.date().isoformat() in text
    assert record.last_used_at.date().isoformat() in text


def test_a_revoked_token_is_refused_at_once(client, camille, api):
    made = make_token(camille)
    before = api.get("me", token=made.secret).status_code

    response = client.post(f"/account/tokens/{made.record.pk}/revoke/")

    assert before == 200
    assert response["Location"] == "/account/tokens/"
    assert api.get("me", token=made.secret).status_code == 401


def test_nobody_sees_or_revokes_the_tokens_of_others(client, make_user, api):
    made = make_token(make_user("nadia@ecran.example"), name="Secret of Nadia")

    page = client.get("/account/tokens/")
    response = client.post(f"/account/tokens/{made.record.pk}/revoke/", follow=True)

    assert "Secret of Nadia" not in page.content.decode()
    assert response.status_code == 404
    assert api.get("me", token=made.secret).status_code == 200


def test_revoking_needs_a_form_of_this_site(camille):
    made = make_token(camille)
    client = Client(enforce_csrf_checks=True)
    client.force_login(camille)

    by_link = client.get(f"/account/tokens/{made.record.pk}/revoke/")
    from_elsewhere = client.post(f"/account/tokens/{made.record.pk}/revoke/")

    assert by_link.status_code == 405
    assert from_elsewhere.status_code == 403
    assert Token.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"days": 0},
        {"days": 3651},
        {"days": "soon"},
    ],
)
def test_a_form_that_is_wrong_says_where_and_makes_no_token(client, wrong):
    data = {"name": "Tableur", "scopes": ["read"], "days": 30, **wrong}

    text = client.post("/account/tokens/", data).content.decode()

    assert 'class="errors"' in text
    assert f'href="#id_{next(iter(wrong))}"' in text
    assert not Token.objects.exists()


def test_only_administrators_give_the_right_to_send_records(client, make_user, client_of):
    data = {"name": "Import", "scopes": ["ingest"], "days": 30}
    administrator = client_of(make_user("root@cabestan.example", is_superuser=True))

    offered = client.get("/account/tokens/").content.decode()
    refused = client.post("/account/tokens/", data)
    made = administrator.post("/account/tokens/", data)

    assert 'value="ingest"' not in offered
    assert not SECRET.search(refused.content.decode())
    assert SECRET.search(made.content.decode())
    assert [token.user.email for token in Token.objects.all()] == ["root@cabestan.example"]


def test_the_last_token_that_is_allowed_is_followed_by_a_reason(client, camille):
    for _ in range(tokens.MOST_TOKENS):
        make_token(camille)

    by_form = client.post("/account/tokens/", {"name": "x", "scopes": ["read"], "days": 1})
    by_feed = client.post("/account/feeds/abc/")

    for response in (by_form, by_feed):
        assert response.status_code == 200
        assert 'class="errors"' in response.content.decode()
    assert Token.objects.count() == tokens.MOST_TOKENS


# Feeds


def test_a_feed_address_is_made_on_demand_and_reads_feeds_only(client, api):
    page = client.get("/account/feeds/abc/").content.decode()
    before = Token.objects.count()
    made = client.post("/account/feeds/abc/").content.decode()

    secret = FEED.search(made)[1].partition("token=")[2]
    assert "token=" not in page
    assert before == 0
    assert Token.objects.get().scope_set == {"feed"}
    assert api.get("entries", token=secret).status_code == 403


# Passwords


def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(camille):
    here, elsewhere = Door(), Door()
    for one in (here, elsewhere):
        one.use_password(camille.email)
    new = "tout-autre-phrase"

    here.client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert here.is_inside
    assert not elsewhere.is_inside
    assert User.objects.get().check_password(new)
    assert mail.outbox[-1].to == [camille.email]
    assert "192.0.2.7" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("old", "first", "second"),
    [
        ("not-the-password", "tout-autre-phrase", "tout-autre-phrase"),
        (PASSWORD, "tout-autre-phrase", "autre-chose-encore"),
        (PASSWORD, "court", "court"),
        (PASSWORD, "passwordpassword"[:8], "passwordpassword"[:8]),
        (PASSWORD, "camille@cabestan.example", "camille@cabestan.example"),
    ],
)
def test_a_password_that_is_not_good_is_refused(client, old, first, second):
    data = {"oldpassword": old, "password1": first, "password2": second}

    response = client.post("/account/password/change/", data)

    assert 'class="errors"' in response.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_a_person_without_a_password_can_set_one(make_user, client_of):
    user = make_user("nadia@ecran.example", password=None)
    client = client_of(user)
    new = "tout-autre-phrase"

    page = client.get("/account/password/set/")
    client.post("/account/password/set/", {"password1": new, "password2": new})
    user.refresh_from_db()

    assert page.status_code == 200
    assert user.check_password(new)


def test_a_link_to_a_new_password_works_once(camille):
    door, other = Door(), Door()
    door.ask_reset(camille.email)
    link, new = door.link, "tout-autre-phrase"

    form = door.client.get(link)["Location"]
    done = door.client.post(form, {"password1": new, "password2": new})
    again = other.client.get(link)

    assert done["Location"] == "/account/password/reset/key/done/"
    assert not door.is_inside
    assert User.objects.get().check_password(new)
    assert "password1" not in again.content.decode()


def test_a_link_that_somebody_made_up_opens_nothing(client, camille):
    response = Client().get(f"/account/password/reset/key/{camille.pk}-abcdef-0123456789/")

    assert response.status_code == 200
    assert "password1" not in response.content.decode()


# The second factor


def test_protecting_the_account_asks_who_it_is_first(client):
    response = client.get("/account/2fa/totp/activate/")

    assert response["Location"].startswith("/account/reauthenticate/")


@pytest.fixture
def confirmed(client):
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def test_an_app_is_set_up_and_recovery_codes_come_with_it(
    confirmed, camille, django_capture_on_commit_callbacks
):
    page = confirmed.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="secret"[^>]*value="(\w+)"', page)[1]

    with django_capture_on_commit_callbacks(execute=True):
        done = confirmed.post("/account/2fa/totp/activate/", {"code": app_code(secret)})
    codes = confirmed.get("/account/2fa/recovery-codes/").content.decode()

    assert done["Location"] == "/account/2fa/recovery-codes/"
    assert len(re.findall(r"<li>\d{8}</li>", codes)) == 10
    assert "otpauth" not in page.partition("src=")[0]
    assert mail.outbox[-1].to == [camille.email]
    assert {one.type for one in Authenticator.objects.all()} == {"totp", "recovery_codes"}


def test_an_app_that_shows_another_code_is_not_set_up(confirmed):
    confirmed.get("/account/2fa/totp/activate/")

    response = confirmed.post("/account/2fa/totp/activate/", {"code": "000000"})

    assert 'class="errors"' in response.content.decode()
    assert not Authenticator.objects.exists()


def test_an_app_is_turned_off_by_whoever_confirms(confirmed, camille):
    TOTP.activate(camille, generate_totp_secret())
    RecoveryCodes.activate(camille)

    page = confirmed.get("/account/2fa/totp/deactivate/")
    confirmed.post("/account/2fa/totp/deactivate/")

    assert page.status_code == 200
    assert not Authenticator.objects.exists()


def test_new_recovery_codes_replace_the_old(confirmed, camille):
    TOTP.activate(camille, generate_totp_secret())
    old = set(RecoveryCodes.activate(camille).get_unused_codes())

    page = confirmed.get("/account/2fa/recovery-codes/generate/")
    confirmed.post("/account/2fa/recovery-codes/generate/")
    download = confirmed.get("/account/2fa/recovery-codes/download/")

    assert page.status_code == 200
    assert "attachment" in download["Content-Disposition"]
    assert not old & set(download.content.decode().split())


def test_recovery_codes_are_hidden_from_whoever_only_has_the_session(client, camille):
    TOTP.activate(camille, generate_totp_secret())
    codes = RecoveryCodes.activate(camille).get_unused_codes()

    answers = [
        client.get("/account/2fa/recovery-codes/", follow=True),
        client.get("/account/2fa/recovery-codes/download/", follow=True),
    ]

    for answer in answers:
        assert not any(code in answer.content.decode() for code in codes)


def test_confirming_is_throttled(client):
    answers = [
        client.post("/account/reauthenticate/", {"password": "wrong"}).status_code
        for _ in range(11)
    ]

    assert answers[-1] == 429


def test_passkeys_are_listed_renamed_and_removed(confirmed, camille):
    key = Authenticator.objects.create(
        user=camille,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Portable", "credential": {}},
    )

    page = confirmed.get("/account/2fa/webauthn/").content.decode()
    confirmed.post(f"/account/2fa/webauthn/keys/{key.pk}/edit/", {"name": "Téléphone"})
    renamed = confirmed.get("/account/2fa/webauthn/").content.decode()
    confirmed.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")

    assert "Portable" in page
    assert "Téléphone" in renamed
    assert not Authenticator.objects.exists()


def test_nobody_touches_the_passkeys_of_others(confirmed, make_user):
    other = make_user("nadia@ecran.example")
    key = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé", "credential": {}}
    )

    confirmed.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    response = confirmed.get(f"/account/2fa/webauthn/keys/{key.pk}/edit/", follow=True)

    assert response.status_code == 404
    assert Authenticator.objects.get().wrap().name == "Clé"


def test_the_form_for_a_passkey_names_the_portal_and_not_its_host(confirmed):
    text = confirmed.get("/account/2fa/webauthn/add/").content.decode()

    assert '"rp": {"name": "Cabestan", "id": "testserver"}' in text
    assert "js/account.js" in text


def test_a_closed_account_page_tells_nobody_anything(db):
    response = Client().get("/account/inactive/")

    assert response.status_code == 200
    assert "@" not in re.sub(r"<head>.*</head>", "", response.content.decode(), flags=re.S)
