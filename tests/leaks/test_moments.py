"""Moving the clock over a moment changes the very next answer, in every channel of items.

Nothing is written in between, and the process keeps what it kept.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from cms.accounts.models import Membership
from tests.leaks import item_states, test_kit_items
from tests.leaks.item_states import ACCREDITED, EARLY, EVERYBODY, MOMENT, NOBODY, State, until_early

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

INSTANT = timedelta(microseconds=1)
# Enough people to tell every rule from every other.
PEOPLE = ("anonymous", "employee", "journalist", "early", "ended", "swiss")


ITEMS = [
    State(
        name="item-opens",
        readers=NOBODY,
        item=lambda scene: {"embargo_until": scene.at + MOMENT},
    ),
    State(name="item-opens-early", readers=EARLY, item=until_early),
    State(name="file-opens", readers=NOBODY, file=lambda scene: {"opens_at": scene.at + MOMENT}),
    State(
        name="rights-end", readers=EVERYBODY, file=lambda scene: {"closes_at": scene.at + MOMENT}
    ),
    State(
        name="accreditation-ends",
        readers=ACCREDITED | {"ended"},
        item=lambda _scene: {"readers": "accredited"},
    ),
    State(name="always", readers=EVERYBODY),
]
AFTER = {
    "item-opens": EVERYBODY,
    "item-opens-early": EVERYBODY,
    "file-opens": EVERYBODY,
    "rights-end": NOBODY,
    "accreditation-ends": ACCREDITED,
    "always": EVERYBODY,
}


@pytest.fixture(scope="module")
def kit(lasting):
    def build():
        scene = item_states.build_first(ITEMS)
        ends = Membership.objects.filter(user__email="ended@presse.example")
        ends.update(ends_at=scene.at + MOMENT)
        scene.personas = {name: scene.personas[name] for name in PEOPLE}
        return scene

    return lasting(build)


def wrong_in(scene, channel, readers):
    """Who finds what they should not, and who does not find what they should."""
    wrong = []
    for persona in scene.personas.values():
        found = channel.look(scene, persona)
        for case in scene.cases:
            seen_by = replace(case, state=replace(case.state, readers=readers(case)))
            may = persona.name in channel.expected(seen_by)
            if case.name in found and not may:
                wrong.append(f"LEAK to {persona.name}: {case.name}")
            elif may and case.name not in found and not channel.may_be_silent:
                wrong.append(f"hidden from {persona.name}: {case.name}")
    return wrong


# There is but one version; and who took a file before goes on knowing that.
LEFT_OUT = {
    "older archive",
    "delta",
    "credit as a word",
    "checksum of a copy",
    "words about a copy",
}
OF_ITEMS = {
    name: channel
    for name, channel in test_kit_items.CHANNELS.items()
    if not channel.is_of_twins and name not in LEFT_OUT
}


@pytest.mark.parametrize("name", OF_ITEMS)
def test_an_item_opens_and_closes_at_its_instant_in_every_channel(kit, at, name):
    at(kit.at + MOMENT - INSTANT)
    before = wrong_in(kit, OF_ITEMS[name], lambda case: case.readers)

    at(kit.at + MOMENT)

    assert before == []
    assert wrong_in(kit, OF_ITEMS[name], lambda case: AFTER[case.name]) == []
