"""From the files of a kit to its ZIP, and to the answer that sends it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from media import ranges, streaming
from media.disposition import disposition
from media.kits import names, texts
from media.kits.layout import Layout, Member, lay_out, written
from media.kits.texts import Contact, Credit
from media.streaming import Sent

CONTENT_TYPE = "application/zip"


class Bytes(Protocol):
    """What is known of stored bytes; a ``Blob`` is such a thing."""

    name: str  # in the storage
    size: int
    crc32: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file for a kit. ``path``: folders and name as wished; they are made safe and unique.

    ``credit``: its line in CREDITS.csv; name and checksum in it are filled in. ``None``: no line.
    """

    path: Sequence[str]
    blob: Bytes
    modified: datetime
    credit: Credit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the texts in a kit say, in which language, and their date."""

    title: str
    locale: str
    modified: datetime
    terms: str = ""
    contacts: Sequence[Contact] = ()


def members(files: Sequence[File], papers: Papers | None = None) -> tuple[Member, ...]:
    """The files in their order, then credits, rights, contacts and checksums of them all."""
    own = _own_names(papers)
    taken = names.unique([*([name] for name in own), *(one.path for one in files)])[len(own) :]
    packed = [_member(one, name) for one, name in zip(files, taken, strict=True)]
    if papers is None:
        return tuple(packed)
    credited = [
        replace(one.credit, name=name, sha256=one.blob.sha256)
        for one, name in zip(files, taken, strict=True)
        if one.credit is not None
    ]
    said = {
        "CREDITS.csv": texts.credits_table(credited),
        texts.rights_name(papers.locale): texts.rights(
            papers.title, credited, locale=papers.locale, terms=papers.terms
        ),
        "CONTACTS.vcf": texts.cards(papers.contacts),
    }
    packed += [written(name, said[name], papers.modified) for name in own if name in said]
    sums = texts.checksums((one.name, one.sha256) for one in packed)
    return (*packed, written("SHA256SUMS", sums, papers.modified))


def respond(
    request: HttpRequest,
    layout: Layout,
    *,
    name: str,
    cache_control: str = "private, no-cache",
    ended: Callable[[Layout, Sent], None] | None = None,
) -> HttpResponseBase:
    """The ZIP, whole or the range asked for; under WSGI and ASGI. ``name`` without its extension.

    Who asks has been checked by then, for every range anew. ``ended`` hears once what left;
    ``layout.parts`` tells which files that was. Raises ``NotNow`` when enough downloads run.
    """
    answer = ranges.answer(
        request.method or "", request.headers, etag=layout.etag, size=layout.length
    )
    response = streaming.respond(
        request,
        answer,
        layout.segments(answer.start, answer.length),
        ended=None if ended is None else lambda sent: ended(layout, sent),
    )
    if answer.has_bytes:
        response["Content-Type"] = CONTENT_TYPE
        response["Content-Disposition"] = disposition(f"{name}.zip", is_attachment=True)
        response["X-Accel-Buffering"] = "no"  # nginx would write gigabytes to its disk
    response["Cache-Control"] = cache_control
    response["Vary"] = "Authorization, Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def packed(files: Sequence[File], papers: Papers | None = None) -> Layout:
    """The archive of these files and papers: its length, entity tag and every byte's place."""
    return lay_out(members(files, papers))


def _own_names(papers: Papers | None) -> list[str]:
    if papers is None:
        return []
    contacts = ["CONTACTS.vcf"] if papers.contacts else []
    return ["CREDITS.csv", texts.rights_name(papers.locale), *contacts, "SHA256SUMS"]


def _member(one: File, name: str) -> Member:
    blob = one.blob
    return Member(
        name=name,
        size=blob.size,
        crc32=blob.crc32,
        sha256=blob.sha256,
        modified=one.modified,
        content=blob.name,
    )
