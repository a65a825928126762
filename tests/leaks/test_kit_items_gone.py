"""An item that everybody could have, then fewer, and that was taken out of the kit at last."""

import pytest

from media.kits.models import KitVersion
from tests.leaks import item_states
from tests.leaks.item_states import EVERYBODY, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return item_states.build_first(
        [State(name="always", readers=EVERYBODY), State(name="changing", readers=EVERYBODY)]
    )


def set_readers(scene, readers):
    """Another circle is no other version."""
    before = KitVersion.objects.count()
    scene.kit.refresh_from_db()
    raw = scene.kit.items.get_prep_value()
    for one in raw:
        if one["id"] in scene.cases[1].anchors:
            one["value"]["readers"] = readers
    scene.kit.items = raw
    scene.kit.save()
    return KitVersion.objects.count() - before


def take_out(scene):
    scene.kit.refresh_from_db()
    raw = scene.kit.items.get_prep_value()
    scene.kit.items = [one for one in raw if one["id"] not in scene.cases[1].anchors]
    scene.kit.save()


def told_to(scene, name):
    return (
        scene.cases[1].word
        in scene.personas[name].call(f"kits/{scene.kit.entry_key}").content.decode()
    )


def test_what_fewer_could_have_in_the_end_is_not_told_of_when_it_is_gone(scene):
    assert set_readers(scene, "accredited") in {0, 1}
    assert not told_to(scene, "anonymous")

    take_out(scene)

    assert {name for name in EVERYBODY if told_to(scene, name)} == set()


def test_what_everybody_could_have_again_is_told_of_when_it_is_gone(scene):
    set_readers(scene, "accredited")
    set_readers(scene, "public")

    take_out(scene)

    assert {name for name in EVERYBODY if told_to(scene, name)} == EVERYBODY
