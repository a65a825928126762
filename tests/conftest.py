"""People, a site, and a client for each way in. Time is moved by moving dates, never by a mock."""

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from wagtail.models import Collection, Locale, Page, Site

from cms.accounts import identity, rates, tokens
from cms.accounts.models import User
from cms.entries import answers
from pages.models import HomePage, SectionPage
from search import correction, kept
from search.curation import promotions, synonyms
from search.engines.embedded import engine, filing
from search.insight import logging as insight_log
from search.insight import popular
from tests import elasticsearch_server
from tests.media import clamd


@pytest.fixture(scope="session")
def elasticsearch_url():
    """The address of a live server; without one the tests are skipped by name."""
    url = elasticsearch_server.running()
    if url is None:
        pytest.skip("no Elasticsearch answers: make elasticsearch")
    return url


@pytest.fixture(autouse=True)
def _fresh_process():
    """What a process remembers must not outlive a test's database."""
    forget_process()
    yield
    forget_process()


def forget_process():
    identity.forget_all()
    identity._touched.clear()
    answers.JSON.clear()
    answers.PAGES.clear()
    kept.OUTCOMES.clear()
    rates._leases.clear()
    synonyms.forget()
    promotions.forget()
    popular.forget()
    insight_log.forget()
    correction.forget()
    engine.forget()
    filing.forget()
    caches["renditions"].clear()


@pytest.fixture
def site(db):
    """A French and an English home, as a new installation has them."""
    return build_site()


def build_site():
    fr, _ = Locale.objects.get_or_create(language_code="fr")
    # A test with real transactions empties every table, the roots of Wagtail's trees included.
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(instance=Page(title="Root", slug="root", locale=fr))
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    en, _ = Locale.objects.get_or_create(language_code="en")
    home = root.add_child(instance=HomePage(title="Accueil", slug="accueil", locale=fr))
    english = HomePage(title="Home", slug="home", locale=en, translation_key=home.translation_key)
    root.add_child(instance=english)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "root_page": home},
    )
    return home


@pytest.fixture
def section(site):
    """A public section in the menu."""
    return site.add_child(
        instance=SectionPage(
            title="Actualités", slug="actualites", locale=site.locale, show_in_menus=True
        )
    )


@pytest.fixture
def staff(db):
    return Group.objects.create(name="Salariés")


@pytest.fixture
def press(db):
    return Group.objects.create(name="Presse")


@pytest.fixture
def make_user(db):
    """Make a person; `groups` are joined, everything else is the user's own."""

    def make(email="camille@cabestan.example", *, groups=(), password="phrase-de-passe", **fields):
        user = User.objects.create_user(email, password, **fields)
        user.groups.set(groups)
        return user

    return make


@pytest.fixture
def api():
    """A client of the API that sends a token, or none."""
    return ApiClient()


class ApiClient:
    """GET and POST under /api/v1/ as whoever a token stands for."""

    def __init__(self):
        self.client = Client()

    def get(self, path, *, token=None, **headers):
        return self.client.get(self._url(path), headers=self._headers(token, headers))

    def post(self, path, data, *, token=None):
        return self.client.post(
            self._url(path), data, content_type="application/json", headers=self._headers(token)
        )

    def _url(self, path):
        return path if path.startswith("/") else f"/api/v1/{path}"

    def _headers(self, token, more=None):
        headers = {name.replace("_", "-"): value for name, value in (more or {}).items()}
        return {**headers, "Authorization": f"Bearer {token}"} if token else headers


@pytest.fixture
def token_of():
    """A token for a person."""

    def make(user, *scopes):
        made = tokens.create(
            user, name="test", scopes=scopes or ["read"], days=30, at=identity.now()
        )
        return made.secret

    return make


@pytest.fixture(scope="module")
def scanner(tmp_path_factory):
    """The address of a real clamd."""
    with clamd.running(tmp_path_factory.mktemp("clamd")) as address:
        yield address


@pytest.fixture
def commits_at_once(monkeypatch):
    """What waits for the commit happens at once: a test's own transaction never commits."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, **_kwargs: done())
