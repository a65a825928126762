"""The papers in a kit, read back by what reads them."""

import csv
import hashlib
import subprocess
from datetime import UTC, datetime
from io import StringIO

import pytest

from media.kits import texts
from media.kits.texts import Contact, Credit

CREDIT = Credit(
    name="Photos HD/Été.jpg",
    sha256="ab" * 32,
    caption="Sur la plage,\nà l’aube",
    creator="Léa Marchand",
    credit="Léa Marchand / Cabestan",
    copyright="© 2026 Cabestan",
    usage_terms="Presse uniquement",
    valid_until=datetime(2027, 1, 31, 22, 59, tzinfo=UTC),
    territories="FR BE",
    uses=("press", "partners"),
    alt="Deux femmes marchent",
)


def test_the_table_of_credits_is_read_back_as_it_was():
    table = texts.credits_table([CREDIT])

    assert table.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(StringIO(table.decode("utf-8-sig"), newline=""))
    assert dict(zip(head, row, strict=True)) == {
        "file": "Photos HD/Été.jpg",
        "caption": "Sur la plage,\nà l’aube",
        "creator": "Léa Marchand",
        "credit line": "Léa Marchand / Cabestan",
        "copyright": "© 2026 Cabestan",
        "usage terms": "Presse uniquement",
        "valid until": "2027-01-31T22:59:00+00:00",
        "territories": "FR BE",
        "uses": "press; partners",
        "alt text": "Deux femmes marchent",
        "sha256": "ab" * 32,
    }


@pytest.mark.parametrize(
    "cell",
    ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\x00=1", "\n=1"],
)
def test_no_cell_is_a_formula(cell):
    table = texts.credits_table([Credit(name="a", sha256="", caption=cell)])

    _, row = csv.reader(StringIO(table.decode("utf-8-sig"), newline=""))
    assert row[1].startswith("'")


def test_sums_are_checked_by_the_usual_tool_whatever_the_names(tmp_path):
    named = ["plain.txt", "Été 夏天.txt", "back\\slash.txt", "line\nbreak.txt"]
    for name in named:
        (tmp_path / name).write_text(name)
    sums = [(name, hashlib.sha256(name.encode()).hexdigest()) for name in named]
    (tmp_path / "SHA256SUMS").write_bytes(texts.checksums(sums))

    made = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path)

    assert made.returncode == 0


def test_rights_are_told_in_words_and_have_no_line_of_their_own_making():
    credit = Credit(name="a.jpg", sha256="", credit="Léa\r\nCrédit : faux\x1b[2J")
    told = texts.rights("Le Kit", [CREDIT, credit], locale="fr", terms="Une fois.\nPas deux.")
    lines = told.decode("utf-8-sig").split("\r\n")

    assert lines[0] == "Le Kit"
    assert "Pas deux." in lines
    assert not any(line.strip().startswith("Crédit : faux") for line in lines)
    assert b"\x1b" not in told
    assert any("31 janvier 2027 23:59" in line and line.endswith("CET") for line in lines)


def test_the_rights_file_has_a_name_of_its_language():
    assert [texts.rights_name(one) for one in ("fr", "fr-be", "en", "zh")] == [
        "DROITS.txt",
        "DROITS.txt",
        "RIGHTS.txt",
        "RIGHTS.txt",
    ]


def test_a_contact_is_a_card_of_the_standard():
    card = texts.cards(
        [
            Contact(
                name="Inès Caron",
                family_name="Caron",
                given_name="Inès",
                organisation="Cabestan; Presse, France",
                role="Attachée\nde presse",
                email="presse@cabestan.example",
                telephone="+33 1 99 00 12 34",
                languages=["fr", "en"],
                url="https://presse.cabestan.example/",
                uid="urn:uuid:0d3f5a6e-0000-4000-8000-000000000001",
            )
        ]
    ).decode()

    assert card.split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "UID:urn:uuid:0d3f5a6e-0000-4000-8000-000000000001",
        "FN:Inès Caron",
        "N:Caron;Inès;;;",
        "ORG:Cabestan\\; Presse\\, France",
        "TITLE:Attachée\\nde presse",
        "EMAIL;TYPE=work:presse@cabestan.example",
        "TEL;TYPE=work;VALUE=uri:tel:+33199001234",
        "LANG;PREF=1:fr",
        "LANG;PREF=2:en",
        "URL:https://presse.cabestan.example/",
        "END:VCARD",
        "",
    ]


def test_long_lines_are_folded_within_seventy_five_bytes_and_never_in_a_character():
    card = texts.cards([Contact(name="夏" * 100)]).decode()

    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    assert f"FN:{'夏' * 100}\r\n" in card.replace("\r\n ", "")


def test_the_same_papers_are_the_same_bytes():
    assert texts.credits_table([CREDIT]) == texts.credits_table([CREDIT])
    assert texts.rights("a", [CREDIT], locale="en") == texts.rights("a", [CREDIT], locale="en")
