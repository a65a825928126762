"""The words of Office Open XML documents (ECMA-376), of their parts in memory."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from media.caged.pages import Page, Stop

UNPACKED = 128 << 20
"""Bytes of XML that all parts of a document may come to."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Words:
    """A parser's target that keeps the words of WordprocessingML or DrawingML, and no tree."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._in_text = self._hidden = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "Fallback":  # the same words once more, for old programs
            self._hidden += 1
        elif name == "t":
            self._in_text += 1
        elif name in {"tab", "br", "cr", "noBreakHyphen"}:
            self._add({"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))

    def data(self, text: str) -> None:
        if self._in_text:
            self._add(text)

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name == "Fallback":
            self._hidden -= 1
        elif name == "t":
            self._in_text -= 1
        elif name in {"p", "tc", "tr"}:
            self._add("\n" if name == "p" else "")

    def close(self) -> str:
        return "".join(self.found)

    def _add(self, text: str) -> None:
        if not self._hidden:
            self.found.append(text)


class Targets:
    """A parser's target that keeps the relationships of a part: type and target of each."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def close(self) -> dict[str, tuple[str, str]]:
        return self.found


class Order:
    """A parser's target that keeps the relationship ids of slides, as they are shown."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "sldId":
            self.found += [value for name, value in attributes.items() if name.endswith("}id")]

    def close(self) -> list[str]:
        return self.found


class Office:
    """A package in memory; its parts are read one by one and never written anywhere."""

    def __init__(self, document: bytes) -> None:
        if document[:8] == _OLE:  # an encrypted package stands in the older container
            raise Stop("protected", "password")
        try:
            self.package = zipfile.ZipFile(io.BytesIO(document))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Stop("failed", "damaged") from error
        self.left = UNPACKED

    def part(self, name: str, target: Any) -> Any:
        """What a target makes of a part. Nothing where there is no such part."""
        if name not in self.package.NameToInfo:
            return None
        parser = DefusedXMLParser(target=target)
        try:
            with self.package.open(name) as part:
                while chunk := part.read(1 << 18):
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise Stop("too_large", "bomb")
                    parser.feed(chunk)
            return parser.close()
        except RuntimeError as error:  # as the library says that a password is asked for
            raise Stop("protected", "password") from error
        except DefusedXmlException as error:
            raise Stop("failed", "bomb") from error
        except (zipfile.BadZipFile, ParseError, OSError, EOFError, ValueError) as error:
            raise Stop("failed", "damaged") from error

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Type and part name of what a part points at, by id; within the package only."""
        folder, _, base = name.rpartition("/")
        found = self.part(f"{folder}/_rels/{base}.rels", Targets()) or {}
        return {
            key: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
            for key, (kind, target) in found.items()
        }


def docx(document: bytes) -> Iterator[Page]:
    """One page: where pages break is not written in the file."""
    office = Office(document)
    text = office.part("word/document.xml", Words())
    if text is None:
        raise Stop("failed", "damaged")
    notes = [office.part(f"word/{name}.xml", Words()) for name in ("footnotes", "endnotes")]
    yield 1, "\n".join(filter(None, [text, *notes]))


def pptx(document: bytes) -> Iterator[Page]:
    """A page a slide, in the order they are shown, each with its tables and speaker notes."""
    office = Office(document)
    order = office.part("ppt/presentation.xml", Order())
    if order is None:
        raise Stop("failed", "damaged")
    slides = office.related("ppt/presentation.xml")
    for number, key in enumerate(order, 1):
        _kind, name = slides.get(key, ("", ""))
        parts = [name, *(at for kind, at in office.related(name).values() if kind == "notesSlide")]
        yield number, "\n".join(filter(None, (office.part(part, Words()) for part in parts)))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
