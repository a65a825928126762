"""XMP (ISO 16684-1): packets read without trust, and written anew."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from html import escape
from typing import Any

from defusedxml.ElementTree import fromstring

from media.metadata.texts import clean, day, listed, moment
from media.metadata.values import Confirmed, Found

LONGEST_PACKET = 1 << 20
MOST_PROPERTIES = 2000

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
}
_PRISM = "http://prismstandard.org/namespaces/"  # in several versions
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_DATA_MINING = "http://ns.useplus.org/ldf/vocab/"

Value = tuple[str, str]
"""A language, often none, and a text."""


def found(packet: bytes, zone: tzinfo, language: str = "") -> Found:
    """What a packet says, in this language where it has several. Raises on what is no XML."""
    said = properties(packet)

    def texts(name: str) -> list[str]:
        return [text for _, text in said.get(name, [])]

    def text(name: str) -> str:
        return clean(_in_language(said.get(name, []), language))

    def first(name: str) -> str:
        return clean(next(iter(texts(name)), ""))

    return Found(
        creator=", ".join(listed(texts("dc:creator"))),
        credit=first("photoshop:Credit"),
        copyright=text("dc:rights"),
        usage_terms=text("xmpRights:UsageTerms"),
        web_statement=_address(first("xmpRights:WebStatement")),
        caption=text("dc:description"),
        headline=first("photoshop:Headline"),
        title=text("dc:title"),
        persons=listed(texts("Iptc4xmpExt:PersonInImage")),
        keywords=listed(texts("dc:subject")),
        taken_on=day(first("photoshop:DateCreated")),
        release=moment(first("prism:embargoDate"), zone),
        expires=moment(first("prism:expirationDate"), zone, is_end=True),
        source_type=_code(first("Iptc4xmpExt:DigitalSourceType")),
        data_mining=_code(first("plus:DataMining")),
        alt=text("Iptc4xmpCore:AltTextAccessibility"),
    )


def properties(packet: bytes) -> dict[str, list[Value]]:
    """The values of every property that has a name here; a list's are told in its order."""
    if not packet or len(packet) > LONGEST_PACKET:
        return {}
    # Entities and document types are refused: a packet has no use for them.
    root = fromstring(packet.strip(b"\0 \t\r\n"), forbid_dtd=True)
    said: dict[str, list[Value]] = {}
    for number, (tag, values) in enumerate(_told(root)):
        if (name := _named(tag)) and values:
            said.setdefault(name, []).extend(values)
        if number == MOST_PROPERTIES:
            break
    return said


def _told(root: Any) -> Iterator[tuple[str, list[Value]]]:
    for rdf in root.iter(f"{RDF}RDF"):
        for node in rdf.findall(f"{RDF}Description"):
            for name, text in node.attrib.items():
                yield name, [("", text)]
            for child in node:
                yield child.tag, list(_values(child))


def _values(node: Any) -> Iterator[Value]:
    items = [
        item for kind in ("Alt", "Bag", "Seq") for item in node.findall(f"{RDF}{kind}/{RDF}li")
    ]
    for item in items[:MOST_PROPERTIES] or [node]:
        text = item.text or item.get(f"{RDF}resource") or ""
        if (inner := item.find(f"{RDF}value")) is None:
            inner = item.find(f"{RDF}Description/{RDF}value")
        if inner is not None:  # a value with qualifiers
            text = inner.text or ""
        if text.strip():
            yield item.get(_LANG, ""), text


def _named(tag: str) -> str:
    uri, _, local = tag[1:].partition("}")
    if uri.startswith(_PRISM):
        return f"prism:{local}"
    return next((f"{prefix}:{local}" for prefix, known in NAMESPACES.items() if known == uri), "")


def _in_language(values: list[Value], language: str) -> str:
    by_language = {lang.lower(): text for lang, text in reversed(values)}
    for lang, text in by_language.items():
        if language and lang.split("-")[0] == language:
            return text
    return by_language.get("x-default") or next((text for _, text in values), "")


def _address(text: str) -> str:
    is_address = text.startswith(("https://", "http://")) and len(text) <= 200 and " " not in text
    return text if is_address else ""


def _code(text: str) -> str:
    code = text.rstrip("/").rpartition("/")[2]
    return code if len(code) <= 60 and code.replace("-", "").isalnum() and code.isascii() else ""


def written(confirmed: Confirmed, longest: int = 4000) -> bytes:
    """A packet of UTF-8 without padding; empty if there is nothing to say.

    ``longest``: bytes of one text that are kept.
    """
    if not confirmed.says_anything:
        return b""

    def safe(text: str) -> str:
        return escape(clean(text).encode()[:longest].decode("utf-8", "ignore"), quote=False)

    def plain(name: str, text: str) -> str:
        return f"<{name}>{safe(text)}</{name}>" if text else ""

    def several(name: str, kind: str, texts: tuple[str, ...], lang: str = "") -> str:
        items = "".join(f"<rdf:li{lang}>{safe(text)}</rdf:li>" for text in texts if text)
        return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>" if items else ""

    def translated(name: str, text: str) -> str:
        return several(name, "Alt", (text,), ' xml:lang="x-default"')

    def at(value: Any) -> str:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00") if value else ""

    body = "".join((
        several("dc:creator", "Seq", (confirmed.creator,)),
        translated("dc:rights", confirmed.copyright),
        translated("dc:description", confirmed.caption),
        plain("photoshop:Credit", confirmed.credit),
        plain("photoshop:DateCreated", f"{confirmed.taken_on or ''}"),
        plain("xmpRights:Marked", "True" if confirmed.copyright else ""),
        translated("xmpRights:UsageTerms", confirmed.usage_terms),
        plain("xmpRights:WebStatement", confirmed.web_statement),
        translated("Iptc4xmpCore:AltTextAccessibility", confirmed.alt),
        several("Iptc4xmpExt:PersonInImage", "Bag", confirmed.persons),
        plain("Iptc4xmpExt:DigitalSourceType", _uri(_SOURCE_TYPES, confirmed.source_type)),
        plain("plus:DataMining", _uri(_DATA_MINING, confirmed.data_mining)),
        plain("prism:expirationDate", at(confirmed.expires)),
    ))  # fmt: skip
    spaces = "".join(
        f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items() if f"<{prefix}:" in body
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{spaces}>{body}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _uri(vocabulary: str, code: str) -> str:
    return f"{vocabulary}{code}" if code else ""
