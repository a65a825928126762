"""The feeds of a search over HTTP, as keys, titles and summaries in their order."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from cms.accounts import identity, tokens
from search.insight import saved
from search.insight.models import SavedSearch
from search.portal import address


def of_owner(client, world, asker, question):
    """The feed of a search that somebody saved, by the token in its address."""
    user = world.user(asker)
    user.tokens.all().delete()
    SavedSearch.objects.filter(user=user).delete()
    at = identity.now() - timedelta(seconds=1)
    token = tokens.create(user, name="Atom", scopes=["feed"], days=30, at=at)
    one = saved.keep(user.pk, question.text, filters=address.kept(question.filters), at=at)
    path = reverse("search_saved_feed", kwargs={"pk": one.pk, "form": "json"})
    return items(client.get(f"{path}?token={token.secret}"))


def of_strangers(client, question):
    """The feed of the same search for whoever has no account."""
    path = reverse("search_feed", kwargs={"form": "json"})
    return items(client.get(f"{path}?{address.query_of(question.asked())}"))


def items(response):
    assert response.status_code == 200
    return [
        (one["id"].removeprefix(f"{settings.BASE_URL}/"), one["title"], one["summary"])
        for one in response.json()["items"]
    ]
