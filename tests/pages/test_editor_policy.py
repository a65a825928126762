"""What the security policy lets scripts do in the editor, and that the portal gets none of it."""

import pytest

from tests.factories import article

pytestmark = pytest.mark.django_db


def policy_of(answer):
    directives = (one.split() for one in answer["Content-Security-Policy"].split("; "))
    return {name: values for name, *values in directives}


def test_the_editor_has_inline_scripts_and_neither_eval_nor_handlers_in_attributes(editor, section):
    page = article(section)

    for path in ("/editor/", f"/editor/pages/{page.pk}/edit/"):
        policy = policy_of(editor.get(path))
        assert policy["script-src"] == ["'self'", "'unsafe-inline'"]
        assert policy["script-src-attr"] == ["'none'"]
        assert policy["object-src"] == policy["base-uri"] == ["'none'"]
        assert policy["connect-src"] == policy["form-action"] == ["'self'"]


def test_the_portal_allows_no_inline_script_to_an_editor_either(editor, section):
    page = article(section)

    policy = policy_of(editor.get(page.get_url()))

    assert "script-src" not in policy
    assert policy["default-src"] == ["'self'"]
