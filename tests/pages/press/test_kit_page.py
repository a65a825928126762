"""What a kit's page shows and costs."""

import pytest
from django.core.files.base import ContentFile

from media.models import Video
from tests.leaks.kits import FILM as MP4
from tests.pages.press.conftest import item, kit, paper, photo

pytestmark = pytest.mark.django_db

FILM = {
    "title": "Bande-annonce",
    "content_type": "video/mp4",
    "file_size": 5,
    "duration": 112.0,
    "is_confirmed": True,
    "description": "fr: Un bac.\nen: A ferry.",
    "usage_terms": "fr: Usage presse.\nen: Press use.",
}


@pytest.fixture
def film(db):
    return Video.objects.create(file=ContentFile(MP4, name="trailer.mp4"), **FILM)


def text_of(persona, page):
    answer = persona.browser.get(page.get_url())
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("who", "most"), [("anonymous", 7), ("employee", 9), ("journalist", 9), ("early", 9)]
)
def test_a_kit_takes_few_queries_however_many_items_it_has(
    room, personas, django_assert_max_num_queries, who, most
):
    small = kit(room, slug="petit", items=[item("photo", photo("Seul"))])
    large = kit(
        room,
        slug="grand",
        items=[
            *(item("photo", photo(f"Vue {n}")) for n in range(12)),
            item("photo", photo("Réservée"), readers="accredited"),
            item("document", paper()),
        ],
    )
    browser = personas[who].browser
    browser.get(room.get_url())  # who it is, is known from now on

    for page in (small, large):
        with django_assert_max_num_queries(most):
            assert browser.get(page.get_url()).status_code == 200
        browser.get(page.get_url())  # asked for again, it is kept
        with django_assert_max_num_queries(1):
            browser.get(page.get_url())


def test_a_film_stands_in_the_page_and_is_fetched_from_the_address_that_asks(room, personas, film):
    page = kit(room, items=[item("video", film, title="Le bac")])
    text = text_of(personas["anonymous"], page)

    assert f'<source src="/files/{film.file_key}" type="video/mp4">' in text
    assert 'preload="none"' in text
    assert "autoplay" not in text
    assert "1\u00a0min\u00a052\u00a0s" in text
    assert "Un bac." in text
    assert "Usage presse." in text
    assert "A ferry." not in text
    assert "Press use." not in text


def test_a_film_for_accredited_people_leaves_no_player_for_others(room, personas, film):
    page = kit(room, items=[item("video", film, readers="accredited")])

    assert film.file_key in text_of(personas["journalist"], page)
    assert personas["journalist"].browser.get(f"/files/{film.file_key}").status_code == 200
    for who in ("anonymous", "unaccredited"):
        text = text_of(personas[who], page)
        assert film.file_key not in text
        assert "<video" not in text
        assert personas[who].browser.get(f"/files/{film.file_key}").status_code == 404
