"""What differs from allauth: accounts are made by the company, and strangers learn nothing."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cms.accounts import mail
from cms.accounts.identity import may_enter, now
from cms.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """One door for employees, partners and journalists."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and this password do not go together."),
        "incorrect_code": _("This is not the code. Look at the newest mail."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that throttles count by: the one header that the settings trust."""
        address: str = request.META.get(settings.CLIENT_ADDRESS, "")
        if not address:
            raise PermissionDenied
        return address

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """Members of an expired organisation are turned away like deactivated people."""
        if not may_enter(user, now()):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **options)

    def set_password(self, user: User, password: str) -> None:
        """A new password ends the wait that wrong ones caused."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail.send(template_prefix, email, context)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys and authenticator apps show the portal's name, not its host."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code. Wait for the next one, or use another way."),
    }

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)

    def get_totp_issuer(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)
