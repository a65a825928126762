"""One page of every kind, in French and in English, and how to come to it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

TOO_OFTEN = 6
"""Requests of one kind for one address, of which so many are refused."""
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Place:
    """A page: its address in each language, who looks, and what they do there first."""

    name: str
    fr: str
    en: str = ""
    """The address in English where it is another one."""
    persona: str | None = "employee"
    status: int = 200
    steps: Callable | None = None

    def visit(self, tab, language, **options):
        """A tab that shows it."""
        opened = tab(self.persona, language=language, **options)
        answer = opened.go(self.en if language == "en" and self.en else self.fr)
        assert answer.status == self.status, f"{answer.url}: {answer.status}"
        if self.steps:
            self.steps(opened)
        return opened


def _password(tab):
    tab.page.locator("details.by-password summary").click()


def _refused(tab):
    _password(tab)
    tab.page.locator("#id_email").fill("personne@cabestan.example")
    tab.page.locator("#id_password").fill("ce n’est pas cela")
    tab.page.locator("#id_password").press("Enter")
    tab.page.locator(".errors").wait_for()


def _ask_for_code(tab):
    tab.page.locator("#id_email").fill("personne@cabestan.example")
    tab.page.locator("button[value=code]").click()
    tab.page.wait_for_url(lambda url: urlsplit(url).path == "/account/login/code/confirm/")


def _send(tab):
    """Send the form that the page holds, with what it says already."""
    tab.page.locator("main form .btn.main").click()
    tab.page.locator("#once, .once").first.wait_for()


def _ask_too_often(tab):
    """Ask for a new password for one address until there are too many requests."""
    for _ in range(TOO_OFTEN):
        tab.page.locator("#id_email").fill("personne@cabestan.example")
        with tab.page.expect_navigation() as sent:
            tab.page.locator("main form .btn.main").click()
        if sent.value.status == TOO_MANY_REQUESTS:
            return
        tab.go("/account/password/reset/")
    raise AssertionError(f"{TOO_OFTEN} requests were not too many.")


def _new_token(tab):
    tab.page.locator("#id_name").fill("Revue de presse")
    _send(tab)


def _account_menu(tab):
    tab.page.locator("button.me").click()
    tab.page.locator("#account").wait_for()


def _type(tab):
    """Type one letter more, and see suggestions and results follow."""
    tab.page.locator("#q").press("End")
    tab.page.locator("#q").press_sequentially("e")
    tab.page.locator("#suggest [role=option]").first.wait_for()
    tab.page.locator("#answer[data-typing]").wait_for(state="attached")
    tab.page.locator("#q").press("ArrowDown")


def _tick(tab):
    tab.page.locator("#refine input[name=type]").first.click()
    tab.page.locator(".chips a").wait_for()


def _refine(tab):
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.locator("button[popovertarget=refine]").first.click()
    tab.page.locator("#refine").wait_for()


def _saved(tab):
    tab.page.locator("#follow button").click()
    tab.page.locator(".toast").wait_for()


NEWS_FR, NEWS_EN = "/fr/actualites", "/en/news"
PLACES = (
    Place("home-visitor", "/fr/", "/en/", persona=None),
    Place("home-employee", "/fr/", "/en/"),
    Place("home-partner", "/fr/", "/en/", persona="partner"),
    Place("account-menu", "/fr/", "/en/", steps=_account_menu),
    Place("section", f"{NEWS_FR}/", f"{NEWS_EN}/"),
    Place("sub-section", f"{NEWS_FR}/vie-du-groupe/", f"{NEWS_EN}/company/"),
    Place(
        "article",
        f"{NEWS_FR}/vie-du-groupe/line-up-hiver-images/",
        f"{NEWS_EN}/company/winter-line-up-pictures/",
    ),
    Place(
        "brief",
        f"{NEWS_FR}/notes-operationnelles/horlogere-9-decembre/",
        f"{NEWS_EN}/briefs/clockmaker-france-9-december/",
    ),
    Place(
        "rumour",
        f"{NEWS_FR}/rumeurs/horlogere-plateforme/",
        f"{NEWS_EN}/rumours/clockmaker-online-at-christmas/",
    ),
    Place("guidance", "/fr/guides/kdm-en-urgence/", "/en/guides/urgent-key/"),
    Place("press-room", "/fr/presse/", "/en/press/", persona=None),
    Place(
        "press-release",
        "/fr/presse/cp-horlogere-neuf-decembre/",
        "/en/press/press-watchmaker-release-date/",
        persona=None,
    ),
    Place(
        "press-kit",
        "/fr/presse/dossier-dernier-bac/",
        "/en/press/last-ferry-kit/",
        persona=None,
    ),
    Place(
        "press-contact",
        "/fr/presse/margaux-delorme/",
        "/en/press/margaux-delorme/",
        persona=None,
    ),
    Place(
        "record",
        "/fr/e/commandes-CB-2231/",
        "/en/e/commandes-CB-2231/",
        persona="pool-licences",
    ),
    Place("topic", "/fr/topics/exploitation/", "/en/topics/exploitation/"),
    Place("search", "/fr/search/?q=affiche", "/en/search/?q=poster"),
    Place("search-visitor", "/fr/search/?q=orlogere", "/en/search/?q=clokmaker", persona=None),
    Place("search-everything", "/fr/search/", "/en/search/", persona="partner"),
    Place("search-typing", "/fr/search/?q=affich", "/en/search/?q=releas", steps=_type),
    Place("search-filtered", "/fr/search/?q=affiche", "/en/search/?q=cinema", steps=_tick),
    Place("search-refine", "/fr/search/?q=affiche", "/en/search/?q=cinema", steps=_refine),
    Place("search-nothing", "/fr/search/?q=zzqqx&year=1999", "/en/search/?q=zzqqx&year=1999"),
    Place("search-saved", "/fr/search/?q=dcp", "/en/search/?q=dcp", steps=_saved),
    Place("searches", "/fr/search/saved/", "/en/search/saved/"),
    Place("nothing", "/fr/nulle-part/", "/en/nowhere/", status=404),
    Place("nothing-visitor", "/fr/nulle-part/", "/en/nowhere/", persona=None, status=404),
    Place("not-allowed", "/editor/", status=403),
    Place("door", "/account/login/", persona=None),
    Place("door-password", "/account/login/", persona=None, steps=_password),
    Place("door-refused", "/account/login/", persona=None, steps=_refused),
    Place("door-code", "/account/login/", persona=None, steps=_ask_for_code),
    Place("new-password", "/account/password/reset/", persona=None),
    Place("too-often", "/account/password/reset/", persona=None, steps=_ask_too_often),
    Place("sign-out", "/account/logout/"),
    Place("is-it-you", "/account/reauthenticate/"),
    Place("access", "/account/access/"),
    Place("access-partner", "/account/access/", persona="partner"),
    Place("tokens", "/account/tokens/"),
    Place("token-made", "/account/tokens/", persona="partner", steps=_new_token),
    Place("feed", "/account/feeds/section-5/"),
    Place("feed-made", "/account/feeds/section-5/", persona="partner", steps=_send),
    Place("security", "/account/2fa/"),
    Place("styleguide", "/styleguide/", persona=None),
)
BY_NAME = {place.name: place for place in PLACES}

in_both_languages = pytest.mark.parametrize(
    ("place", "language"),
    [
        pytest.param(place, language, id=f"{place.name}-{language}")
        for place in PLACES
        for language in ("fr", "en")
    ],
)
