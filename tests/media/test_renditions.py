"""Every kind of picture comes out in every size: upright, in right colours, with its credits."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from media.metadata.opening import CutShort, NotAPicture, TooManyPixels
from media.metadata.values import Confirmed
from media.renditions.making import Focus, crop, made, reduced
from media.renditions.placeholders import placeholder
from media.renditions.sizes import ALL, AVIF, PRESS, SIZES, WEB, Size
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

RENDERED = {name: size for name, size in ALL.items() if size.form}
FEW = {
    "lead": WEB["lead"],
    "thumb": WEB["thumb"],
    "web": PRESS["web"],
    "lead.avif": AVIF["lead.avif"],
}


def sizes_of(content, sizes=RENDERED, confirmed=CONFIRMED, **options):
    return {one.name: one for one in made(BytesIO(content), sizes, confirmed, **options)}


def opened(one):
    image = Image.open(BytesIO(one.content))
    image.load()
    return image


def corners(image):
    """Names of the colours in the four corners: top left, top right, bottom left, bottom right."""
    width, height = image.size
    named = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}
    named |= {(0, 0, 0): "black"}
    found = []
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        pixel = image.convert("RGB").getpixel((int(width * x), int(height * y)))
        found.append(named.get(tuple(int(value > 90) for value in pixel), str(pixel)))
    return found


UPRIGHT = ["red", "green", "blue", "white"]


@pytest.mark.parametrize("name", RENDERED)
def test_every_size_is_of_its_kind_and_measures_and_nothing_is_enlarged(name):
    for full in ((2400, 1800), (300, 200), (100, 900)):
        one = sizes_of(coded(quarters(full), "JPEG"), {name: ALL[name]})[name]

        image = opened(one)
        assert image.size == (one.width, one.height) == ALL[name].measures(*full)
        assert image.get_format_mimetype() == one.content_type == ALL[name].content_type
        assert image.width <= full[0]
        assert image.height <= full[1]


def test_all_sizes_come_of_one_reading_with_avif_last():
    names = [one.name for one in made(BytesIO(telling_jpeg()), RENDERED, CONFIRMED)]

    assert sorted(names) == sorted(RENDERED)
    assert set(names[-len(AVIF) :]) == set(AVIF)


@pytest.mark.parametrize("name", RENDERED)
def test_others_find_in_every_size_what_was_confirmed_and_nothing_else_of_the_file(name):
    content = telling_jpeg(quarters((900, 600)))

    one = sizes_of(content, {name: ALL[name]})[name].content

    assert independent.confirmed_in(one) == CONFIRMED.as_json()
    assert [secret for secret in SECRETS if secret in one] == []


def sources():
    """Each format with a place in its metadata."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP_WITH_A_PLACE.decode())
    exif, image = exif_with_everything(), quarters((300, 200))
    return {
        "PNG": coded(image, "PNG", pnginfo=info, exif=exif),
        "WebP": coded(image, "WEBP", xmp=XMP_WITH_A_PLACE, exif=exif),
        "AVIF": coded(image, "AVIF", xmp=XMP_WITH_A_PLACE, exif=exif),
        "TIFF": coded(
            image, "TIFF", exif=exif, tiffinfo={700: XMP_WITH_A_PLACE, 33723: iim((92, "Old"))}
        ),
        "GIF": coded(image, "GIF", comment=b"COMMENT-SECRET"),
    }


@pytest.mark.parametrize("content", sources().values(), ids=sources())
def test_no_place_leaves_in_a_size_of_any_format(content):
    for one in sizes_of(content, FEW, Confirmed()).values():
        assert [secret for secret in SECRETS if secret in one.content] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright(orientation):
    back = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    lying = quarters((600, 400))
    if orientation > 1:
        lying = lying.transpose(turns[back[orientation]])

    for one in sizes_of(telling_jpeg(lying, orientation), FEW).values():
        image = opened(one)
        assert corners(image) == UPRIGHT
        assert image.size == FEW[one.name].measures(600, 400)
        assert image.getexif().get(0x0112, 1) == 1


def wide_gamut():
    """A profile in which red and green changed places: who ignores it shows the wrong ones."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = profile.replace(b"sRGB", b"Swap").replace("sRGB".encode("utf-16-be"), b"\0S\0w\0a\0p")
    return bytes(
        profile.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    )


def test_colours_are_shown_by_the_profile_of_the_picture():
    content = coded(quarters((300, 200)), "JPEG", icc_profile=wide_gamut(), quality=95)

    for one in sizes_of(content, FEW).values():
        assert corners(opened(one)) == ["green", "red", "blue", "white"]


def test_a_broken_profile_does_not_spoil_the_picture():
    for profile in (b"nonsense", wide_gamut()[:200], b"\0" * 128):
        content = coded(quarters((300, 200)), "JPEG", icc_profile=profile)

        assert corners(opened(sizes_of(content, FEW)["lead"])) == UPRIGHT


def sixteen_bits():
    """Grey from black to white, in a PNG of 16 bits."""
    rows = b"".join(b"\0" + b"".join(bytes((x, x)) for x in range(256)) for _ in range(100))
    return png(256, 100, 16, 0, rows)


def sixteen_bits_of_colour():
    left, right = b"\xff\xff\0\0\0\0", b"\0\0\0\0\xff\xff"
    return png(256, 100, 16, 2, (b"\0" + left * 128 + right * 128) * 100)


KINDS = {
    "CMYK": lambda: coded(quarters((300, 200), "CMYK"), "JPEG", quality=95),
    "CMYK TIFF": lambda: coded(quarters((300, 200), "CMYK"), "TIFF"),
    "palette": lambda: coded(quarters((300, 200)).quantize(8), "PNG"),
    "palette with transparency": lambda: coded(
        quarters((300, 200)).quantize(8), "PNG", transparency=255
    ),
    "RGBA": lambda: coded(quarters((300, 200), "RGBA"), "PNG"),
    "colour key": lambda: coded(quarters((300, 200)), "PNG", transparency=(1, 2, 3)),
    "animated GIF": lambda: coded(
        quarters((300, 200)), "GIF", save_all=True, append_images=[Image.new("RGB", (300, 200))]
    ),
    "animated WebP": lambda: coded(
        quarters((300, 200)), "WEBP", save_all=True, append_images=[Image.new("RGB", (300, 200))]
    ),
    "animated PNG": lambda: coded(
        quarters((300, 200)), "PNG", save_all=True, append_images=[Image.new("RGB", (300, 200))]
    ),
    "AVIF": lambda: coded(quarters((300, 200)), "AVIF", quality=90),
    "progressive": lambda: coded(quarters((300, 200)), "JPEG", progressive=True),
}


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
def test_every_kind_of_picture_keeps_its_colours(content):
    for one in sizes_of(content(), FEW).values():
        assert corners(opened(one)) == UPRIGHT


def test_a_telephones_picture_comes_out_upright():
    heif = pytest.importorskip("pillow_heif")
    buffer = BytesIO()
    heif.from_pillow(quarters((320, 240))).save(buffer, exif=exif_with_everything(), quality=90)

    for one in sizes_of(buffer.getvalue(), FEW).values():
        assert corners(opened(one)) == UPRIGHT
        assert b"GPS" not in one.content


def test_sixteen_bits_of_grey_keep_their_greys():
    grey = opened(sizes_of(sixteen_bits(), FEW)["lead"]).convert("L")

    assert [abs(grey.getpixel((x, 50)) - x) < 8 for x in (5, 64, 128, 192, 250)] == [True] * 5


def test_sixteen_bits_of_colour_keep_their_colours():
    image = opened(sizes_of(sixteen_bits_of_colour(), FEW)["web"])

    assert corners(image) == ["red", "blue", "red", "blue"]


@pytest.mark.parametrize("mode", ["I", "F", "I;16", "1", "L", "LA"])
def test_rare_kinds_of_grey_come_out(mode):
    grey = Image.linear_gradient("L")
    image = grey.convert(mode) if mode != "I;16" else grey.convert("I").point(lambda v: v * 256)
    if mode == "I":
        image = image.point(lambda value: value * 256)
    form = "PNG" if mode in {"LA", "1"} else "TIFF"
    content = coded(image.convert("I;16") if mode == "I;16" else image, form)

    shown = opened(sizes_of(content, FEW)["web"]).convert("L")

    assert shown.getpixel((128, 8)) < 40
    assert shown.getpixel((128, 248)) > 200


def test_what_is_transparent_stays_so_on_the_web_and_is_white_in_print():
    image = Image.new("RGBA", (300, 200), (0, 0, 0, 0))

    there = sizes_of(coded(image, "PNG"), FEW)

    assert opened(there["lead"]).convert("RGBA").getpixel((9, 9))[3] == 0
    assert opened(there["lead.avif"]).convert("RGBA").getpixel((9, 9))[3] == 0
    assert opened(there["web"]).getpixel((9, 9)) == (255, 255, 255)


def test_the_focal_point_is_in_every_box_that_is_filled():
    image = Image.new("RGB", (1000, 400), "white")
    image.paste("red", (900, 150, 1000, 250))
    focus = Focus(950, 200, 100, 100)

    there = sizes_of(coded(image, "JPEG"), dict(SIZES, original=WEB["thumb"]), focus=focus)

    for name in ("thumb", "card", "poster", "share"):
        shown = opened(there[name])
        assert shown.getpixel((shown.width - 2, shown.height // 2))[0] > 200
        assert shown.getpixel((shown.width - 2, shown.height // 2))[1] < 90


def test_a_crop_lies_within_the_picture_and_shows_all_of_the_focal_point_where_it_fits():
    for focus in (
        None,
        Focus(0, 0),
        Focus(1000, 400),
        Focus(990, 390, 300, 300),
        Focus(20, 9, 2000, 900),
    ):
        left, top, right, bottom = crop((1000, 400), Size(240, 160), focus)

        assert 0 <= left < right <= 1000
        assert 0 <= top < bottom <= 400
        assert (right - left) / (bottom - top) == pytest.approx(1.5)
    assert crop((1000, 400), Size(240, 160), Focus(700, 200, 400, 10))[2] >= 900


def test_a_crowd_of_pixels_is_refused_before_it_is_decoded():
    with pytest.raises(TooManyPixels) as refused:
        sizes_of(png(20_000, 20_000, 1, 0, bytes(2501) * 20_000))
    assert refused.value.pixels >= 240_000_000
    with pytest.raises(TooManyPixels):
        sizes_of(png(13_000, 13_000))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "AVIF"])
def test_a_picture_that_was_cut_off_is_named_for_it_and_gives_nothing(form):
    content = coded(Image.effect_noise((300, 200), 80).convert("RGB"), form)

    with pytest.raises((CutShort, NotAPicture)):
        next(iter(made(BytesIO(content[: len(content) // 2]), RENDERED, CONFIRMED)))


@pytest.mark.parametrize("full", [(1, 1), (1, 3000), (3000, 1), (40, 18_000), (18_000, 40)])
def test_the_narrowest_pictures_come_out(full):
    there = sizes_of(coded(Image.new("RGB", full, "teal"), "JPEG"))

    measures = {name: opened(one).size for name, one in there.items()}
    assert measures == {name: size.measures(*full) for name, size in RENDERED.items()}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_picture_damaged_anywhere_comes_out_or_is_refused_by_name(data):
    content = bytearray(KINDS[data.draw(st.sampled_from(list(KINDS)))]())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=20)):
        content[at] = data.draw(st.integers(0, 255))

    with suppress(CutShort, NotAPicture, TooManyPixels):
        sizes_of(bytes(content), {"thumb": WEB["thumb"], "web": PRESS["web"]}, Confirmed())


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_named_for_it(content):
    with pytest.raises(NotAPicture):
        sizes_of(content)


def test_a_press_jpeg_says_that_it_is_srgb_and_nothing_else_carries_a_profile():
    there = sizes_of(telling_jpeg(quarters((900, 600))))

    profiles = {name: bool(opened(one).info.get("icc_profile")) for name, one in there.items()}

    assert {name for name in profiles if profiles[name]} == {"share", "web", "press"}


def test_a_placeholder_is_tiny_and_measures_what_the_size_will():
    for name, size in SIZES.items():
        content, content_type = placeholder(6000, 4000, size)

        image = Image.open(BytesIO(content))
        image.load()
        assert image.size == size.measures(6000, 4000)
        assert content_type == "image/png"
        assert len(content) < 4000 or name == "original"


def test_a_reduced_picture_is_upright_and_no_larger_than_asked():
    image = reduced(BytesIO(telling_jpeg(quarters((800, 600)), 6)), 400)

    assert (image.size, image.mode) == ((300, 400), "RGB")
