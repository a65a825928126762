"""Conditional requests and ranges, case by case as RFC 9110 has them."""

from http import HTTPStatus

import pytest
from django.http import HttpHeaders
from hypothesis import given
from hypothesis import strategies as st

from media import ranges
from media.disposition import disposition

TAG = '"abc"'
SIZE = 1000


def decided(method="GET", *, size=SIZE, etag=TAG, **headers):
    sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return ranges.answer(method, HttpHeaders(sent), etag=etag, size=size)


def sent(answer):
    return int(answer.status), answer.start, answer.length


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-499", (206, 0, 500)),
        ("bytes=500-", (206, 500, 500)),
        ("bytes=-200", (206, 800, 200)),
        ("bytes=-5000", (206, 0, 1000)),
        ("bytes=999-999", (206, 999, 1)),
        ("bytes=0-99999", (206, 0, 1000)),
        ("Bytes = 0-0 ", (206, 0, 1)),
        ("bytes=0-0,", (206, 0, 1)),
        ("bytes=1000-", (416, 0, 0)),
        ("bytes=1000-999", (416, 0, 0)),
        ("bytes=-0", (416, 0, 0)),
        ("bytes=9999999999999999999999-", (416, 0, 0)),
        ("bytes=5-2", (200, 0, 1000)),
        ("bytes=0-1,5-6", (200, 0, 1000)),
        ("bytes=-", (200, 0, 1000)),
        ("bytes=a-b", (200, 0, 1000)),
        ("bytes=٣-٤", (200, 0, 1000)),
        ("bytes=0x0-1", (200, 0, 1000)),
        ("bytes=", (200, 0, 1000)),
        ("lines=0-5", (200, 0, 1000)),
        ("", (200, 0, 1000)),
    ],
)
def test_one_range_is_a_part_and_nonsense_is_the_whole(asked, expected):
    assert sent(decided(range=asked)) == expected


def test_a_part_says_where_it_lies_and_a_range_behind_the_end_says_how_long_the_file_is():
    assert decided(range="bytes=-200").headers == {
        "ETag": TAG,
        "Accept-Ranges": "bytes",
        "Content-Length": "200",
        "Content-Range": "bytes 800-999/1000",
    }
    assert decided(range="bytes=1000-").headers["Content-Range"] == "bytes */1000"


def test_a_part_of_another_version_is_the_whole_of_this_one():
    assert sent(decided(range="bytes=5-", if_range=TAG)) == (206, 5, 995)
    assert sent(decided(range="bytes=5-", if_range='"other"')) == (200, 0, 1000)
    assert sent(decided(range="bytes=5-", if_range=f"W/{TAG}")) == (200, 0, 1000)
    assert sent(decided(range="bytes=5-", if_range="Wed, 21 Oct 2026 07:28:00 GMT"))[0] == 200


@pytest.mark.parametrize("known", [TAG, f"W/{TAG}", f'"x", {TAG}', "*", f'"a,b",{TAG}'])
def test_what_is_known_is_not_sent_again_whatever_range_is_asked(known):
    answer = decided(if_none_match=known, range="bytes=0-1")

    assert answer.status == HTTPStatus.NOT_MODIFIED
    assert "Content-Length" not in answer.headers


def test_what_is_not_known_is_sent():
    assert decided(if_none_match='"abd", W/"ab"').status == HTTPStatus.OK


def test_a_client_that_means_another_version_is_told_so():
    assert decided(if_match='"other"').status == HTTPStatus.PRECONDITION_FAILED
    assert decided(if_match=f"W/{TAG}").status == HTTPStatus.PRECONDITION_FAILED
    assert decided(if_match=f'"other", {TAG}').status == HTTPStatus.OK
    assert decided(if_match="*").status == HTTPStatus.OK


def test_a_head_is_told_of_the_whole_whatever_range_it_asks():
    assert sent(decided("HEAD", range="bytes=5-9")) == (200, 0, 1000)


def test_an_empty_file_has_no_ranges_but_it_has_a_whole():
    assert sent(decided(size=0)) == (200, 0, 0)
    assert sent(decided(size=0, range="bytes=0-")) == (416, 0, 0)
    assert sent(decided(size=0, range="bytes=-5")) == (200, 0, 0)


@given(st.text(max_size=40), st.integers(0, 50))
def test_whatever_a_client_writes_the_range_is_inside_the_file(asked, size):
    answer = ranges.answer("GET", {"Range": f"bytes={asked}"}, etag=TAG, size=size)

    assert 0 <= answer.start <= answer.start + answer.length <= size
    assert answer.status != HTTPStatus.PARTIAL_CONTENT or answer.length > 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("photo.jpg", 'attachment; filename="photo.jpg"'),
        (
            "L’été à Paris.jpg",
            'attachment; filename="L\'ete a Paris.jpg"; '
            "filename*=UTF-8''L%E2%80%99%C3%A9t%C3%A9%20%C3%A0%20Paris.jpg",
        ),
        (
            "夏天.jpg",
            "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E5%A4%8F%E5%A4%A9.jpg",
        ),
        (
            "100%.pdf",
            "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf",
        ),
        ('a"b\\c/../d\r\nX: 1', 'attachment; filename="a_b_c_.._d X_ 1"'),
        ("(1) it's.pdf", 'attachment; filename="(1) it\'s.pdf"'),
        ("\u202egpj.exe", 'attachment; filename="gpj.exe"'),
        ("", 'attachment; filename="file"'),
    ],
)
def test_a_name_reaches_every_client_whole_and_harmless(name, expected):
    assert disposition(name, is_attachment=True) == expected


def test_what_may_be_shown_says_so():
    assert disposition("a.pdf", is_attachment=False) == 'inline; filename="a.pdf"'
