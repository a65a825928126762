"""Logos come in as drawings: nothing in them acts, and nothing in them calls out."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from media.admission import admit
from media.checking import Refused
from media.cleaning import clean_svg

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
ACTS = re.compile(
    rb"script|\bon[a-z]+\s*=|javascript|https?://(?!www\.w3\.org)|//evil|foreignObject|@import"
    rb"|ENTITY|xml-stylesheet|<set|<animate|expression",
    re.IGNORECASE,
)


def svg(content):
    return f"<svg {NS} viewBox='0 0 10 10'>{content}</svg>".encode()


def test_a_logo_stays_as_it_was_drawn():
    cleaned = clean_svg(
        svg(
            '<defs><linearGradient id="g"><stop stop-color="#a00"/></linearGradient></defs>'
            '<style>.a{fill:url(#g)}</style><path class="a" d="M0 0h10v10z"/>'
            '<use xlink:href="#g"/><text x="1" y="2">Cabestan</text>'
            '<image href="data:image/png;base64,AAAA"/>'
        )
    )

    for kept in (b'd="M0 0h10v10z"', b"url(#g)", b"Cabestan", b'href="#g"', b"data:image/png"):
        assert kept in cleaned


@pytest.mark.parametrize(
    "content",
    [
        "<script>alert(1)</script>",
        "<script href='https://evil.example/x.js'/>",
        "<g onload='alert(1)' onclick='x()'/>",
        "<a xlink:href='javascript:alert(1)'><text>x</text></a>",
        "<a href=' JaVaScript:alert(1)'><text>x</text></a>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='x()'/></foreignObject>",
        "<image href='https://evil.example/p.png'/>",
        "<image href='//evil.example/p.png'/>",
        "<image href='data:image/svg+xml;base64,PHN2Zz4='/>",
        "<use href='https://evil.example/x.svg#a'/>",
        "<use href='file:///etc/passwd'/>",
        "<style>@import url(https://evil.example/x.css);</style>",
        "<style>.a{fill:url(https://evil.example/y)}</style>",
        "<style>.a{background:u\\72l(//evil.example/y)}</style>",
        "<rect style=\"fill:url('https://evil.example/z')\"/>",
        "<rect fill='url(//evil.example/z#a)'/>",
        "<set attributeName='href' to='javascript:alert(1)'/>",
        "<animate attributeName='xlink:href' values='javascript:alert(1)'/>",
        "<iframe src='https://evil.example'/>",
        "<handler>alert(1)</handler>",
    ],
)
def test_what_acts_or_calls_out_is_gone(content):
    cleaned = clean_svg(svg(content + "<path d='M0 0'/>"))

    assert not ACTS.search(cleaned)
    assert b"passwd" not in cleaned
    assert b"svg+xml" not in cleaned
    assert b'd="M0 0"' in cleaned


def test_a_style_sheet_named_outside_is_gone():
    cleaned = clean_svg(b"<?xml-stylesheet href='https://evil.example/x.css'?>" + svg("<g/>"))

    assert not ACTS.search(cleaned)


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg("<text>&a;</text>"),
        b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + svg("<text>&a;</text>"),
        svg("<g>" * 5_000 + "</g>" * 5_000),
        svg("<g/>" * 100_001),
        svg("<g>"),
        b"not a drawing",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><script/></html>",
        b"<svg/>",
        b"",
        svg("x" * (5 << 20)),
    ],
    ids=lambda content: f"{len(content)} bytes",
)
def test_traps_and_what_is_no_drawing_are_refused(content):
    with pytest.raises(Refused) as caught:
        clean_svg(content)

    assert caught.value.field == "document"
    assert "SVG" in caught.value.message


def test_an_upload_is_cleaned_on_its_way_in():
    upload = SimpleUploadedFile("../logo.svg", svg("<script>x</script><path d='M0 0'/>"))

    admitted = admit(upload, "../logo.svg", "document")

    assert admitted.file.name == "logo.svg"
    assert admitted.checked.content_type == "image/svg+xml"
    assert b"script" not in admitted.file.read()


def test_a_drawing_is_never_a_picture():
    with pytest.raises(Refused, match="SVG"):
        admit(io.BytesIO(svg("<path/>")), "logo.svg", "picture")
