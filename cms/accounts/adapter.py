"""What differs from allauth: accounts are made by the company, and strangers learn nothing."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cms.accounts.identity import now
from cms.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """One door for employees, partners and journalists."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **options: object) -> object:
        """Members of an expired organisation are turned away like deactivated people."""
        organisation = user.organisation
        if organisation and organisation.expires_at and organisation.expires_at <= now():
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **options)
