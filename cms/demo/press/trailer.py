"""A short trailer out of the stills, where ffmpeg is there: the picture moves, a watch ticks."""

import logging
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from shutil import which

from django.core.files import File

from cms.accounts.models import User
from cms.demo.library import FOLDER, collections
from cms.demo.press.photos import SHELF, credit_of, terms_of
from cms.demo.press.wanted import Kit
from media.admission import admit
from media.models import Document, Image, Video
from media.videos import probing

NAME, CAPTIONS = "horlogere-bande-annonce.mp4", "horlogere-bande-annonce.vtt"
STILLS = ("still-doubs.jpg", "still-atelier.jpg", "still-mouvement.jpg")
FRAMES, RATE = 72, 24
OVERLAP = 12  # frames of each still that are mixed with the next one's
SECONDS = (len(STILLS) * FRAMES - (len(STILLS) - 1) * OVERLAP) / RATE
PATIENCE = 120  # seconds
VTT = """WEBVTT

00:00.200 --> 00:02.600
Besançon, 1908.

00:02.900 --> 00:05.400
Une montre retarde d’une heure.
Toujours la même.

00:05.700 --> 00:07.800
[Le mouvement s’arrête.]
"""

SHOWS = """fr: Besançon sous la neige, un atelier d’horloger, un mouvement d’or.
en: Besançon under the snow, a watchmaker’s workshop, a golden movement."""
CAPTION = """fr: Bande-annonce française, sous-titrée pour les sourds et malentendants.
en: French trailer, with French captions for the deaf and hard of hearing."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Filming:
    """A trailer that is being made beside everything else; nothing where it cannot be."""

    process: subprocess.Popen[bytes] | None
    file: Path

    def finished(self) -> Path | None:
        """The film, once it is whole."""
        if self.process is None:
            return None
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        if code:
            _log.warning("demo_trailer_failed code=%s", code)
        return self.file if code == 0 and self.file.exists() else None


@contextmanager
def filming() -> Iterator[Filming]:
    """Begin, unless the film is there or there is no ffmpeg. Nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="demo-trailer-") as folder:
        file = Path(folder) / NAME
        ffmpeg = which("ffmpeg") if not _there() else None
        process = None
        if ffmpeg and probing.can_probe():
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                [ffmpeg, *_arguments(), str(file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            yield Filming(process, file)
        finally:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def _there() -> bool:
    return Video.objects.filter(name=NAME).exists()


def _arguments() -> list[str]:
    """Each still slowly nearer, one dissolving into the next; the same bytes each time."""
    inputs = [part for name in STILLS for part in ("-i", str(FOLDER / name))]
    moves = [
        f"[{place}:v]scale=1600:-2,crop=1600:668,zoompan=z='1+0.0016*on':d={FRAMES}:"
        f"x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':s=1280x534:fps={RATE},format=yuv420p[s{place}]"
        for place in range(len(STILLS))
    ]
    mixed, last = [], "s0"
    for place in range(1, len(STILLS)):
        offset = place * (FRAMES - OVERLAP) / RATE
        mixed.append(f"[{last}][s{place}]xfade=duration={OVERLAP / RATE}:offset={offset}[x{place}]")
        last = f"x{place}"
    fade = f"[{last}]fade=in:0:14,fade=out:st={SECONDS - 0.8}:d=0.8[v]"
    tick = "0.25*sin(2*PI*2100*t)*exp(-90*mod(t,0.5))"
    return [
        "-v", "error", "-nostdin", *inputs,
        "-f", "lavfi", "-i", f"aevalsrc='{tick}':s=44100:d={SECONDS}",
        "-filter_complex", ";".join([*moves, *mixed, fade]),
        "-map", "[v]", "-map", f"{len(STILLS)}:a",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-threads", "1",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k", "-shortest",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", "-y",
    ]  # fmt: skip


def kept(film: Path | None, kit: Kit, poster: int, by: User) -> int | None:
    """The primary key of the trailer in the library: there already, kept now, or nothing."""
    there = Video.objects.filter(name=NAME).values_list("pk", flat=True).first()
    if there is not None or film is None:
        return there
    shelf = collections([SHELF])[SHELF]
    rights = {
        "credit": credit_of("Joachim Serre"),
        "creator": "Joachim Serre",
        "copyright": "© 2026 Les Films du Balancier, Cabestan",
        "usage_terms": terms_of(kit),
        "uses": "internal press",
        "is_confirmed": True,
    }
    captions = Document(
        title="L’Horlogère, bande-annonce, sous-titres",
        file=admit(BytesIO(VTT.encode()), CAPTIONS, "captions").file,
        collection=shelf,
        uploaded_by_user=by,
        **rights,
    )
    captions.file_size = len(VTT.encode())
    captions.save()
    with film.open("rb") as opened:
        measured = probing.probe(opened, "video/mp4")
        opened.seek(0)
        video = Video(
            title="L’Horlogère, bande-annonce",
            file=admit(File(opened), NAME, "video").file,
            description=SHOWS,
            caption=CAPTION,
            collection=shelf,
            uploaded_by_user=by,
            poster=Image.objects.get(pk=poster),
            captions=captions,
            duration=measured.duration,
            width=measured.width,
            height=measured.height,
            codecs=measured.codecs,
            **rights,
        )
        video.save()
    return video.pk
