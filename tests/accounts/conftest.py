"""People at the door, and what the door answers them."""

import base64
import hmac
import re
import struct
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

PASSWORD = "phrase-de-passe"
CODE = re.compile(r"^ {4}(\d{6})$", re.MULTILINE)
LINK = re.compile(r"https?://\S+/password/reset/key/\S+")


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(db):
    cache.clear()


@pytest.fixture
def door():
    return Door()


@pytest.fixture
def client_of():
    """A browser in which somebody is signed in."""

    def make(user, **defaults):
        client = Client(**defaults)
        client.force_login(user)
        return client

    return make


class Door:
    """A browser in front of the sign-in page, and the mails that come of it."""

    def __init__(self, address="192.0.2.7"):
        self.client = Client(REMOTE_ADDR=address)

    def ask_code(self, email, **more):
        return self.client.post("/account/login/", {"email": email, "way": "code", **more})

    def enter_code(self, code, **more):
        return self.client.post("/account/login/code/confirm/", {"code": code, **more})

    def use_password(self, email, password=PASSWORD, **more):
        data = {"email": email, "password": password, "way": "password", **more}
        return self.client.post("/account/login/", data)

    def ask_reset(self, email):
        return self.client.post("/account/password/reset/", {"email": email})

    @property
    def code(self):
        return CODE.search(mail.outbox[-1].body)[1]

    @property
    def link(self):
        return urlsplit(LINK.search(mail.outbox[-1].body)[0]).path

    @property
    def is_inside(self):
        return self.client.get("/account/access/").status_code == 200


def wrong(code):
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def app_code(secret):
    """What an authenticator app shows for a key (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), moment, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def next_of(response):
    return parse_qs(urlsplit(response["Location"]).query).get("next", [""])[0]


def seen(response, *emails):
    """What a stranger sees of an answer: all of it but the address, the form's key and the time."""
    text = response.content.decode()
    for email in emails:
        text = text.replace(email, "ADDRESS")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    cookies = {
        name: {key: value for key, value in one.items() if key != "expires"}
        for name, one in response.cookies.items()
    }
    headers = {
        name: sorted(value.split("; "))
        for name, value in response.headers.items()
        if name != "Expires"
    }
    return response.status_code, headers, cookies, text


def statements(action):
    """The database statements of a request, without the values in them: its cost in time."""
    with CaptureQueriesContext(connection) as queries:
        action()
    value = re.compile(r"'[^']*'|_django_curs_\w+|\b\d+(\.\d+)?\b|\bs\d+_x\d+\b")
    # Django cannot spell out a statement whose values the server binds.
    return [value.sub("?", query["sql"] or "") for query in queries]
