"""Names that are safe everywhere, and unique in one archive."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.kits import names


@pytest.mark.parametrize(
    ("called", "safe"),
    [
        ("Été à Cannes.jpg", "Été à Cannes.jpg"),
        ("E\u0301te\u0301.jpg", "Été.jpg"),
        ("戛纳 的 夏天.jpg", "戛纳 的 夏天.jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\windows\\win.ini", "_.._windows_win.ini"),
        ("C:\\photo.jpg", "C__photo.jpg"),
        ("nul\x00in the middle.txt", "nulin the middle.txt"),
        ("tab\tand\r\nline.txt", "tab and line.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200b\u200d\ufeff\u2066b\u00ad.txt", "ab.txt"),
        ("a\u2028b\u00a0c.txt", "a b c.txt"),
        ("con.txt", "con_.txt"),
        ("COM1.tar.gz", "COM1_.tar.gz"),
        ("Lpt\u00b3", "Lpt\u00b3_"),
        ("console.txt", "console.txt"),
        (".htaccess", "htaccess"),
        ("name. . ", "name"),
        ('what?*<>|".txt', "what______.txt"),
        ("\ud800broken.txt", "broken.txt"),
        ("", "file"),
        ("...", "file"),
        ("\u202e", "file"),
    ],
)
def test_a_name_is_made_safe_and_stays_readable(called, safe):
    assert names.safe(called) == safe


@pytest.mark.parametrize("letter", ["a", "é", "夏", "😀"])
def test_three_hundred_characters_are_cut_and_keep_their_extension(letter):
    cut = names.safe(f"{letter * 300}.jpeg")

    assert len(cut.encode()) <= names.LONGEST
    assert cut.endswith(f"{letter}.jpeg")


def test_names_are_unique_for_systems_that_see_no_case_or_composition():
    assert names.unique(
        [["a", "Photo.jpg"], ["a", "photo.JPG"], ["b", "photo.jpg"], ["a", "photo.jpg"]]
    ) == ("a/Photo.jpg", "a/photo (2).JPG", "b/photo.jpg", "a/photo (3).jpg")
    assert names.unique([["ﬁlm.mov"], ["film.mov"]]) == ("ﬁlm.mov", "film (2).mov")


def test_no_file_has_the_name_of_a_folder_nor_of_a_number_given_before():
    assert names.unique([["photos"], ["Photos", "a.jpg"]]) == ("photos (2)", "Photos/a.jpg")
    assert names.unique([["a (2).jpg"], ["a.jpg"], ["a.jpg"]]) == (
        "a (2).jpg",
        "a.jpg",
        "a (3).jpg",
    )


def test_long_names_that_begin_alike_are_numbered_within_the_length():
    found = names.unique([["夏" * 300 + ".jpg"]] * 12)

    assert len(set(found)) == 12
    assert all(len(name.encode()) <= names.LONGEST for name in found)


@given(st.lists(st.lists(st.text(max_size=30), min_size=1, max_size=3), max_size=8))
def test_whatever_they_are_called_every_name_is_safe_and_none_comes_twice(paths):
    found = names.unique(paths)

    assert found == names.unique(paths)
    keys = {unicodedata.normalize("NFC", name).casefold() for name in found}
    assert len(keys) == len(paths)
    for name in found:
        parts = name.split("/")
        assert all(part and part not in {".", ".."} and part == part.strip() for part in parts)
        assert not any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in name)
        assert unicodedata.is_normalized("NFC", name)
        assert all(names.safe(part) == part for part in parts)
