"""What pictures say of themselves is read without trust; what is written says what is right."""

from datetime import UTC, date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from media.metadata import iim as iim_module
from media.metadata import xmp as xmp_module
from media.metadata.reading import found_in
from media.metadata.texts import clean, listed
from media.metadata.values import Confirmed, Found
from tests.media.pictures import (
    CONFIRMED,
    app13,
    coded,
    exif_with_everything,
    iim,
    png,
    quarters,
    telling_jpeg,
    xmp,
)

PARIS = ZoneInfo("Europe/Paris")


def read(content, **options):
    return found_in(BytesIO(content), **options)


FULL = xmp(
    "<dc:creator><rdf:Seq><rdf:li>Anaïs Le Goff</rdf:li><rdf:li>Bo Lin</rdf:li></rdf:Seq>"
    "</dc:creator>"
    "<photoshop:Credit>Cabestan</photoshop:Credit>"
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Cabestan</rdf:li></rdf:Alt></dc:rights>'
    '<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">Press only</rdf:li>'
    '<rdf:li xml:lang="fr-FR">Presse seulement</rdf:li></rdf:Alt></xmpRights:UsageTerms>'
    '<xmpRights:WebStatement rdf:resource="https://cabestan.example/droits"/>'
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">A quay</rdf:li></rdf:Alt>'
    "</dc:description>"
    "<photoshop:Headline>Le Quai</photoshop:Headline>"
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">quai-01</rdf:li></rdf:Alt></dc:title>'
    "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Inès</rdf:li><rdf:li>Tom</rdf:li></rdf:Bag>"
    "</Iptc4xmpExt:PersonInImage>"
    "<dc:subject><rdf:Bag><rdf:li>mer</rdf:li><rdf:li>mer</rdf:li></rdf:Bag></dc:subject>"
    "<photoshop:DateCreated>2026-03-01T09:30:00+01:00</photoshop:DateCreated>"
    "<prism:embargoDate>2026-05-12T09:00:00+02:00</prism:embargoDate>"
    "<prism:expirationDate>2026-12-31</prism:expirationDate>"
    "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    "</Iptc4xmpExt:DigitalSourceType>"
    "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>"
    '<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">Sea</rdf:li>'
    "</rdf:Alt></Iptc4xmpCore:AltTextAccessibility>"
)
SAID = Found(
    creator="Anaïs Le Goff, Bo Lin",
    credit="Cabestan",
    copyright="© Cabestan",
    usage_terms="Press only",
    web_statement="https://cabestan.example/droits",
    caption="A quay",
    headline="Le Quai",
    title="quai-01",
    persons=("Inès", "Tom"),
    keywords=("mer",),
    taken_on=date(2026, 3, 1),
    release=datetime(2026, 5, 12, 7, 0, tzinfo=UTC),
    expires=datetime(2026, 12, 31, 23, 0, tzinfo=UTC),
    source_type="digitalCapture",
    data_mining="DMI-PROHIBITED",
    alt="Sea",
)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF", "PNG", "TIFF"])
def test_xmp_is_read_in_every_format(form):
    options = {"xmp": FULL}
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", FULL.decode())
        options = {"pnginfo": info}
    if form == "TIFF":
        options = {"tiffinfo": {700: FULL}}

    assert read(coded(quarters(), form, **options), zone=PARIS) == SAID


def test_a_text_in_several_languages_is_read_in_the_one_that_is_asked_for():
    content = coded(quarters(), "JPEG", xmp=FULL)

    assert read(content, language="fr").usage_terms == "Presse seulement"
    assert read(content, language="zh").usage_terms == "Press only"


def test_short_xmp_with_attributes_is_read():
    packet = xmp("", 'photoshop:Credit="Cabestan" photoshop:DateCreated="2026-03-01"')

    found = read(coded(quarters(), "JPEG", xmp=packet))

    assert (found.credit, found.taken_on) == ("Cabestan", date(2026, 3, 1))


def test_iim_is_read_in_the_encoding_it_names():
    sets = (80, "Anaïs"), (110, "Été"), (116, "© C"), (120, "Légende"), (25, "mer"), (25, "été")
    modern = coded(quarters(), "JPEG", extra=app13(iim(*sets)))
    old = coded(quarters(), "JPEG", extra=app13(iim(*sets, utf8=False)))

    expected = Found(
        creator="Anaïs", credit="Été", copyright="© C", caption="Légende", keywords=("mer", "été")
    )
    assert (read(modern), read(old)) == (expected, expected)


def test_the_release_and_expiry_of_iim_are_moments():
    sets = (30, "20260512"), (35, "090000+0200"), (37, "20261231"), (55, "20260301")

    found = read(coded(quarters(), "JPEG", extra=app13(iim(*sets))), zone=PARIS)

    assert found.release == datetime(2026, 5, 12, 7, 0, tzinfo=UTC)
    assert found.expires == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # after that day in Paris
    assert found.taken_on == date(2026, 3, 1)


def test_iim_in_a_tiff_is_read():
    block = iim((110, "Été"), (80, "Anaïs"))

    found = read(coded(quarters(), "TIFF", tiffinfo={33723: block}))

    assert (found.credit, found.creator) == ("Été", "Anaïs")


def test_xmp_comes_before_iim_and_iim_before_exif():
    content = coded(
        quarters(), "JPEG", exif=exif_with_everything(),
        extra=app13(iim((80, "By IIM"), (110, "By IIM"))),
        xmp=xmp("<photoshop:Credit>By XMP</photoshop:Credit>"),
    )  # fmt: skip

    found = read(content)

    assert (found.credit, found.creator, found.caption) == ("By XMP", "By IIM", "Old caption")
    assert found.taken_on == date(2024, 5, 6)


def test_what_a_camera_writes_for_want_of_a_caption_is_no_caption():
    exif = Image.Exif()
    exif[0x010E] = "OLYMPUS DIGITAL CAMERA         "

    assert read(coded(quarters(), "JPEG", exif=exif.tobytes())) == Found()


BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
    + xmp("<photoshop:Credit>&j;</photoshop:Credit>")
)
HOSTILE = {
    "entities": BILLION,
    "a file of the machine": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    + xmp("<photoshop:Credit>&a;</photoshop:Credit>"),
    "no XML": b"<x:xmpmeta",
    "nothing": b"\0" * 500,
    "deep": b"<a>" * 15_000,
    "deep and whole": b"<a>" * 7_000 + b"</a>" * 7_000,
    "another encoding": b'<?xml version="1.0" encoding="utf-7"?><a/>',
}


@pytest.mark.parametrize("packet", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_packet_says_nothing_and_the_rest_is_still_read(packet):
    block = app13(iim((110, "By IIM")))

    assert read(coded(quarters(), "JPEG", xmp=packet, extra=block)) == Found(credit="By IIM")


def test_a_packet_that_is_too_long_is_not_even_parsed():
    packet = xmp(f"<photoshop:Credit>{'x' * 2_000_000}</photoshop:Credit>")

    assert read(coded(quarters(), "WEBP", xmp=packet)) == Found()


def test_long_texts_and_lists_are_cut_and_cleaned():
    items = "".join(f"<rdf:li>{n}</rdf:li>" for n in range(500))
    packet = xmp(
        f"<photoshop:Credit>a\u202eb\u0085{'é' * 9000}</photoshop:Credit>"
        f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"
        "<xmpRights:WebStatement>javascript:alert(1)</xmpRights:WebStatement>"
        "<plus:DataMining>&lt;script&gt;</plus:DataMining>"
    )

    found = read(coded(quarters(), "WEBP", xmp=packet))

    assert (found.credit[:3], len(found.credit), len(found.keywords)) == ("abé", 4000, 100)
    assert (found.web_statement, found.data_mining) == ("", "")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xd8\xff\xe1\xff\xff", png(20_000, 20_000), b"GIF89a"]
)
def test_what_is_no_picture_says_nothing(content):
    assert read(content) == Found()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_picture_damaged_anywhere_never_raises(data):
    content = bytearray(telling_jpeg())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=40)):
        content[at] = data.draw(st.integers(0, 255))

    read(bytes(content), zone=PARIS)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_an_iim_block_or_none(block):
    iim_module.found(b"\x1c\x02" + block, UTC)
    iim_module.block_in(b"8BIM" + block)


TEXTS = st.text(max_size=300)


@settings(max_examples=200, deadline=None)
@given(creator=TEXTS, caption=TEXTS, alt=TEXTS, persons=st.lists(TEXTS, max_size=4).map(tuple))
def test_whatever_is_written_into_a_packet_is_read_from_it(creator, caption, alt, persons):
    confirmed = Confirmed(creator=creator, caption=caption, alt=alt, persons=persons, credit="C")

    found = xmp_module.found(xmp_module.written(confirmed), UTC)

    assert (found.creator, found.caption) == (clean(creator), clean(caption))
    assert (found.alt, found.persons) == (clean(alt), listed(persons))


def test_xmp_and_iim_say_the_same():
    by_xmp = xmp_module.found(xmp_module.written(CONFIRMED), UTC)
    by_iim = iim_module.found(iim_module.written(CONFIRMED), UTC)

    assert by_iim.credit == by_xmp.credit == CONFIRMED.credit
    assert by_iim.caption == by_xmp.caption == CONFIRMED.caption
    assert by_xmp.expires == CONFIRMED.expires
    assert by_iim.expires == CONFIRMED.expires.replace(hour=22, minute=59, second=59)
