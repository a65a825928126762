"""Who may sign in, asked again with every request of a session."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from cms.accounts.identity import may_enter, now
from cms.accounts.models import User


class Backend(AuthenticationBackend):
    """Passwords by e-mail address, for active people of organisations that have not expired."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, User) and may_enter(user, now())

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("organisation").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None
