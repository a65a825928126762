"""Every kind of page, looked at by axe and gone through with the keyboard."""

import pytest
from axe_core_python.base import AXE_SCRIPT

from tests.browser.places import in_both_languages

pytestmark = pytest.mark.browser

LOOKS = {
    "light, 1440 px": ({"width": 1440, "height": 1000}, "light"),
    "dark, 390 px": ({"width": 390, "height": 844}, "dark"),
}


def faults(page, *, without=()):
    """What axe finds serious or critical, in one line each."""
    page.evaluate(AXE_SCRIPT)
    rules = {name: {"enabled": False} for name in without}
    found = page.evaluate(
        "(rules) => axe.run(document, {rules, resultTypes: ['violations']})", rules
    )
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]} {' '.join(node['target'])}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def faults_in_each_look(page, **options):
    found = []
    for look, (viewport, scheme) in LOOKS.items():
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{look}: {fault}" for fault in faults(page, **options)]
    return found


@in_both_languages
def test_no_page_has_a_serious_fault_in_light_or_dark(tab, place, language):
    opened = place.visit(tab, language)

    assert faults_in_each_look(opened.page) == []
