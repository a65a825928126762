"""Documents made for a test, good and hostile. None is kept in the repository."""

import io
import struct
import zipfile
import zlib

from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def pdf(*pages):
    """A PDF with a text on each page."""
    made = FPDF()
    made.set_font("helvetica", size=12)
    for text in pages:
        made.add_page()
        if text:
            made.multi_cell(0, 8, text)
    return bytes(made.output())


def encrypted_pdf(text, *, user, owner="owner"):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(text))))
    writer.encrypt(user, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def raw_pdf(*objects):
    """A PDF of these objects; the first is the catalogue."""
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(offsets) + 1
    xref = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + xref + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))


def stream(content, extra=b""):
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra, content)


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def flate_bomb(size=1 << 30):
    """Some kilobytes that unpack to this many bytes, twice packed."""
    packer, packed = zlib.compressobj(9), b""
    for _ in range(size >> 20):
        packed += packer.compress(b" " * (1 << 20))
    packed = zlib.compress(packed + packer.flush(), 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    bomb = stream(packed, b"/Filter[/FlateDecode/FlateDecode]")
    return raw_pdf(CATALOGUE, ONE_PAGE, page, bomb)


def xobject_recursion():
    """A form that draws itself, twice."""
    resources = b"/Resources<</XObject<</F 4 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%s/Contents 5 0 R>>" % resources
    form = stream(b"/F Do /F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + resources)
    return raw_pdf(CATALOGUE, ONE_PAGE, page, form, stream(b"/F Do /F Do"))


def page_loop():
    """Pages that are their own children."""
    return raw_pdf(CATALOGUE, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000>>")


def deep_nesting(depth=200_000):
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/X " + b"[" * depth
    return raw_pdf(CATALOGUE, ONE_PAGE, page + b"]" * depth + b">>", stream(b"[" * depth))


def package(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def docx(body, **members):
    """A Word document with this WordprocessingML in its body."""
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return package({"[Content_Types].xml": TYPES, "word/document.xml": document, **members})


def paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pptx(*slides, notes=None, target="slides/slide{}.xml"):
    """A presentation of these texts; the first was drawn last. ``notes``: by number, from 1."""
    order = range(len(slides), 0, -1)
    ids = "".join(f'<p:sldId r:id="r{number}"/>' for number in order)
    members = {
        "[Content_Types].xml": TYPES,
        "ppt/presentation.xml": (
            f"<p:presentation {P} {R}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"r{number}", "slide", target.format(number)) for number in order)
        ),
    }
    for number, text in zip(order, slides, strict=True):
        members[f"ppt/slides/slide{number}.xml"] = _drawn("sld", text)
        note = (notes or {}).get(len(slides) + 1 - number)
        if note:
            members[f"ppt/notesSlides/notesSlide{number}.xml"] = _drawn("notes", note)
            members[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(
                ("n", "notesSlide", f"../notesSlides/notesSlide{number}.xml")
            )
    return package(members)


def relations(*triples):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    return (
        f"<Relationships {RELS}>"
        + "".join(
            f'<Relationship Id="{key}" Type="{kind}{name}" Target="{target}"/>'
            for key, name, target in triples
        )
        + "</Relationships>"
    )


def _drawn(tag, text):
    cells = "".join(
        f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>"
        for cell in text.split("|")
    )
    return f"<p:{tag} {P} {A}><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:{tag}>"


def xml_bomb():
    """A billion laughs in a Word document."""
    entities = '<!ENTITY l0 "lol">' + "".join(
        f'<!ENTITY l{depth} "{f"&l{depth - 1};" * 10}">' for depth in range(1, 10)
    )
    document = f"<!DOCTYPE x [{entities}]><w:document {W}><w:t>&l9;</w:t></w:document>"
    return package({"[Content_Types].xml": TYPES, "word/document.xml": document})


def docx_bomb(size=1 << 30):
    """Two megabytes that unpack to this many bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("[Content_Types].xml", TYPES)
        with made.open("word/document.xml", "w") as part:
            part.write(f"<w:document {W}><w:t>".encode())
            for _ in range(size >> 20):
                part.write(b"x" * (1 << 20))
            part.write(b"</w:t></w:document>")
    return out.getvalue()


def lying_docx():
    """Its list of members says that a large member is small."""
    bomb = bytearray(docx_bomb(256 << 20))
    name = b"word/document.xml"
    at = bomb.rindex(name) - 46
    struct.pack_into("<I", bomb, at + 24, 1000)
    return bytes(bomb)


def png(width, height):
    """A PNG whose header claims these measures; there is nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind, content):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def picture(kind="JPEG", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def program():
    """The head of a Windows program."""
    return b"MZ" + b"\0" * 58 + struct.pack("<I", 128) + b"\0" * 64 + b"PE\0\0" + b"\0" * 200
