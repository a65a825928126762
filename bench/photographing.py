"""Photos of 50 megapixels, no two alike: ``python -m bench.photographing FOLDER FIRST STOP``."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from bench.database import ROOT
from bench.renditions import HEIGHT, WIDTH

PROCESSES = 2
QUALITY = 84  # some 10 MB each, as cameras write them


def photograph(folder: Path, count: int) -> list[Path]:
    """So many JPEGs, in processes of their own, so that this one stays small."""
    folder.mkdir()
    bounds = [count * one // PROCESSES for one in range(PROCESSES + 1)]
    command = [sys.executable, "-m", "bench.photographing", str(folder)]
    running = [
        subprocess.Popen([*command, str(first), str(stop)], cwd=ROOT)
        for first, stop in pairwise(bounds)
    ]
    for one in running:
        if one.wait():
            raise subprocess.CalledProcessError(one.returncode, one.args)
    return sorted(folder.glob("*.jpg"))


def _draw(folder: Path, first: int, stop: int) -> None:
    """Light that changes slowly, and grain that nobody foretells; each cut from another place."""
    from PIL import Image, ImageChops
    from tqdm import tqdm

    grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 30).resize((WIDTH, HEIGHT))
    light = Image.linear_gradient("L"), Image.radial_gradient("L")
    slow = [one.resize((WIDTH, HEIGHT)) for one in (*light, light[0].rotate(180))]
    photo = Image.merge("RGB", [ImageChops.add(one, grain, 2) for one in slow])
    del grain, slow
    for number in tqdm(range(first, stop), desc="photos", leave=False, disable=None):
        shifted = ImageChops.offset(photo, 83 * number, 59 * number)
        shifted.save(folder / f"photo-{number:03}.jpg", quality=QUALITY)


if __name__ == "__main__":
    _draw(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
