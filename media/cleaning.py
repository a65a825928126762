"""SVG without anything that acts or calls out: an allow-list of drawing, by svg-hush, and limits.

The library keeps what draws and drops scripts, handlers, foreign content and unknown attributes.
What it leaves to its callers is done here: entities and endless nesting are refused before it runs,
and afterwards every reference that leads out of the file goes.
"""

import io
import re
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from defusedxml.ElementTree import fromstring as parsed
from django.utils.translation import gettext as _
from py_svg_hush import filter_svg

from media.checking import Refused

LARGEST = 4 << 20
DEEPEST = 100
MOST_ELEMENTS = 100_000
NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
EMBEDDED = {"image": ["png", "jpeg", "gif", "webp"]}
"""Pictures that may stand in the file itself, as ``data:`` addresses."""

_OUTWARD = re.compile(r"url\(\s*(?!['\"]?\s*#)|@import|expression\(|https?:|javascript:|//", re.I)
_LOCAL = re.compile(r"#|data:image/(png|jpeg|gif|webp)[;,]", re.I)
_ANIMATIONS = {"animate", "animateMotion", "animateTransform", "set"}


class Bottomless(Exception):
    """The file nests or counts beyond what any drawing needs."""


class _Measure:
    """A parser's target that keeps nothing but how deep and how many."""

    def __init__(self) -> None:
        self.depth = self.elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            raise Bottomless

    def end(self, tag: str) -> None:
        self.depth -= 1

    def close(self) -> None:
        pass


def clean_svg(svg: bytes, field: str = "document") -> bytes:
    """The drawing alone, in UTF-8. Raises ``Refused`` where there is none, or it is a trap."""
    if len(svg) > LARGEST:
        raise Refused(field, _("The SVG is too large: export it without embedded pictures."))
    try:
        _measure(svg)
        root = parsed(filter_svg(svg, EMBEDDED))
    except (DefusedXmlException, Bottomless) as error:
        raise Refused(
            field,
            _("The SVG holds entities or endless nesting: export it anew as a plain SVG."),
            "bomb",
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Refused(
            field, _("The SVG is damaged, or is none: export it anew as a plain SVG."), "damaged"
        ) from error
    if root.tag != f"{{{NAMESPACE}}}svg":
        raise Refused(field, _("The file is no SVG drawing: export it anew."), "damaged")
    _cut_outward(root)
    ElementTree.register_namespace("", NAMESPACE)
    ElementTree.register_namespace("xlink", XLINK)
    out = io.BytesIO()
    ElementTree.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def _measure(svg: bytes) -> None:
    parser = DefusedXMLParser(target=_Measure())
    parser.feed(svg)
    parser.close()


def _cut_outward(element: ElementTree.Element) -> None:
    """Take away what calls out of the file, or would at some moment of an animation."""
    for name, value in list(element.attrib.items()):
        is_reference = name.rpartition("}")[2] == "href"
        if (is_reference and not _LOCAL.match(value.strip())) or (
            not is_reference and _OUTWARD.search(value)
        ):
            del element.attrib[name]
    for child in list(element):
        local = str(child.tag).rpartition("}")[2]
        if local in _ANIMATIONS or (local == "style" and _OUTWARD.search(child.text or "")):
            element.remove(child)
        else:
            _cut_outward(child)
