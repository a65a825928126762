"""An editor sends large files: with a bar, through a connection that goes, after a reload."""

import hashlib
import os
import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE
from tests.media.pictures import coded, quarters

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

SIZE = 60 * 1000 * 1000


@pytest.fixture
def film(tmp_path):
    """Sixty megabytes that look like a film from outside."""
    path = tmp_path / "bande-annonce.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + os.urandom(SIZE - 24))
    return path


def at_speed(page, megabytes):
    """Megabytes a second upwards, so that there is time to see it, and to cut it off; -1: all."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    rates = {"downloadThroughput": -1, "uploadThroughput": megabytes * 1_000_000}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **rates})
    return session


def value(page):
    return float(page.locator(".upload progress").evaluate("bar => bar.value"))


def state(page, name):
    return expect(page.locator(f".upload[data-state={name}]"))


def reaches(page, part):
    page.wait_for_function(
        "part => Number(document.querySelector('.upload progress')?.value) >= part",
        arg=part,
        timeout=60_000,
    )


def test_a_film_cut_off_in_the_middle_goes_on_where_it_stopped(tab, portal, film):
    desk = tab("administrator", language="fr")
    page = desk.page
    desk.go("/editor/videos/new/")
    network = at_speed(page, 8)
    offsets = []
    page.on(
        "request",
        lambda asked: (
            offsets.append(int(asked.headers["upload-offset"])) if asked.method == "PATCH" else None
        ),
    )
    page.locator("#id_title").fill("Ourse, bande-annonce")
    page.locator("#id_file").set_input_files(film)

    reaches(page, 30)
    network.detach()
    page.context.set_offline(True)
    state(page, "waiting").to_be_visible()
    arrived = value(page)
    assert 20 <= arrived < 100
    expect(page.locator(".upload [role=status]")).not_to_be_empty()
    page.context.set_offline(False)
    # Sent too early: it goes by itself when the file is there.
    page.locator("footer button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/editor/videos/$"), timeout=60_000)

    assert offsets == sorted(offsets)
    assert sum(1 for offset in offsets if offset == 0) == 1
    desk.go(page.locator("main a[href*='/videos/edit/']").first.get_attribute("href"))
    href = page.locator("dd a[href*='/editor/files/video-']").first.get_attribute("href")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    asked = urllib.request.Request(f"{portal.base}{href}", headers={"Cookie": cookies})
    with urllib.request.urlopen(asked) as answer:
        got = hashlib.sha256(answer.read()).hexdigest()
    assert got == hashlib.sha256(film.read_bytes()).hexdigest()


def test_after_a_reload_the_same_file_goes_on_and_a_key_pauses_it(tab, film):
    desk = tab("administrator", language="fr")
    page = desk.page
    desk.go("/editor/videos/new/")
    network = at_speed(page, 8)
    page.locator("#id_file").set_input_files(film)
    reaches(page, 30)

    pause = page.get_by_role("button", name=re.compile("Pause"))
    pause.focus()
    page.keyboard.press("Enter")
    state(page, "paused").to_be_visible()
    page.reload()
    state(page, "interrupted").to_be_visible()
    offsets = []
    page.on(
        "request",
        lambda asked: (
            offsets.append(int(asked.headers["upload-offset"])) if asked.method == "PATCH" else None
        ),
    )
    network.detach()
    page.locator("#id_file").set_input_files(film)
    state(page, "done").to_be_visible(timeout=60_000)

    assert offsets[0] > 0
    page.get_by_role("button", name=re.compile("Cancel|Annuler")).click()
    expect(page.locator(".upload")).to_have_count(0)
    assert page.locator("#id_file").get_attribute("name") == "file"


def test_many_photographs_are_one_line_each_and_all_arrive(tab, tmp_path):
    desk = tab("administrator", language="fr")
    page = desk.page
    photos = []
    for number in range(3):
        path = tmp_path / f"quai-{number}.jpg"
        path.write_bytes(coded(quarters((640 + number, 480)), "JPEG") + os.urandom(5_000_000))
        photos.append(path)
    desk.go("/editor/images/multiple/add/")
    created = []
    page.on(
        "request",
        lambda asked: (
            created.append(asked.url)
            if asked.method == "POST" and urlsplit(asked.url).path == "/editor/uploads/"
            else None
        ),
    )

    page.locator("#fileupload").set_input_files(photos)

    expect(
        page.locator("#upload-list > li.upload-success, #upload-list > li.upload-duplicate")
    ).to_have_count(3, timeout=60_000)
    assert len(created) == 3
    expect(page.locator("#upload-list li details").first).to_be_visible()
    assert [one for one in desk.complaints if "tus" in one or "upload" in one] == []
