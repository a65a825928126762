"""Cleaned originals: the same pixels, nothing that came with them, and what was confirmed."""

import hashlib
import struct
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, PngImagePlugin

from media.metadata import iim as iim_module
from media.metadata.opening import CutShort, NotAPicture, TooManyPixels
from media.metadata.reading import found_in, upright
from media.metadata.values import Confirmed, Found
from media.metadata.writing import clean_original
from tests.media import independent
from tests.media.pictures import (
    CONFIRMED,
    SECRETS,
    XMP_WITH_A_PLACE,
    coded,
    exif_with_everything,
    iim,
    png,
    quarters,
    telling_jpeg,
)

needs_exiftool = pytest.mark.skipif(not independent.EXIFTOOL, reason="needs exiftool")


def read(content):
    return found_in(BytesIO(content))


def cleaned(content, confirmed=CONFIRMED):
    return clean_original(BytesIO(content), confirmed).file.read()


def webp_with_everything():
    return coded(
        quarters(), "WEBP", lossless=True, xmp=XMP_WITH_A_PLACE, exif=exif_with_everything()
    )


def png_with_everything():
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP_WITH_A_PLACE.decode())
    info.add_text("Comment", "COMMENT-SECRET")
    info.add_text("Author", "Somebody Else", zip=True)
    content = coded(quarters(), "PNG", pnginfo=info, exif=exif_with_everything())
    return content + b"<?php TRAILER-SECRET"


def tiff_with_everything(**options):
    tags = {700: XMP_WITH_A_PLACE, 33723: iim((110, "Old credit")), 315: "Somebody Else"}
    tags |= {270: "Old caption", 305: "Old program", 274: 6}
    return coded(quarters(), "TIFF", tiffinfo=tags, **options) + b"TRAILER-SECRET"


def gif_with_everything():
    frames = [quarters(), quarters().rotate(180)]
    content = coded(
        frames[0], "GIF", save_all=True, append_images=frames[1:], duration=200, loop=0,
        comment=b"COMMENT-SECRET",
    )  # fmt: skip
    return content + b"<?php TRAILER-SECRET"


ORIGINALS = {
    "JPEG": telling_jpeg,
    "progressive JPEG": lambda: telling_jpeg(progressive=True),
    "JPEG with restarts": lambda: telling_jpeg(quarters((300, 200)), restart_marker_rows=1),
    "CMYK JPEG": lambda: telling_jpeg(quarters(mode="CMYK")),
    "grey JPEG": lambda: telling_jpeg(quarters(mode="L")),
    "PNG": png_with_everything,
    "WebP": webp_with_everything,
    "WebP with loss": lambda: coded(quarters(), "WEBP", xmp=XMP_WITH_A_PLACE),
    "plain WebP": lambda: coded(quarters(), "WEBP"),
    "WebP with alpha": lambda: coded(quarters(mode="RGBA"), "WEBP", exif=exif_with_everything()),
    "TIFF": tiff_with_everything,
    "TIFF by LZW": lambda: tiff_with_everything(compression="tiff_lzw"),
    "TIFF in CMYK": lambda: coded(quarters(mode="CMYK"), "TIFF", tiffinfo={315: "Somebody Else"}),
    "GIF": gif_with_everything,
}


@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS)
def test_a_cleaned_original_has_the_same_pixels_and_nothing_of_what_came_with_them(original):
    before = original()

    after = cleaned(before)

    was, now = Image.open(BytesIO(before)), Image.open(BytesIO(after))
    assert (was.format, was.mode, was.size) == (now.format, now.mode, now.size)
    assert was.tobytes() == now.tobytes()
    assert [secret for secret in SECRETS if secret in after] == []
    assert now.info.get("icc_profile") == was.info.get("icc_profile")


@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS)
def test_others_find_in_a_cleaned_original_what_was_confirmed(original):
    if not independent.EXIFTOOL and Image.open(BytesIO(original())).format == "GIF":
        pytest.skip("only exiftool reads XMP in a GIF")

    assert independent.confirmed_in(cleaned(original())) == CONFIRMED.as_json()


@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS)
def test_nothing_confirmed_is_nothing_written(original):
    after = cleaned(original(), Confirmed())

    assert read(after) == Found()
    assert Image.open(BytesIO(after)).format


@needs_exiftool
@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS)
def test_exiftool_has_nothing_to_complain_of(original):
    tags = independent.tags(cleaned(original()))

    assert {name: tags[name] for name in tags if "Warning" in name or "Error" in name} == {}


@needs_exiftool
def test_a_jpeg_says_the_same_in_iim_and_exif_and_its_digest_is_right():
    content = cleaned(telling_jpeg())

    tags = independent.tags(content)

    assert tags["IPTC:Credit"] == CONFIRMED.credit
    assert tags["IPTC:Caption-Abstract"] == CONFIRMED.caption
    assert tags["IFD0:Artist"] == CONFIRMED.creator
    assert tags["IFD0:Copyright"] == CONFIRMED.copyright
    assert tags["ExifIFD:DateTimeOriginal"] == "2026:03:01 00:00:00"
    digest = hashlib.md5(iim_module.written(CONFIRMED), usedforsecurity=False).hexdigest()
    assert tags["Photoshop:IPTCDigest"] == digest


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_stays_turned(orientation):
    content = telling_jpeg(orientation=orientation)

    kept = clean_original(BytesIO(content), CONFIRMED)

    after = kept.file.read()
    assert Image.open(BytesIO(after)).getexif().get(0x0112, 1) == orientation
    assert (kept.width, kept.height) == upright(BytesIO(content))
    assert (kept.width, kept.height) == ((40, 60) if orientation >= 5 else (60, 40))


def test_an_animation_goes_on_moving():
    after = Image.open(BytesIO(cleaned(gif_with_everything())))

    assert (after.n_frames, after.info["duration"], after.info["loop"]) == (2, 200, 0)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_an_animation_of_newer_formats_goes_on_moving(form):
    frames = [quarters(), quarters().rotate(180)]
    before = coded(frames[0], form, save_all=True, append_images=frames[1:], duration=200)

    after = Image.open(BytesIO(cleaned(before)))

    assert after.n_frames == 2
    assert read(cleaned(before)).credit == CONFIRMED.credit


def test_an_avif_is_coded_anew_so_that_no_eye_sees_it():
    before = coded(quarters(), "AVIF", exif=exif_with_everything(6), xmp=XMP_WITH_A_PLACE)

    after = cleaned(before)

    was, now = Image.open(BytesIO(before)), Image.open(BytesIO(after))
    assert now.format == "AVIF"
    assert [secret for secret in SECRETS if secret in after] == []
    assert independent.confirmed_in(after) == CONFIRMED.as_json()
    turned = was.convert("RGB").rotate(-90, expand=True)
    assert turned.size == now.size
    furthest = ImageChops.difference(turned, now.convert("RGB")).getextrema()
    assert max(high for _, high in furthest) < 48


def test_a_telephones_picture_becomes_a_jpeg():
    heif = pytest.importorskip("pillow_heif")
    buffer = BytesIO()
    heif.from_pillow(quarters((64, 48))).save(
        buffer, exif=exif_with_everything(), quality=90, xmp=XMP_WITH_A_PLACE
    )

    kept = clean_original(BytesIO(buffer.getvalue()), CONFIRMED)

    after = kept.file.read()
    assert read(buffer.getvalue()).credit == "Old credit"
    assert (kept.content_type, kept.width, kept.height) == ("image/jpeg", 64, 48)
    assert [secret for secret in SECRETS if secret in after] == []
    assert independent.confirmed_in(after) == CONFIRMED.as_json()


@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS)
def test_a_file_that_ends_too_early_is_refused_unless_only_metadata_is_missing(original):
    whole = original()
    for part in (0.1, 0.5, 0.9):
        try:
            after = cleaned(whole[: int(len(whole) * part)])
        except (CutShort, NotAPicture):
            continue
        pixels = (Image.open(BytesIO(one)).tobytes() for one in (whole, after))
        assert len(set(pixels)) == 1


def test_what_is_no_picture_and_what_is_too_large_are_refused():
    with pytest.raises(NotAPicture):
        cleaned(b"%PDF-1.4")
    with pytest.raises(TooManyPixels):
        cleaned(png(20_000, 20_000))
    with pytest.raises(TooManyPixels):
        clean_original(BytesIO(telling_jpeg()), CONFIRMED, most_pixels=2000)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_original_is_cleaned_or_refused_and_never_leaks(data):
    kind = data.draw(st.sampled_from(list(ORIGINALS)))
    content = bytearray(ORIGINALS[kind]())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=20)):
        content[at] = data.draw(st.integers(0, 255))

    try:
        after = cleaned(bytes(content), Confirmed())
    except (CutShort, NotAPicture, TooManyPixels):
        return
    assert b"GPSLatitude" not in after


def entry_of(tag, content):
    """Where the entry of a tag stands in a TIFF's directory: tag, type, count and value."""
    (directory,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, directory)
    places = [directory + 2 + 12 * number for number in range(count)]
    return next(at for at in places if struct.unpack_from("<H", content, at) == (tag,))


def test_what_stands_behind_the_pixels_of_a_strip_is_no_part_of_it():
    content = bytearray(ORIGINALS["TIFF"]())
    at = entry_of(279, content) + 8
    (size,) = struct.unpack_from("<I", content, at)
    struct.pack_into("<I", content, at, size + len(b"TRAILER-SECRET"))

    assert content.endswith(b"TRAILER-SECRET")
    assert b"TRAILER-SECRET" not in cleaned(bytes(content), Confirmed())


def test_a_tag_that_says_it_goes_on_into_what_follows_is_refused():
    content = bytearray(ORIGINALS["TIFF"]())
    struct.pack_into("<I", content, entry_of(258, content) + 4, 515)  # bits, of three samples

    with pytest.raises(NotAPicture):
        cleaned(bytes(content), Confirmed())


def test_whoever_cannot_have_several_texts_in_64_kilobytes_gets_them_shorter():
    long = "&" * 4000
    confirmed = replace(CONFIRMED, caption=long, usage_terms=long, alt=long, copyright=long)
    content = cleaned(telling_jpeg(), confirmed)

    assert read(content).credit == CONFIRMED.credit
    assert read(content).caption.startswith("&&&")
