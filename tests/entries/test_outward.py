"""What other sites and engines are told: JSON-LD, share cards, JSON Feed. All of it trimmed."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import article, document, picture, restrict

pytestmark = pytest.mark.django_db
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data_in(answer):
    return [json.loads(found) for found in DATA.findall(answer.content.decode())]


def test_a_public_article_says_what_it_is_and_whose_its_picture_is(section, client):
    image = picture("Quai", credit="Inès Bak / Cabestan", description="Un quai vide")
    page = article(section, "Une copie par île", lead_image=image, summary="Onze salles.")

    (told,) = data_in(client.get(page.url))

    assert told["@type"] == "NewsArticle"
    assert (told["headline"], told["description"]) == ("Une copie par île", "Onze salles.")
    assert told["image"][0]["creditText"] == "Inès Bak / Cabestan"
    assert told["image"][0]["contentUrl"].endswith(f"/files/{image.file_key}/card")
    text = client.get(page.url).content.decode()
    assert f"/files/{image.file_key}/share" in text
    assert client.get(f"/files/{image.file_key}/share")["Content-Type"] == "image/jpeg"


def test_no_title_can_end_the_data(section, client):
    page = article(section, "</script><script>alert(1)</script> & <b>")

    (told,) = data_in(client.get(page.url))

    assert told["headline"] == page.title
    assert "<script>alert" not in client.get(page.url).content.decode()


def test_what_not_everybody_may_read_is_told_to_no_engine(section, client, staff, make_user):
    page = article(section, "Pour nous")
    restrict(page, staff)
    client.force_login(make_user(groups=[staff]))

    answer = client.get(page.url)

    assert answer.status_code == 200
    assert data_in(answer) == []
    assert 'property="og:' not in answer.content.decode()


def test_the_json_feed_has_what_the_atom_feed_has(section, client, staff, press):
    image = picture("Quai")
    shown = article(section, "Ouvert", lead_image=image)
    hidden = article(section, "Fermé")
    restrict(hidden, staff)
    waiting = article(section, "Demain", embargo_until=timezone.now() + timedelta(days=1))

    answer = client.get(f"/feeds/section-{section.pk}.json")
    feed = answer.json()

    assert answer["Content-Type"].startswith("application/feed+json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == ["Ouvert"]
    assert feed["items"][0]["url"].endswith(shown.url)
    assert feed["items"][0]["image"].endswith(f"/files/{image.file_key}/card")
    atom = client.get(f"/feeds/section-{section.pk}.atom").content.decode()
    assert 'rel="enclosure"' in atom
    for title in (hidden.title, waiting.title):
        assert title not in atom
        assert title not in answer.content.decode()


def test_documents_are_not_pictures(section, client):
    page = article(section, "Note", story=[("file", {"document": document(), "title": ""})])
    (told,) = data_in(client.get(page.url))
    assert "image" not in told
