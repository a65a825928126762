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
    .filter((one) => !one.closest('.nav, .scroll, .tabs'))
    .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)
"""

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
# What editors and readers write; our own words on buttons and labels are no longer than they are.
WRITTEN = """
(word) => {
  const ours = 'script, style, svg, button, .btn, label, legend, option, time, kbd'
    + ', .badge, .verdict, .num, .scroll, .tabs, .pager';
  for (const part of document.querySelectorAll('main, .crumbs')) {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      if (texts.currentNode.data.trim() && !texts.currentNode.parentElement.closest(ours))
        texts.currentNode.data = word;
  }
}
"""


@dataclass(frozen=True)
class Findings:
    """Each empty on a good page."""

    complaints: list
    sideways: dict
    faults: list
    stretched: dict
    """What is wider than the page once all that is written there is one long word."""


def look_at(tab):
    complaints = list(tab.complaints)
    found, amiss = sideways(tab.page), faults(tab.page)
    tab.page.evaluate(WRITTEN, LONG)
    return Findings(complaints, found, amiss, sideways(tab.page, widths=(320, 768, 1440)))


def sideways(page, widths=WIDTHS):
    """What is wider than the page, by width."""
    found = {}
    for width in widths:
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
