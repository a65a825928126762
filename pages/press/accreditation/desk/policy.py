"""One permission opens the whole desk, so that a press officer need not be an administrator."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from wagtail.permission_policies.base import ModelPermissionPolicy

from cms.accounts import identity
from pages.press.accreditation.models import PressTerms

CODENAME = "decide_accreditation"
PERMISSION = f"pages.{CODENAME}"


class DeskPolicy(ModelPermissionPolicy):
    """What people do at the desk with one kind of record."""

    def __init__(self, model: Any, actions: Iterable[str]) -> None:
        super().__init__(model)
        self.actions = frozenset(actions)

    def user_has_permission(self, user: AbstractBaseUser | AnonymousUser, action: str) -> bool:
        return action in self.actions and user.has_perm(PERMISSION)  # type: ignore[union-attr]

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        found: QuerySet[Any] = self._get_users_with_any_permission_codenames([CODENAME])
        return found if self.actions & set(actions) else found.none()


class TermsPolicy(DeskPolicy):
    """Published terms stay as they were accepted."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        is_written = isinstance(instance, PressTerms) and instance.is_published(identity.now())
        return self.user_has_permission(user, action) and not (action == "delete" and is_written)
