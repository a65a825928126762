"""The picture of the documentation, taken from the running product: ``WRITE_PICTURES=1``."""

import os
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

PICTURES = settings.BASE_DIR / "docs" / "images"
MOST = 400_000
LAZY = """
async () => {
  for (const one of document.images) one.loading = 'eager'
  await Promise.all([...document.images].map((one) => one.decode().catch(() => {})))
}
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not os.environ.get("WRITE_PICTURES"), reason="pictures are written when WRITE_PICTURES=1"
    ),
]


def test_the_portals_picture_is_written(tab):
    opened = tab("employee", height=1280)
    opened.go("/fr/")
    opened.page.evaluate(LAZY)
    taken = Image.open(BytesIO(opened.page.screenshot())).convert("RGB")

    PICTURES.mkdir(exist_ok=True)
    file = PICTURES / "portal.png"
    # A palette that keeps the one red; dots between its colours keep the photographs.
    palette = taken.quantize(256, method=Image.Quantize.MAXCOVERAGE)
    small = taken.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(file, optimize=True)

    assert taken.width == 1440
    assert file.stat().st_size < MOST
