"""Editors at their desks."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupPagePermission
from wagtail.users.models import UserProfile

from pages.blocks import reading


def may_do_everything(user):
    """A browser of an administrator, in English."""
    client = Client()
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return client


@pytest.fixture
def editor(make_user):
    return may_do_everything(make_user("chef@cabestan.example", is_superuser=True))


@pytest.fixture
def contributor(make_user, section):
    """A browser of somebody who writes in the section and publishes nothing."""
    group = Group.objects.create(name="Contributeurs")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for name in ("add_page", "change_page"):
        GroupPagePermission.objects.create(
            group=group, page=section, permission=Permission.objects.get(codename=name)
        )
    client = Client()
    client.force_login(make_user("plume@cabestan.example", groups=[group]))
    return client


@pytest.fixture
def unreadable(monkeypatch):
    """A fault of the product while it lasts: a block reader that breaks on what it finds."""

    def broken(value, sheet):
        raise ValueError("un bloc que personne ne lit")

    @contextmanager
    def fault():
        with monkeypatch.context() as broken_reader:
            broken_reader.setitem(reading.READERS, "text", broken)
            yield

    return fault
