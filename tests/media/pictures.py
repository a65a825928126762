"""Pictures of every kind, small, made for the test that needs them."""

import struct
import zlib
from datetime import UTC, date, datetime
from io import BytesIO

from PIL import Image, ImageCms

from media.metadata.values import Confirmed

CONFIRMED = Confirmed(
    creator="Anaïs Le Goff",
    credit="Anaïs Le Goff / Cabestan",
    copyright="© 2026 Cabestan & fils",
    usage_terms="Presse, pour <Le Quai> seulement.",
    web_statement="https://cabestan.example/droits?film=le-quai&v=2",
    caption='Une scène du film “Le Quai”, à l\'aube.\nDeuxième ligne : 码头 & "guillemets".',
    persons=("Inès Caradec", "李明"),
    taken_on=date(2026, 3, 1),
    expires=datetime(2027, 1, 1, 23, 0, tzinfo=UTC),
    source_type="digitalCapture",
    data_mining="DMI-PROHIBITED",
    alt="Une femme sur un quai, de dos.",
)
GPS_TEXT = b"48,51.396N"


def coded(image, form, **options):
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def quarters(size=(60, 40), mode="RGB"):
    """Red, green over blue, white: whoever turns it is found out."""
    width, height = size
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("green", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image.convert(mode)


def exif_with_everything(orientation=1):
    """Names, a place and a maker's note."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Somebody Else"
    exif[0x8298] = "Old copyright"
    exif[0x010E] = "Old caption"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 23.76), 3: "E", 4: (2.0, 21.0, 7.92)}
    exif[0x8769] = {0x9003: "2024:05:06 07:08:09", 0x927C: b"MAKERNOTE-SECRET"}
    return exif.tobytes()


def xmp(body, spaces=""):
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
        'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        f'xmlns:prism="http://prismstandard.org/namespaces/basic/2.1/" {spaces}>{body}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


XMP_WITH_A_PLACE = xmp(
    f"<exif:GPSLatitude>{GPS_TEXT.decode()}</exif:GPSLatitude>"
    "<photoshop:Credit>Old credit</photoshop:Credit>"
)


def iim(*datasets, utf8=True):
    """Datasets of record 2: number and text."""
    coding = "utf-8" if utf8 else "latin-1"
    block = b"\x1c\x01\x5a\x00\x03\x1b%G" if utf8 else b""
    for number, text in datasets:
        value = text.encode(coding)
        block += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    return block


def app13(block):
    resource = struct.pack(">4sHHI", b"8BIM", 0x0404, 0, len(block)) + block
    payload = b"Photoshop 3.0\0" + resource + b"\0" * (len(block) % 2)
    return b"\xff\xed" + struct.pack(">H", len(payload) + 2) + payload


def telling_jpeg(image=None, orientation=1, **options):
    """A JPEG that carries all there is: EXIF, a place, XMP, IIM, a comment, and a trailer."""
    image = image or quarters()
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = coded(
        image, "JPEG", quality=90, exif=exif_with_everything(orientation), xmp=XMP_WITH_A_PLACE,
        icc_profile=icc, comment=b"COMMENT-SECRET",
        extra=app13(iim((110, "Old credit"), (92, "Rue secrète"))), **options,
    )  # fmt: skip
    return content + b"<?php system('TRAILER-SECRET'); ?>"


SECRETS = (
    b"GPS", GPS_TEXT, b"MAKERNOTE", b"SECRET", b"Somebody Else", b"Old ",
    b"secr\xc3\xa8te", b"<?php",
)  # fmt: skip


def png(width, height, depth=8, colour=2, rows=b""):
    """A PNG of these measures whose data is what is given, which may be far too little."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
