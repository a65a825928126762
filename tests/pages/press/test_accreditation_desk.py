"""The press desk's decisions: what they change, what they leave alone, and what is kept of them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult
from wagtail.models import ModelLogEntry

from cms.access import gates
from cms.access.rule import PUBLIC
from cms.accounts import identity
from cms.accounts.models import Membership, Organisation, User
from cms.entries.models import Entry
from pages.press import early
from pages.press.accreditation import deciding, erasing, standing
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.notices import deliver
from pages.press.accreditation.states import DecidedMeanwhile
from pages.press.room import PressRoomPage
from tests.factories import article, restrict
from tests.pages.press.test_accreditation import (
    FORM,
    MINE,
    NADIA,
    PDF,
    Clock,
    accredited,
    approve,
    ask,
    ask_and_confirm,
    decide,
    filled,
    mailed_link,
    signed_in,
)
from tests.pages.press.test_accreditation import (
    _nobody_asked_yet as _nobody_asked_yet,
)
from tests.pages.press.test_accreditation import (
    officer as officer,
)
from tests.pages.press.test_accreditation import (
    outlet as outlet,
)
from tests.pages.press.test_accreditation import (
    press_page as press_page,
)

pytestmark = pytest.mark.django_db

DESK = "/editor/press/accreditations/"
BULK = "/editor/bulk/pages/accreditation/"


def margaux():
    return User.objects.get(email="margaux@cabestan.example")


def next_year():
    return f"{identity.now().year + 1}-12-31"


# Outlets


def test_the_typed_name_joins_no_outlet_by_itself(officer, outlet):
    asked = ask_and_confirm(outlet_name=outlet.name)

    page = officer.get(f"{DESK}{asked.pk}/approve/").content.decode()
    answer = decide(officer, asked, "approve", last_day=next_year())

    assert f'<option value="{outlet.pk}">' in page  # offered, not chosen
    assert answer.status_code == 200
    assert not User.objects.filter(email=NADIA).exists()


def test_a_new_outlet_is_made_with_its_territory(officer):
    asked = ask_and_confirm(outlet_name="Le Relais", country="CH")

    decide(officer, asked, "approve", new_outlet="Le Relais", territory="CH", last_day=next_year())

    made = Organisation.objects.get(name="Le Relais")
    assert (made.kind, made.territory) == (Organisation.Kind.OUTLET, "CH")
    assert User.objects.get(email=NADIA).organisation == made


@pytest.mark.parametrize("both", [True, False])
def test_a_new_outlet_never_takes_the_name_of_an_organisation_that_is_known(officer, outlet, both):
    exhibitor = Organisation.objects.create(name="Le Goéland", kind=Organisation.Kind.EXHIBITOR)
    asked = ask_and_confirm()
    chosen = {"outlet": outlet.pk} if both else {}

    answer = decide(
        officer, asked, "approve", new_outlet="LE GOÉLAND", last_day=next_year(), **chosen
    )
    listed = answer.content.decode()

    assert answer.status_code == 200
    assert f'<option value="{exhibitor.pk}"' not in listed
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_an_outlets_page_shows_its_people_and_what_names_it(officer, outlet, section):
    accredited(officer, outlet)
    kit = article(section, "L’Horlogère")
    gate = gates.intern(early.rule(outlets=[outlet.pk], press=early.press_group()))
    Entry.objects.filter(key=kit.entry_key).update(early_gate_id=gate)

    listed = officer.get("/editor/press/outlets/").content.decode()
    page = officer.get(f"/editor/press/outlets/{outlet.pk}/").content.decode()

    assert outlet.name in listed
    assert "Nadia Ferrand" in page
    assert NADIA in page
    assert kit.entry_key in page


def test_early_material_of_an_outlet_closes_with_the_accreditation(officer, outlet, section):
    kit = article(section, "L’Horlogère")
    asked = accredited(officer, outlet)
    deciding.press_group()
    Entry.objects.filter(key=kit.entry_key).update(
        gate_id=gates.intern(PUBLIC),
        opens_at=identity.now() + timedelta(days=3),
        early_gate_id=gates.intern(early.rule(outlets=[outlet.pk], press=early.press_group())),
    )
    browser = signed_in()
    before = browser.get(kit.get_url()).status_code

    decide(officer, asked, "expire")

    assert (before, browser.get(kit.get_url()).status_code) == (200, 404)
    assert User.objects.get(email=NADIA).organisation == outlet  # of the outlet, but not accredited


# Accounts


@pytest.mark.parametrize("kind", [None, Organisation.Kind.EXHIBITOR])
def test_an_employee_or_partner_keeps_their_place_and_gets_the_group(
    officer, outlet, make_user, press_page, kind
):
    place = kind and Organisation.objects.create(name="Le Goéland", kind=kind)
    person = make_user("camille@cabestan.example", organisation=place)
    asked = ask_and_confirm(email=person.email)

    page = officer.get(f"{DESK}{asked.pk}/approve/").content.decode()
    approve(officer, asked, outlet)
    person.refresh_from_db()
    reads = signed_in(person.email).get(press_page.get_url()).status_code
    decide(officer, asked, "revoke", reason="Fin")
    person.refresh_from_db()

    assert "fr-warns" in page
    assert (person.organisation, reads) == (place, 200)
    assert person.is_active


def test_an_account_that_the_company_closed_is_not_opened_by_the_desk(officer, outlet, make_user):
    person = make_user("ancien@cabestan.example", is_active=False)
    asked = ask_and_confirm(email=person.email)

    decide(officer, asked, "approve", outlet=outlet.pk, last_day=next_year())

    asked.refresh_from_db()
    person.refresh_from_db()
    assert (asked.state, person.is_active) == ("requested", False)
    assert not Membership.objects.exists()


def test_who_changes_outlets_is_accredited_for_the_new_one_alone(officer, outlet, press_page):
    first = accredited(officer, outlet)
    other = Organisation.objects.create(name="Autre titre", kind=Organisation.Kind.OUTLET)
    again = approve(officer, ask_and_confirm(outlet_name="Autre titre"), other)

    person = User.objects.get(email=NADIA)
    first.refresh_from_db()
    assert person.organisation == other
    assert Membership.objects.in_force(identity.now()).count() == 1
    assert standing.status_of(person.pk, identity.now()).outlet == "Autre titre"
    assert first.state_at(identity.now()) == "expired"
    decide(officer, again, "revoke", reason="Fin")
    assert signed_in().get(press_page.get_url()).status_code == 404


def test_a_revoked_person_may_be_accredited_again(officer, outlet, press_page):
    asked = accredited(officer, outlet)
    decide(officer, asked, "revoke", reason="Erreur")

    approve(officer, asked, outlet)

    assert User.objects.get(email=NADIA).organisation == outlet
    assert signed_in().get(press_page.get_url()).status_code == 200


# Deciding


def test_two_officers_cannot_decide_the_same_request(officer, outlet):
    asked = ask_and_confirm()
    moment, by = identity.now(), margaux()
    deciding.refuse(asked.pk, reason="Non", by=by, at=moment)
    mails = len(mail.outbox)

    with pytest.raises(DecidedMeanwhile):
        deciding.refuse(asked.pk, reason="Non", by=by, at=moment)
    late = decide(officer, asked, "revoke", reason="Non")

    assert late["Location"] == f"{DESK}{asked.pk}/"
    assert len(mail.outbox) == mails


@pytest.mark.parametrize("day", ["2001-12-31", "2999-01-01", "", "demain"])
def test_the_last_day_lies_ahead_and_not_too_far(officer, outlet, day):
    asked = ask_and_confirm()

    answer = decide(officer, asked, "approve", outlet=outlet.pk, last_day=day)

    assert answer.status_code == 200
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_nothing_is_decided_by_opening_an_address(officer):
    asked = ask_and_confirm()

    pages = [officer.get(f"{DESK}{asked.pk}/{one}/") for one in ("approve", "refuse", "erase")]
    unknown = officer.get(f"{DESK}{asked.pk}/promote/", follow=True)

    assert [one.status_code for one in pages] == [200] * 3
    assert unknown.status_code == 404
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_every_step_is_in_the_history(officer, outlet):
    asked = accredited(officer, outlet)
    decide(officer, asked, "revoke", reason="Embargo rompu.")

    page = officer.get(f"{DESK}{asked.pk}/").content.decode()
    steps = ModelLogEntry.objects.for_instance(asked).values_list("action", "user__email")

    assert list(steps.order_by("timestamp", "pk")) == [
        ("press.request", None),
        ("press.approve", "margaux@cabestan.example"),
        ("press.revoke", "margaux@cabestan.example"),
    ]
    assert page.count("Embargo rompu.") >= 2


def test_several_requests_are_approved_at_once_each_with_its_outlet(officer, outlet):
    one = ask_and_confirm()
    two = ask_and_confirm(email="luc@relais.example", first_name="Luc", outlet_name="Le Relais")
    address = f"{BULK}approve/?id={one.pk}&id={two.pk}"

    page = officer.get(address)
    unfinished = officer.post(address, {"last_day": next_year(), f"{one.pk}-outlet": outlet.pk})
    waiting = Accreditation.objects.filter(state="requested").count()
    officer.post(
        address,
        {
            "last_day": next_year(),
            f"{one.pk}-outlet": outlet.pk,
            f"{two.pk}-new_outlet": "Le Relais",
            f"{two.pk}-territory": "FR",
        },
    )

    assert page.status_code == 200
    assert (unfinished.status_code, waiting) == (200, 2)
    assert User.objects.get(email=NADIA).organisation == outlet
    assert User.objects.get(email="luc@relais.example").organisation.name == "Le Relais"


def test_several_requests_are_refused_at_once_and_what_is_decided_is_left_alone(officer, outlet):
    done = accredited(officer, outlet, email="sam@titre.example")
    one = ask_and_confirm()
    two = ask_and_confirm(email="luc@relais.example")
    mail.outbox.clear()

    officer.post(f"{BULK}refuse/?id={one.pk}&id={two.pk}&id={done.pk}", {"reason": "Pas de titre."})

    states = dict(Accreditation.objects.values_list("pk", "state"))
    assert states == {done.pk: "approved", one.pk: "refused", two.pk: "refused"}
    assert len(mail.outbox) == 2
    assert all("Pas de titre." in one.body for one in mail.outbox)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=requested", {"Waits"}),
        ("state=approved", {"Ends", "Lasts"}),
        ("state=expired", {"Ended"}),
        ("attention=ending", {"Ends"}),
        ("beat=photo", {"Waits"}),
        ("q=relais", {"Waits"}),
        ("", {"Waits", "Ends", "Lasts", "Ended"}),
    ],
)
def test_the_list_is_filtered_by_state_at_this_moment_beat_and_what_ends(
    officer, outlet, query, found
):
    ask_and_confirm(email="a@x.example", last_name="Waits", beat="photo", outlet_name="Relais")
    for number, (name, days) in enumerate([("Ends", 20), ("Lasts", 300), ("Ended", -1)]):
        one = accredited(officer, outlet, email=f"{number}@x.example", last_name=name)
        Accreditation.objects.filter(pk=one.pk).update(
            ends_at=identity.now() + timedelta(days=days)
        )

    for path in ("", "results/"):
        text = officer.get(f"{DESK}{path}?{query}").content.decode()
        names = {"Waits", "Ends", "Lasts", "Ended"}
        assert {one for one in names if f"Nadia {one}" in text} == found


def test_the_list_costs_the_same_for_any_number(officer, django_assert_max_num_queries):
    for number in range(12):
        ask_and_confirm(email=f"j{number}@x.example")
        Client().post(FORM, filled(email=f"k{number}@x.example"), REMOTE_ADDR=f"192.0.2.{number}")

    with django_assert_max_num_queries(16):
        officer.get(f"{DESK}results/")


# Mail


def test_a_mail_server_that_fails_stops_no_decision_and_is_asked_again(
    officer, outlet, settings, press_page, monkeypatch
):
    asked = ask_and_confirm()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    approve(officer, asked, outlet)
    queued = DBTaskResult.objects.get()

    deliver.call(*queued.args_kwargs["args"])

    again = DBTaskResult.objects.exclude(pk=queued.pk).get()
    assert again.args_kwargs["args"] == [*queued.args_kwargs["args"][:4], 1]
    assert timedelta(0) < again.run_after - identity.now() <= timedelta(minutes=1)
    assert User.objects.filter(email=NADIA).exists()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox.clear()
    deliver.call(*again.args_kwargs["args"])
    assert mail.outbox[0].to == [NADIA]


def test_mail_is_written_in_the_persons_language(officer, outlet):
    Client().post("/en/press/accreditation/", filled(email="ann@paper.example"))
    asked_in_english = mail.outbox[-1]
    Client().post(mailed_link("ann@paper.example"))
    approve(officer, Accreditation.objects.get(), outlet)

    assert "confirm your request" in asked_in_english.subject
    assert "/en/press/accreditation/confirm/" in asked_in_english.body
    assert "you are accredited" in mail.outbox[-1].subject
    assert "/en/" in mail.outbox[-1].body


# Forgetting


def test_whoever_asks_is_erased_by_the_desk_with_proof_account_and_history(
    officer, outlet, press_page
):
    asked = accredited(officer, outlet, proof=SimpleUploadedFile("carte.pdf", PDF))
    browser = signed_in()
    stored = asked.proof.storage, asked.proof.name
    browser.post(f"{MINE}erase/")
    listed = officer.get(f"{DESK}?attention=erasure").content.decode()

    decide(officer, asked, "erase")

    person = User.objects.get(pk=asked.person_id)
    assert "Nadia Ferrand" in listed
    assert not stored[0].exists(stored[1])
    assert Accreditation.objects.count() == 0
    assert (person.email, person.first_name, person.is_active) == (
        f"erased-{person.pk}@erased.invalid",
        "",
        False,
    )
    assert not ModelLogEntry.objects.filter(label__contains="Ferrand").exists()
    assert browser.get(press_page.get_url()).status_code == 404
    assert mail.outbox[-1].to == [NADIA]


def test_erasing_an_employees_accreditation_leaves_the_employee(officer, outlet, make_user):
    person = make_user("camille@cabestan.example", first_name="Camille")
    asked = approve(officer, ask_and_confirm(email=person.email), outlet)

    decide(officer, asked, "erase")

    person.refresh_from_db()
    assert (person.email, person.is_active) == ("camille@cabestan.example", True)
    assert not Membership.objects.exists()


def test_proofs_and_what_nobody_confirmed_are_deleted_in_time(officer, outlet):
    asked = accredited(officer, outlet, proof=SimpleUploadedFile("carte.pdf", PDF))
    ask(email="x@y.example", proof=SimpleUploadedFile("carte.pdf", PDF))
    unconfirmed = Accreditation.objects.get(email="x@y.example")
    stored = unconfirmed.proof.storage
    start = identity.now()

    early = erasing.forget_old(start + timedelta(days=2))
    later = erasing.forget_old(start + timedelta(days=31))

    asked.refresh_from_db()
    assert (early.proofs, early.records) == (0, 0)
    assert (later.proofs, later.records) == (1, 1)
    assert not asked.proof
    assert not stored.exists(unconfirmed.proof.name)
    assert asked.state == "approved"


def test_accounts_made_for_the_press_are_emptied_years_after_the_end(officer, outlet):
    asked = accredited(officer, outlet)
    years = timedelta(days=5 * 366)

    erasing.forget_old(identity.now() + years)

    person = User.objects.get(pk=asked.person_id)
    assert not person.is_active
    assert person.email.endswith("@erased.invalid")


def test_a_person_without_accreditation_has_no_standing_and_nothing_to_erase(make_user):
    person = make_user("camille@cabestan.example")
    client = Client()
    client.force_login(person)

    assert standing.status_of(person.pk, identity.now()) is None
    assert client.get(MINE).status_code == 200
    assert client.get(f"{MINE}erase/").status_code == 404


def test_the_group_is_the_one_that_the_setting_names(officer, outlet, settings, section):
    settings.PRESS_GROUP = "Journalistes"
    accredited(officer, outlet)
    page = article(section)
    restrict(page, Group.objects.get(name="Journalistes"))

    assert signed_in().get(page.get_url()).status_code == 200


def test_what_a_person_sees_of_their_accreditation(officer, outlet, monkeypatch):
    asked = accredited(officer, outlet)
    person = User.objects.get(email=NADIA)
    status = standing.status_of(person.pk, identity.now())
    page = signed_in().get(MINE).content.decode()

    assert (status.name, status.outlet, status.is_open) == ("Nadia Ferrand", outlet.name, True)
    assert status.until.isoformat() == next_year()
    assert not status.can_renew
    assert "Nadia Ferrand" in page
    assert outlet.name in page

    Clock(monkeypatch).set(asked.ends_at + timedelta(days=10))
    ended = standing.status_of(person.pk, identity.now())
    Clock(monkeypatch).set(asked.ends_at + timedelta(days=400))
    long_ago = standing.status_of(person.pk, identity.now())
    assert (ended.state, ended.is_open, ended.can_renew) == ("expired", False, True)
    assert not long_ago.can_renew


def test_the_mail_leads_to_the_press_room_of_the_persons_language(officer, outlet, site):
    site.add_child(instance=PressRoomPage(title="Espace presse", slug="presse", locale=site.locale))

    accredited(officer, outlet)

    assert "/fr/presse/" in mail.outbox[-1].body
