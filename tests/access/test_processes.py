"""What closes in one process is closed in every other on the very next request."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from cms.accounts.models import Token, User
from pages.models import SectionPage
from tests.conftest import build_site
from tests.factories import article, restrict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def scene(token_of):
    """A page for one group, a member with a token, and another process that has served them."""
    group = Group.objects.create(name="Salariés")
    home = build_site()
    section = home.add_child(
        instance=SectionPage(title="Actualités", slug="actualites", locale=home.locale)
    )
    restrict(section, group)
    page = article(section)
    user = User.objects.create_user("membre@cabestan.example", None)
    user.groups.add(group)
    return Scene(page, user, group, section, token_of(user))


class Scene:
    def __init__(self, page, user, group, section, token):
        self.page, self.user, self.group, self.section = page, user, group, section
        self.line = f"/api/v1/entries/{page.entry_key} {token}\n"
        name = connection.settings_dict["NAME"]
        self.other = subprocess.Popen(
            [sys.executable, "-m", "tests.access.another_process", str(name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def status_elsewhere(self):
        self.other.stdin.write(self.line)
        self.other.stdin.flush()
        return int(self.other.stdout.readline())

    def close(self):
        self.other.stdin.close()
        self.other.wait(10)


EVENTS = {
    "leaving the group": (lambda scene: scene.user.groups.clear(), 404),
    "revoking the token": (lambda scene: Token.objects.update(revoked_at=timezone.now()), 401),
    "deactivating the person": (lambda scene: User.objects.update(is_active=False), 401),
    "unpublishing": (lambda scene: scene.page.unpublish(), 404),
    "another group's privacy": (
        lambda scene: restrict(scene.page, Group.objects.create(name="Autres")),
        404,
    ),
    "an expiry that is past": (
        lambda scene: (
            type(scene.page)
            .objects.filter(pk=scene.page.pk)
            .update(expire_at=timezone.now() - timedelta(seconds=1))
        ),
        404,
    ),
}


def test_every_closing_counts_in_another_process_on_its_next_request(scene):
    try:
        for name, (close, refused) in EVENTS.items():
            restore(scene)
            assert scene.status_elsewhere() == 200, f"before {name}"
            close(scene)
            assert scene.status_elsewhere() == refused, name
    finally:
        scene.close()


def restore(scene):
    """Everything open again."""
    User.objects.update(is_active=True)
    Token.objects.update(revoked_at=None)
    scene.user.groups.set([scene.group])
    scene.page.refresh_from_db()
    scene.page.view_restrictions.all().delete()
    scene.page.expire_at = None
    scene.page.live = True
    scene.page.save()
