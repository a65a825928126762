"""A journalist’s way with a keyboard: let in, a kit at its second, photos, a mail about one.

The site is served by this process, so that its clock can be set and its mail be read.
"""

import csv
import hashlib
import re
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect
from wagtail.models import Collection, GroupCollectionPermission

from cms.accounts import identity
from cms.accounts.models import Organisation, User
from media.downloads import following
from media.models import Image
from media.renditions import keeping
from pages.models import PressRoomPage
from pages.press.accreditation import deciding, requesting
from pages.press.accreditation.models import Accreditation, PressTerms
from pages.press.accreditation.requesting import Asked
from tests.browser.conftest import CODE, PATIENCE, Portal, Tab, sign_in
from tests.browser.findings import faults, sideways
from tests.factories import jpeg
from tests.pages.press.conftest import at as at
from tests.pages.press.conftest import hour as hour
from tests.pages.press.conftest import item, kit, paper
from tests.pages.press.conftest import press_group as press_group
from tests.pages.press.conftest import room as room

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)

FORM = "/fr/press/accreditation/"
ROOM = "/fr/presse/"
KIT = "/fr/presse/dernier-bac/"
LINK = re.compile(r"https?://\S+/press/accreditation/confirm/\S+")
EMAIL, OFFICER, PASSWORD = "nadia@soir.example", "margaux@cabestan.example", "phrase-de-passe"
CREDIT = "© Joachim Serre / Cabestan"
SHA256 = re.compile(r"SHA-256 ([0-9a-f]{64})")
WHOLE = "section[aria-labelledby=h-downloads] a.btn"
PHONE = {"width": 360, "height": 740}
COVERED = """
(one) => {
  const basket = document.querySelector("#basket:not(.is-empty)")
  return Boolean(basket) && !basket.contains(one) && one.type !== "file"
    && one.getBoundingClientRect().bottom > basket.getBoundingClientRect().top
    && one.getBoundingClientRect().top < basket.getBoundingClientRect().bottom
}
"""
PROOF = {
    "name": "carte-de-presse.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n",
}


@pytest.fixture(scope="module")
def portal(live_server):
    """In the place of the demo: this process, with the database of the test.

    Playwright's event loop runs in this thread, which Django takes for asynchronous code.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield Portal(port=live_server.thread.port, folder=None, accounts={})


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(transactional_db):
    cache.clear()


@dataclass
class Hands:
    """Somebody at a keyboard, and what they found amiss on the pages that they passed."""

    tab: Tab
    size: dict
    amiss: list = field(default_factory=list)

    @property
    def page(self):
        return self.tab.page

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def go(self, path):
        answer = self.tab.go(path)
        assert answer.status == 200, path
        self.look()

    def look(self):
        """At a page that is new to them, in each width, light and dark."""
        self.amiss += [(self.path, wide) for wide in sideways(self.page).items()]
        self.amiss += [(self.path, fault) for fault in faults(self.page)]
        self.page.set_viewport_size(self.size)

    def reach(self, target, *, most=300):
        """Press Tab until something has the focus."""
        for _ in range(most):
            if target.evaluate("one => one === document.activeElement"):
                assert not target.evaluate(COVERED), f"The basket covers {target}."
                return target
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not reached with the Tab key on {self.path}.")

    def press(self, target, key="Enter"):
        self.reach(target)
        self.page.keyboard.press(key)

    def write(self, name, text):
        self.reach(self.page.locator(f"main [name={name}]"))
        self.page.keyboard.type(text)

    def follow(self, target, arrives):
        """Press Enter on a link or a button, and look at where it leads."""
        self.press(target)
        self.page.wait_for_url(lambda url: urlsplit(url).path == arrives)
        self.look()

    def choose_file(self, target, file):
        with self.page.expect_file_chooser() as chooser:
            self.press(target)
        chooser.value.set_files(file)

    def sign_in(self, email, then):
        """By the code that is mailed."""
        self.reach(self.page.locator("main [name=email]"))
        self.page.keyboard.type(email)
        self.follow(self.page.locator("button[value=code]"), "/account/login/code/confirm/")
        self.write("code", CODE.search(mail.outbox[-1].body)[1])
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: urlsplit(url).path == then)

    def download(self, target):
        with self.page.expect_download() as begun:
            self.press(target)
        assert begun.value.failure() is None
        return begun.value

    def found_all_well(self):
        return self.amiss == self.tab.complaints == []


@pytest.fixture
def at_keyboard(tab):
    def seated(*, language="fr", size=PHONE, **options):
        opened = tab(language=language, **size, reduced_motion="reduce", **options)
        return Hands(opened, size)

    return seated


@pytest.fixture
def terms(db):
    now = identity.now()
    for locale, text in (("fr", "Le crédit se publie."), ("en", "The credit is printed.")):
        PressTerms.objects.create(version=1, locale=locale, text=text, published_at=now)
    return PressTerms.objects.get(locale="fr")


@pytest.fixture
def outlet(db):
    return Organisation.objects.create(name="Le Soir des salles", kind="outlet", territory="FR")


@pytest.fixture
def officer(make_user):
    """A press officer: decides on accreditations, keeps the library, tells those who took."""
    desk = Group.objects.create(name="Service de presse")
    wanted = ("access_admin", "decide_accreditation", "change_notice")
    desk.permissions.set(Permission.objects.filter(codename__in=wanted))
    library = Permission.objects.filter(
        content_type__app_label="media", codename__in=("add_image", "change_image", "choose_image")
    )
    for one in library:
        GroupCollectionPermission.objects.create(
            group=desk, collection=Collection.get_first_root_node(), permission=one
        )
    return make_user(OFFICER, groups=[desk], password=PASSWORD, first_name="Margaux")


@pytest.fixture
def journalist(officer, outlet, press_group, terms):
    """Somebody whom the desk let in."""
    now = identity.now()
    asked = requesting.ask(
        Asked(email=EMAIL, first_name="Nadia", last_name="Ferrand", outlet_name="Le Soir",
              role="Critique", beat="cinema", country="FR"),
        now,
        terms=terms,
    )  # fmt: skip
    requesting.confirm(asked, now)
    return deciding.approve(
        asked.pk, outlet=outlet, ends_at=now + timedelta(days=300), by=officer, at=now
    ).person


COLOURS = ("teal", "peru", "navy", "sienna")


def pictures(*colours):
    found = []
    for colour in colours:
        file = jpeg((1800, 1200), colour)
        file.name = f"bac-{colour}.jpg"
        found.append(
            Image.objects.create(
                title=f"Le bac {colour}",
                file=file,
                credit=CREDIT,
                description=f"Un bac {colour} au milieu du fleuve",
                is_confirmed=True,
            )
        )
        keeping.make(found[-1])
    return found


def hang(room, *, slug="dernier-bac", **fields):
    """A kit of three photos for everybody, one for the accredited, and a dossier."""
    *open_ones, closed = [item("photo", one) for one in pictures(*COLOURS)]
    closed[1]["readers"] = "accredited"
    papers = [item("document", paper("Dossier de presse"))]
    return kit(room, "Le Dernier Bac", slug=slug, items=[*open_ones, closed, *papers], **fields)


def boxes(page):
    return page.locator("input[name=items]")


def in_zip(path):
    """The contents by name."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def sums_hold(files):
    lines = files["SHA256SUMS"].decode().splitlines()
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return told and all(digests[name] == digest for name, digest in told.items())


def test_a_stranger_asks_confirms_is_let_in_by_the_desk_and_signs_in_with_a_mailed_code(
    at_keyboard, tab, room, officer, outlet, terms
):
    asking = at_keyboard()
    page = asking.page
    asking.go(ROOM)
    asking.follow(page.locator(f"main a[href='{FORM}']").first, FORM)
    asking.write("first_name", "Nadia")
    asking.write("last_name", "Ferrand")
    asking.write("email", EMAIL)
    asking.write("outlet_name", "Le Soir des salles")
    asking.write("role", "Critique")
    asking.write("beat", "Cin")
    asking.write("country", "France")
    asking.write("links", "https://soir.example/a")
    asking.choose_file(page.locator("main [name=proof]"), PROOF)
    asking.press(page.locator("main [name=terms]"), "Space")
    asking.follow(page.get_by_role("button", name="Envoyer la demande"), f"{FORM}sent/")

    link = LINK.search(mail.outbox[-1].body)[0]
    asking.go(urlsplit(link).path)
    expect(page.locator("main")).to_contain_text("Nadia Ferrand")
    asking.follow(page.locator("main form .btn.main"), f"{FORM}confirmed/")

    asked = Accreditation.objects.get()
    desk = tab()
    sign_in(desk, {"email": OFFICER, "password": PASSWORD}, then="/editor/press/accreditations/")
    deciding_hands = Hands(desk, {"width": 1440, "height": 1000})
    one = f"/editor/press/accreditations/{asked.pk}/"
    deciding_hands.press(desk.page.locator("main td a", has_text="Nadia Ferrand").first)
    deciding_hands.press(desk.page.locator(f"main a[href='{one}approve/']"))
    deciding_hands.reach(desk.page.locator("#id_outlet"))
    desk.page.keyboard.type("Le Soir des salles")
    deciding_hands.press(desk.page.locator("main form button[type=submit]"))
    desk.page.wait_for_url(lambda url: urlsplit(url).path == "/editor/press/accreditations/")

    assert User.objects.get(email=EMAIL).organisation == outlet
    assert ROOM in mail.outbox[-1].body
    asking.go(f"/account/login/?next={ROOM}")
    asking.sign_in(EMAIL, ROOM)
    asking.look()
    expect(page.locator("main")).to_contain_text("Nadia Ferrand, Le Soir des salles")
    assert asking.found_all_well()


def test_a_kit_under_embargo_is_there_at_its_second_and_not_before(
    at_keyboard, room, journalist, hour, at
):
    archive = f"/api/v1/kits/press-kit-{hang(room, embargo_until=hour).pk}/v1.zip"
    early = at_keyboard()
    page = early.page
    early.go(f"/account/login/?next={ROOM}")
    early.sign_in(EMAIL, ROOM)
    kit_link = page.locator("main a.film", has_text="Le Dernier Bac")

    at(hour - timedelta(seconds=1))
    page.reload()
    expect(kit_link).to_have_count(0)
    assert "Dernier Bac" not in page.content()
    for address in (KIT, archive):
        assert page.request.get(f"{early.tab.portal.base}{address}").status == 404

    at(hour)
    page.reload()
    early.follow(kit_link, KIT)
    expect(boxes(page)).to_have_count(4)
    assert page.request.get(f"{early.tab.portal.base}{archive}").status == 200
    assert early.found_all_well()


def test_three_photos_chosen_in_part_before_signing_in_come_as_one_archive(
    at_keyboard, room, journalist, tmp_path
):
    hang(room)
    choosing = at_keyboard()
    page = choosing.page
    choosing.go(KIT)
    expect(boxes(page)).to_have_count(3)
    for number in (0, 2):
        choosing.press(boxes(page).nth(number), "Space")
    expect(page.locator("[data-count]")).to_contain_text("2 photos")

    choosing.follow(page.locator("main a[href^='/account/login/']").first, "/account/login/")
    choosing.sign_in(EMAIL, KIT)
    expect(boxes(page)).to_have_count(4)
    expect(page.locator("input[name=items]:checked")).to_have_count(2)
    choosing.press(boxes(page).nth(3), "Space")
    expect(page.locator("[data-count]")).to_contain_text("3 photos")
    choosing.look()
    begun = choosing.download(page.locator("#basket button[value=hd]"))

    begun.save_as(tmp_path / begun.suggested_filename)
    files = in_zip(tmp_path / begun.suggested_filename)
    assert begun.suggested_filename.endswith(".zip")
    names = [f"photos/bac-{colour}.jpg" for colour in ("teal", "navy", "sienna")]
    assert sorted(one for one in files if one.startswith("photos/")) == sorted(names)
    assert {"CREDITS.csv", "DROITS.txt", "SHA256SUMS"} <= files.keys()
    rows = list(csv.DictReader(StringIO(files["CREDITS.csv"].decode("utf-8-sig"))))
    assert [(row["file"], row["credit line"]) for row in rows] == [(name, CREDIT) for name in names]
    assert CREDIT in files["DROITS.txt"].decode("utf-8-sig")
    assert sums_hold(files)
    assert choosing.found_all_well()


def test_a_credit_line_is_copied_with_one_key(at_keyboard, room):
    hang(room)
    copying = at_keyboard(permissions=["clipboard-read", "clipboard-write"])
    copying.go(KIT)

    copying.press(copying.page.locator("[data-copy]").first)

    expect(copying.page.locator("[data-copied]")).not_to_be_empty()
    assert copying.page.evaluate("navigator.clipboard.readText()") == CREDIT
    assert copying.found_all_well()


def test_what_the_desk_withdraws_and_corrects_is_mailed_to_its_taker_and_told_of_their_copies(
    at_keyboard, tab, room, journalist, tmp_path
):
    hang(room)
    reading = at_keyboard()
    page = reading.page
    reading.go(f"/account/login/?next={KIT}")
    reading.sign_in(EMAIL, KIT)
    begun = reading.download(page.locator(WHOLE).first)
    begun.save_as(tmp_path / "kit.zip")
    copies = {"kit.zip": (tmp_path / "kit.zip").read_bytes()} | {
        name.removeprefix("photos/"): content
        for name, content in in_zip(tmp_path / "kit.zip").items()
    }
    check_copies(reading, copies, {"bac-teal.jpg": "current", "kit.zip": "current"})

    withdrawn, corrected = (Image.objects.get(name=f"bac-{one}.jpg") for one in ("teal", "peru"))
    desk = tab()
    sign_in(desk, {"email": OFFICER, "password": PASSWORD}, then="/editor/")
    withdraw(desk, withdrawn, because="L’actrice l’a demandé.")
    correct(desk, corrected, credit="© Inès Bak / Cabestan")
    following.turn(identity.now() + timedelta(minutes=20))

    for name, words in (
        ("bac-teal.jpg", "L’actrice l’a demandé."),
        ("bac-peru.jpg", "© Inès Bak / Cabestan"),
    ):
        told = next(one for one in mail.outbox if one.to == [EMAIL] and name in one.subject)
        assert SHA256.findall(told.body) == [hashlib.sha256(copies[name]).hexdigest()]
        assert name in told.body
        assert words in told.body
    states = {
        "bac-teal.jpg": "withdrawn",
        "bac-peru.jpg": "replaced",
        "bac-navy.jpg": "current",
        "kit.zip": "withdrawn",
    }
    check_copies(reading, copies, states)
    assert reading.found_all_well()


def check_copies(hands, copies, states):
    """What the page says of each copy, which never leaves the browser."""
    hands.go(ROOM)
    words, told = hands.page.locator("[data-words]"), hands.page.locator("[data-said]")
    for name, state in states.items():
        kind = "application/zip" if name.endswith(".zip") else "image/jpeg"
        file = {"name": name, "mimeType": kind, "buffer": copies[name]}
        hands.choose_file(hands.page.locator("#copies-file"), file)
        expect(told).to_contain_text(name)
        expect(told).to_contain_text(words.get_attribute(f"data-{state}"))
        expect(told).to_be_in_viewport()
    hands.look()


def withdraw(desk, image, *, because):
    page = desk.page
    desk.go(f"/editor/images/{image.pk}/")
    page.locator("a[href*='/withdraw/']").first.click()
    page.locator("#id_because").fill(because)
    page.locator("main form button.serious").click()
    page.wait_for_url(lambda url: urlsplit(url).path == f"/editor/images/{image.pk}/")


def correct(desk, image, *, credit):
    page = desk.page
    desk.go(f"/editor/images/{image.pk}/")
    page.locator("#id_credit").fill(credit)
    page.locator("footer button[type=submit], main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/editor/images/")


def test_terms_that_are_new_are_accepted_on_the_way_to_a_download(at_keyboard, room, journalist):
    hang(room)
    text = "Le crédit se publie, la date aussi."
    PressTerms.objects.create(version=2, locale="fr", text=text, published_at=identity.now())
    taking = at_keyboard()
    page = taking.page
    taking.go(f"/account/login/?next={KIT}")
    taking.sign_in(EMAIL, KIT)
    expect(page.locator("a[href*='.zip'], [form=basket], #basket")).to_have_count(0)
    taking.look()

    taking.follow(page.locator(WHOLE), f"{FORM}terms/")
    expect(page.locator("main")).to_contain_text(text)
    taking.press(page.locator("main form .btn.main"))
    page.wait_for_url(lambda url: urlsplit(url).path == KIT)

    begun = taking.download(page.locator(WHOLE).first)
    assert begun.suggested_filename.endswith(".zip")
    assert taking.found_all_well()


def test_in_english_at_a_desk_a_kit_is_read_and_taken_whole(
    at_keyboard, room, journalist, tmp_path
):
    home = room.get_parent().specific.get_translations().get(locale__language_code="en")
    english = home.add_child(
        instance=PressRoomPage(title="Press room", slug="press-room", locale=home.locale)
    )
    hang(english, slug="last-ferry")
    User.objects.filter(email=EMAIL).update(language="en")
    reading = at_keyboard(language="en", size={"width": 1440, "height": 1000})
    page = reading.page
    reading.go("/account/login/?next=/en/press-room/")
    reading.sign_in(EMAIL, "/en/press-room/")
    reading.follow(page.locator("main a.film").first, "/en/press-room/last-ferry/")
    begun = reading.download(page.locator(WHOLE).first)

    begun.save_as(tmp_path / "kit.zip")
    files = in_zip(tmp_path / "kit.zip")
    assert len([one for one in files if one.startswith("photos/")]) == len(COLOURS)
    assert "The credit line of each file" in files["RIGHTS.txt"].decode("utf-8-sig")
    assert sums_hold(files)
    assert reading.found_all_well()


def test_without_a_script_one_asks_to_be_let_in_and_takes_what_one_chose(
    at_keyboard, room, terms, tmp_path
):
    hang(room)
    plain = at_keyboard(java_script_enabled=False)
    page = plain.page
    plain.tab.go(FORM)
    for name, text in (("first_name", "Nadia"), ("last_name", "Ferrand"), ("email", EMAIL),
                       ("outlet_name", "Le Soir"), ("role", "Critique")):  # fmt: skip
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main [name=beat]").select_option("cinema")
    page.locator("main [name=country]").select_option("FR")
    page.locator("main [name=terms]").check()
    page.locator("main form .btn.main").press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == f"{FORM}sent/")
    assert LINK.search(mail.outbox[-1].body)

    plain.tab.go(KIT)
    for number in range(3):
        boxes(page).nth(number).press("Space")
    with page.expect_download() as begun:
        page.locator("#basket button[value=web]").press("Enter")
    begun.value.save_as(tmp_path / "choice.zip")

    files = in_zip(tmp_path / "choice.zip")
    assert len([one for one in files if one.startswith("photos/")]) == 3
    assert plain.tab.complaints == []
