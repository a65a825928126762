"""The demo's press room: what is in it, who has it when, and that its files are real."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from cms.accounts.models import Organisation, User
from cms.demo import people
from cms.demo.content import Calendar
from cms.demo.load import is_complete, load
from cms.demo.press.wanted import kits
from cms.entries.models import Change
from media.downloads.models import Download, Notice, Told
from media.kits.models import KitVersion
from media.models import Derived, Document, Image, Video
from pages.models import PressContactPage, PressKitPage, PressReleasePage, PressRoomPage
from pages.press.accreditation import standing
from pages.press.accreditation.models import Accreditation, PressTerms
from pages.press.accreditation.states import State

READERS = (None, "journalist", "journalist-early", "employee")


def kit(slug):
    return PressKitPage.objects.get(slug=slug)


def manifest(get, slug, persona=None):
    return get(f"/api/v1/kits/press-kit-{kit(slug).pk}", persona)


def titles(answer):
    return {item["title"] for item in answer.json()["items"]}


def whole(answer):
    return b"".join(answer.streaming_content)


def test_both_languages_have_a_room_in_the_menu_with_people_and_releases(demo):
    rooms = {room.locale.language_code: room for room in PressRoomPage.objects.all()}
    assert set(rooms) == {"fr", "en"}
    for room in rooms.values():
        assert room.show_in_menus
        assert room.boilerplate
        assert room.terms_text
        assert len(room.screenings) >= 2
        names = {one.value.title for one in room.contacts}
        assert names == {"Margaux Delorme", "Thibault Nguyen"}
        assert PressContactPage.objects.child_of(room).count() == 2
    french = PressReleasePage.objects.child_of(rooms["fr"])
    english = PressReleasePage.objects.child_of(rooms["en"])
    assert french.count() >= 6
    keys = set(french.values_list("translation_key", flat=True))
    assert sum(page.translation_key in keys for page in english) >= 3


def test_a_release_was_corrected_one_waits_and_the_others_do_not(get):
    cards = get("/api/v1/entries", type="press-release", locale="fr").json()["items"]
    assert any(card["corrected_at"] and card["updates"] for card in cards)
    assert all(card["embargo_until"] is None for card in cards)
    early = get("/api/v1/entries", "journalist-early", type="press-release", locale="fr").json()
    waiting = [card for card in early["items"] if card["embargo_until"]]
    assert [card["url"] for card in waiting] == ["/fr/presse/cp-horlogere-entretien-kerjean/"]
    assert datetime.fromisoformat(waiting[0]["embargo_until"]) > datetime.now(UTC)


def test_every_page_is_fit_for_the_press(demo):
    for model in (PressRoomPage, PressReleasePage, PressKitPage, PressContactPage):
        for page in model.objects.all():
            assert page.refusals() == [], page


def test_each_kit_has_a_dozen_photos_a_dossier_and_a_logo(demo):
    assert len(kits()) == 3
    for one in kits():
        last = KitVersion.objects.filter(key=f"press-kit-{kit(one.words['fr']['slug']).pk}").first()
        found = [item.kind for item in last.items.all()]
        assert found.count("photo") >= 12
        assert "document" in found
        assert "logo" in found


@pytest.mark.parametrize("one", kits(), ids=lambda one: one.stem)
def test_the_versions_of_a_kit_differ_and_stand_on_their_days(demo, one):
    versions = KitVersion.objects.filter(key=f"press-kit-{kit(one.words['fr']['slug']).pk}")
    numbers = [version.number for version in versions]
    assert numbers == list(range(len(one.steps), 0, -1))
    days = [version.made_at for version in versions]
    assert days == sorted(days, reverse=True)
    assert len({version.signature for version in versions}) == len(numbers)


@pytest.mark.parametrize("persona", READERS)
def test_only_one_outlet_has_the_kit_under_embargo(get, at, persona):
    page = kit("dossier-horlogere")
    may = persona == "journalist-early"
    for path in ("/fr/presse/dossier-horlogere/", f"/api/v1/entries/press-kit-{page.pk}"):
        assert get(path, persona).status_code == (200 if may else 404)
    answer = manifest(get, "dossier-horlogere", persona)
    assert answer.status_code == (200 if may else 404)
    zipped = f"/api/v1/kits/press-kit-{page.pk}/v3.zip"
    assert get(zipped, persona).status_code == (200 if may else 404)
    photo = f"/files/{Image.objects.get(name='horlogere-leonie.jpg').file_key}/card"
    assert get(photo, persona).status_code == (200 if may else 404)

    at(page.embargo_until)

    assert get("/fr/presse/dossier-horlogere/", persona).status_code == 200
    assert get(zipped, persona).status_code == 200
    assert get(photo, persona).status_code == 200


def test_the_embargo_ends_at_nine_in_paris_within_three_days_of_the_loading(demo):
    page = kit("dossier-horlogere")
    ends = page.embargo_until.astimezone(Calendar(datetime.now(UTC)).ahead(1).tzinfo)
    assert (ends.hour, ends.minute, ends.second) == (9, 0, 0)
    assert timedelta() < page.embargo_until - datetime.now(UTC) < timedelta(days=3)


def test_some_photos_are_for_the_accredited_and_one_for_one_outlet_first(get):
    shown = {who: titles(manifest(get, "dossier-dernier-bac", who)) for who in READERS}
    assert "Samir Oukaci, au cadre" in shown["journalist"] - shown[None]
    early = shown["journalist-early"] - shown["journalist"]
    assert early == {"L’affiche des îles"}
    assert shown["employee"] - shown[None] <= {"La nuit du départ"}


def test_what_ended_is_delivered_to_nobody(get):
    ended = Image.objects.get(name="dernier-bac-ouessant.jpg")
    assert ended.closes_at < datetime.now(UTC)
    for persona in (*READERS, "administrator"):
        assert get(f"/files/{ended.file_key}/web", persona).status_code == 404
        assert "Projection à Ouessant" not in titles(manifest(get, "dossier-dernier-bac", persona))


def test_a_photo_for_some_territories_is_for_outlets_there(get):
    photo = Image.objects.get(name="ourse-peluche-portrait.jpg")
    assert photo.territories == "FR BE"
    assert get(f"/files/{photo.file_key}/web").status_code == 404
    assert get(f"/files/{photo.file_key}/web", "journalist").status_code == 200
    lakeside = Organisation.objects.get(name="Lakeside Film Weekly")
    User.objects.filter(email=people.PERSONAS["journalist"][0]).update(organisation=lakeside)
    assert get(f"/files/{photo.file_key}/web", "journalist").status_code == 404


def test_the_desk_has_accreditations_in_every_state(demo):
    now = datetime.now(UTC)
    states = {one.state_at(now) for one in Accreditation.objects.all()}
    assert states == set(State)
    waiting = Accreditation.objects.filter(state="requested")
    assert all(one.message and one.link_list and one.confirmed_at for one in waiting)
    assert Accreditation.objects.filter(renewal_asked_at__isnull=False).exists()
    assert {terms.locale for terms in PressTerms.objects.all()} == {"fr", "en"}


@pytest.mark.parametrize("persona", ["journalist", "journalist-early"])
def test_journalists_are_accredited_and_have_accepted_the_terms(demo, persona):
    person = User.objects.get(email=people.PERSONAS[persona][0])
    status = standing.status_of(person.pk, datetime.now(UTC))
    assert status.is_open
    assert status.terms_to_accept is None
    assert not person.groups.exists()


def test_an_accreditation_that_ends_ends_what_it_opened(get, at):
    assert "Samir Oukaci, au cadre" in titles(manifest(get, "dossier-dernier-bac", "journalist"))
    end = Accreditation.objects.get(email=people.PERSONAS["journalist"][0]).ends_at
    at(end)
    shown = titles(manifest(get, "dossier-dernier-bac", "journalist"))
    assert "Samir Oukaci, au cadre" not in shown


def test_the_press_officer_decides_sees_downloads_and_publishes_in_the_room(demo):
    margaux = User.objects.get(email=people.PERSONAS["press-officer"][0])
    for right in ("pages.decide_accreditation", "media.view_download", "media.change_notice"):
        assert margaux.has_perm(right)
    for room in PressRoomPage.objects.all():
        assert room.permissions_for_user(margaux).can_publish_subpage()
    client = Client()
    client.force_login(margaux)
    answer = client.get("/editor/reports/downloads/").content.decode()
    assert "Le Soir des salles" in answer
    kit_page = kit("dossier-horlogere")
    assert client.get(f"/editor/pages/{kit_page.pk}/edit/").status_code == 200


def test_downloads_are_those_of_several_people_and_versions(demo):
    taken = Download.objects.filter(person__isnull=False)
    assert taken.values("person").distinct().count() >= 5
    key = f"press-kit-{kit('dossier-horlogere').pk}"
    assert set(taken.filter(kit=key).values_list("version", flat=True)) == {1, 2, 3}
    assert Download.objects.filter(person=None).exists()
    assert Download.objects.filter(completed_at=None).exists()
    assert all(one.started_at <= datetime.now(UTC) for one in taken)


def test_those_who_took_the_withdrawn_photo_were_told(demo):
    notice = Notice.objects.get(kind=Notice.Kind.WITHDRAWN)
    told = Told.objects.filter(notice=notice, sent_at__isnull=False)
    assert {one.person.get_full_name() for one in told} == {"Nadia Ferrand", "Simon Vautrin"}
    assert notice.reason
    assert not Notice.objects.filter(state=Notice.State.PENDING).exists()


def test_loading_again_changes_nothing_of_the_press_room(demo):
    tables = (
        KitVersion, Image, Document, Video, Derived, Download, Notice, Told, Accreditation,
        PressTerms, Change,
    )  # fmt: skip
    before = [table.objects.count() for table in tables]
    assert is_complete()
    load(quiet=True)
    assert [table.objects.count() for table in tables] == before


def test_a_kit_that_was_deleted_comes_back_with_all_its_versions(demo):
    kit("dossier-dernier-bac").delete()
    assert not is_complete()
    assert load(quiet=True).pages == 2  # the kit, and its second version
    assert is_complete()
    versions = KitVersion.objects.filter(key=f"press-kit-{kit('dossier-dernier-bac').pk}")
    assert versions.count() == 2
