"""What is found on a page that is looked at once: by axe, at each width, and in its console."""

from dataclasses import dataclass

from axe_core_python.base import AXE_SCRIPT

LOOKS = {
    "light, 1440 px": ({"width": 1440, "height": 1000}, "light"),
    "dark, 390 px": ({"width": 390, "height": 844}, "dark"),
}
WIDTHS = (320, 360, 768, 1440)
SIDEWAYS = """
() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? []
  : [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)
"""


@dataclass(frozen=True)
class Findings:
    """Each empty on a good page."""

    complaints: list
    sideways: dict
    faults: list


def look_at(tab):
    complaints = list(tab.complaints)
    return Findings(complaints, sideways(tab.page), faults(tab.page))


def sideways(page):
    """What is wider than the page, by width."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if wide := page.evaluate(SIDEWAYS):
            found[width] = wide
    return found


def faults(page, where="document"):
    """What axe finds serious or critical in each look, in one line each."""
    run = f"() => axe.run({where}, {{resultTypes: ['violations']}})"
    page.evaluate(AXE_SCRIPT)
    found = []
    for look, (viewport, scheme) in LOOKS.items():
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [
            f"{look}: {one['id']}: {' '.join(node['target'])}: {node['html'][:160]}"
            for one in page.evaluate(run)["violations"]
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]
    return found
