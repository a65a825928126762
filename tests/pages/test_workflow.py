"""A change that is sent for moderation: readers have it when it is approved, and not before."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from pages.models import ArticlePage
from tests.factories import article
from tests.pages.forms import edit

pytestmark = pytest.mark.django_db

BEFORE, AFTER = "La version lue", "La version proposée"


@pytest.fixture
def moderated(section):
    """The section's workflow: one approval, by the moderators."""
    moderators = Group.objects.create(name="Relecture")
    task = GroupApprovalTask.objects.create(name="Relire")
    task.groups.add(moderators)
    workflow = Workflow.objects.create(name="Relecture du fil")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.create(workflow=workflow, page=section)
    return moderators


@pytest.fixture
def page(section):
    page = article(section, BEFORE)
    page.save_revision().publish()
    return page


@pytest.fixture
def submitted(contributor, moderated, page):
    """The page with a change that its contributor sent for moderation."""
    answer = edit(contributor, page, "action-submit", title=AFTER)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return ArticlePage.objects.get(pk=page.pk)


def decide(client, page, action):
    task = page.current_workflow_task_state
    address = f"/editor/pages/workflow/action/{page.pk}/{action}/{task.pk}/"
    return client.post(address, {"comment": ""}, follow=True)


def title(api, page):
    """What readers get, in the API and on the portal, which say the same."""
    told = api.get(f"entries/{page.entry_key}").json()["title"]
    assert told in Client().get(page.get_url()).content.decode()
    return told


def test_a_change_sent_for_moderation_is_not_read(api, submitted):
    assert submitted.workflow_in_progress
    assert title(api, submitted) == BEFORE


@pytest.mark.parametrize(("action", "read"), [("approve", AFTER), ("reject", BEFORE)])
def test_what_is_approved_is_read_at_once_and_what_is_rejected_never(
    editor, contributor, api, submitted, action, read
):
    decide(contributor, submitted, action)
    assert title(api, submitted) == BEFORE, "who wrote it does not decide"

    decide(editor, submitted, action)

    assert title(api, submitted) == read


def test_an_approval_that_cannot_be_published_is_told_and_leaves_all_as_it_was(
    editor, api, submitted, unreadable
):
    with unreadable():
        told = decide(editor, submitted, "approve").content.decode()

    assert f"«{AFTER}»: un bloc que personne ne lit" in told
    assert title(api, submitted) == BEFORE
    stored = ArticlePage.objects.get(pk=submitted.pk)
    assert stored.title == BEFORE
    assert stored.current_workflow_task_state.status == "in_progress"
    assert stored.live_revision_id == submitted.live_revision_id

    decide(editor, stored, "approve")

    assert title(api, submitted) == AFTER
