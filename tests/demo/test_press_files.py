"""The files of the demo's press kits: real ones, with their rights in them, there at once."""

import io
import tempfile
import zipfile
from pathlib import Path

from PIL import Image as Pillow

from cms.demo import serve
from cms.demo.press import photos, trailer
from cms.demo.press.wanted import kits
from media.blobs import opened
from media.extraction import keeping
from media.kits.models import KitVersion
from media.metadata.reading import found_in
from media.models import Derived, Document, Image, Video
from media.renditions.recipes import recipe_of
from pages.models import PressKitPage

READERS = (None, "journalist", "journalist-early", "employee")


def kit(slug):
    return PressKitPage.objects.get(slug=slug)


def manifest(get, slug, persona=None):
    return get(f"/api/v1/kits/press-kit-{kit(slug).pk}", persona)


def titles(answer):
    return {item["title"] for item in answer.json()["items"]}


def whole(answer):
    return b"".join(answer)


def test_the_kit_comes_as_a_zip_at_once_with_its_credits(get):
    answer = get(f"/api/v1/kits/press-kit-{kit('dossier-ourse').pk}/v1.zip", "journalist")
    archive = zipfile.ZipFile(io.BytesIO(whole(answer)))
    assert archive.testzip() is None
    names = [name.rpartition("/")[2] for name in archive.namelist()]
    assert "CREDITS.csv" in names
    assert "ourse-nils.jpg" in names
    inside = next(name for name in archive.namelist() if name.endswith("ourse-nils.jpg"))
    said = found_in(io.BytesIO(archive.read(inside)))
    assert said.credit == "Image Studio Nordlys / Cabestan"
    assert said.usage_terms


def test_what_photos_say_of_themselves_was_written_in_read_and_confirmed(demo):
    photo = Image.objects.get(name="horlogere-leonie.jpg")
    with opened(photo.blob) as file:
        said = found_in(file)
    assert said.creator == photo.creator == photo.proposed["creator"] == "Joachim Serre"
    assert said.persons == ("Alma Reyer",)
    assert said.taken_on == photo.taken_on
    assert said.alt == photo.description
    assert not Image.objects.filter(is_confirmed=False).exists()
    assert not Image.objects.filter(description="").exists()


def test_crops_are_never_enlarged_and_the_same_each_time(demo):
    for one in kits():
        for photo in one.photos:
            if photo.crop is None:
                continue
            left, top, right, bottom = photo.crop.box
            assert photos.drawn(photo.crop).size == (right - left, bottom - top)
            with Pillow.open(photos.FOLDER / photo.crop.source) as whole_picture:
                assert right <= whole_picture.width
                assert bottom <= whole_picture.height
    crop = kits()[0].photos[1].crop
    assert photos.drawn(crop).tobytes() == photos.drawn(crop).tobytes()


def test_pictures_of_kits_are_there_before_any_worker(demo):
    held = KitVersion.objects.exclude(key="").values_list("items__file", flat=True)
    keys = {key for key in held if key and key.startswith("image-")}
    for image in Image.objects.filter(pk__in=[key.partition("-")[2] for key in keys]):
        if image.withdrawn_at is None:
            made = Derived.objects.filter(source=image.blob_id, recipe=recipe_of(image))
            assert {"card", "web", "original"} <= set(made.values_list("size", flat=True))


def test_words_inside_a_dossier_can_be_found(demo):
    paper = Document.objects.get(name="dossier-de-presse-l-horlogere.pdf")
    text = keeping.extract(paper.blob_id)
    words = " ".join(page for _number, page in text.pages)
    assert "chambre sourde" in words
    assert "En salle le 9 décembre 2026" in " ".join(words.split())


def test_a_trailer_is_in_the_kit_where_ffmpeg_is_and_is_not_missed_elsewhere(demo):
    kinds = set(
        KitVersion.objects.filter(title="L’Horlogère").first().items.values_list("kind", flat=True)
    )
    film = Video.objects.filter(name=trailer.NAME).first()
    assert ("video" in kinds) is (film is not None)
    if film is not None:
        assert (film.width, film.height) == (1280, 534)
        assert film.captions.content_type == "text/vtt"
        assert film.poster is not None
        assert film.file_size < 1_000_000


def test_loading_leaves_nothing_in_the_temporary_folder(demo):
    assert list(Path(tempfile.gettempdir()).glob("demo-trailer-*")) == []


def test_large_files_never_hold_every_thread():
    assert 0 < serve.DOWNLOADS < serve.THREADS
