"""One measurement in a process of its own: ``draw FOLDER``, or ``make FILE WHAT BY``."""

import json
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from bench.renditions import AVIF, EVERY, HEIGHT, ORIGINAL, SOURCES, THREE, WIDTH

SIZES = (2560, 1200, 400)


def draw(folder: Path) -> None:
    """A photo as a camera has it: light that changes slowly, and grain that nobody foretells."""
    from PIL import Image, ImageChops

    grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 36).resize((WIDTH, HEIGHT))
    light = Image.linear_gradient("L"), Image.radial_gradient("L")
    slow = [one.resize((WIDTH, HEIGHT)) for one in (*light, light[0].rotate(180))]
    photo = Image.merge("RGB", [ImageChops.add(one, grain, 2) for one in slow])
    del grain, slow
    photo.save(folder / SOURCES["JPEG"], quality=92)
    photo.save(folder / SOURCES["progressive JPEG"], quality=92, progressive=True)
    photo.save(folder / SOURCES["TIFF, LZW"], compression="tiff_lzw")
    _save_deep(photo.tobytes(), folder / SOURCES["PNG, 16 bits"])


def make(file: Path, what: str, by: str) -> None:
    """Do it, and say what it took: seconds apart from those of starting; megabytes all in all."""
    _load(by)
    start, started = _cpu(), time.perf_counter()
    work: dict[tuple[str, str], Callable[[Path], object]] = {
        (THREE, "here"): lambda path: _here(path, "jpeg"),
        (THREE, "Willow"): _willow,
        (EVERY, "here"): lambda path: _here(path, "every"),
        (AVIF, "here"): lambda path: _here(path, "avif"),
        (ORIGINAL, "here"): _cleaned,
    }
    work[what, by](file)
    print(
        json.dumps(
            {
                "start": start,
                "cpu": _cpu() - start,
                "wall": time.perf_counter() - started,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _load(by: str) -> None:
    """What a worker has loaded long since."""
    from django.conf import settings

    settings.configure()
    if by == "here":
        import media.renditions.making  # noqa: F401
    else:
        import willow  # noqa: F401


def _here(file: Path, which: str) -> None:
    from media.metadata.values import Confirmed
    from media.renditions import sizes
    from media.renditions.making import made

    wanted = {
        "jpeg": {str(one): sizes.Size(one, one, 85, "jpeg", is_filled=False) for one in SIZES},
        "every": {name: size for name, size in sizes.SIZES.items() if size.form},
        "avif": sizes.AVIF,
    }
    said = Confirmed(creator="Anaïs Le Goff", credit="Anaïs Le Goff / Cabestan", alt="Un quai.")
    for one in made(file, wanted[which], said):
        assert one.content


def _cleaned(file: Path) -> None:
    from media.metadata.values import Confirmed
    from media.metadata.writing import clean_original

    clean_original(file, Confirmed(credit="Cabestan")).file.close()


def _willow(file: Path) -> None:
    """As Wagtail does when it is asked for three sizes one after another."""
    import willow

    for longest in SIZES:
        with file.open("rb") as original:
            image = willow.Image.open(original).auto_orient()
            width, height = image.get_size()
            small = image.resize((longest, round(height * longest / width)))
            small.save_as_jpeg(BytesIO(), quality=85, progressive=True, optimize=True)


def _save_deep(pixels: bytes, file: Path) -> None:
    """The same in a PNG of 16 bits, row by row, which Pillow does not write in colour."""

    def rows() -> Iterator[bytes]:
        for at in range(0, len(pixels), 3 * WIDTH):
            row = bytearray(6 * WIDTH)
            row[::2] = row[1::2] = pixels[at : at + 3 * WIDTH]
            yield b"\0" + row

    packing = zlib.compressobj(1)
    packed = b"".join(map(packing.compress, rows())) + packing.flush()
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 0)
    with file.open("wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b"")):
            check = zlib.crc32(kind + data)
            out.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check))


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        draw(Path(sys.argv[2]))
    else:
        make(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
