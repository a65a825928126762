"""Moving the clock over an embargo's end and an expiry, in every channel of the matrix of pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.leaks import (
    media_channels,  # noqa: F401 - registers its channels
    world,
)
from tests.leaks.channels import CHANNELS

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

INSTANT = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def pages(lasting):
    def build():
        home, groups, personas = world.build_people()
        english = world.HomePage.objects.get(locale__language_code="en")
        found = world.World(home=home, english=english, groups=groups, personas=personas)
        found.begun = timezone.now()
        for state in (
            world.State("embargoed", world.NOBODY, world._embargoed()),
            world.State(
                "embargoed-early",
                frozenset({"journalist", "administrator"}),
                world._embargoed("Presse"),
            ),
            world.State("public", world.EVERYBODY, expiring),
        ):
            found.cases.append(world._case(found, state))
        found.ended = timezone.now()
        people = ("anonymous", "employee", "journalist", "administrator")
        found.personas = {name: personas[name] for name in people}
        return found

    return lasting(build)


def expiring(_world, page, place):
    page.expire_at = timezone.now() + timedelta(days=1)
    return place.add_child(instance=page)


def wrong_on(pages, channel):
    wrong = []
    for case in pages.cases:
        for persona in pages.personas.values():
            found, may = channel.look(pages, persona, case), persona.name in channel.expected(case)
            if found != may:
                wrong.append(
                    f"{'LEAK to' if found else 'hidden from'} {persona.name}: {case.state}"
                )
    return wrong


@pytest.mark.parametrize("name", CHANNELS)
def test_a_page_and_a_kit_open_and_close_at_their_hour_in_every_channel(pages, at, name):
    at(pages.begun + timedelta(days=1) - INSTANT)
    before = wrong_on(pages, CHANNELS[name])
    as_built = [case.readers for case in pages.cases]

    at(pages.ended + timedelta(days=1))

    for case in pages.cases:
        case.readers = world.NOBODY if case.state == "public" else world.EVERYBODY
    try:
        after = wrong_on(pages, CHANNELS[name])
    finally:
        for case, readers in zip(pages.cases, as_built, strict=True):
            case.readers = readers
    assert before == []
    assert after == []
