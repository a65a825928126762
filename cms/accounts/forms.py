"""Forms of the account pages."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ResetPasswordForm
from allauth.core import context, ratelimit
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cms.accounts import mail
from cms.accounts.adapter import AccountAdapter
from cms.accounts.models import Token, User
from cms.accounts.tokens import LONGEST_DAYS

SHARED_SECONDS = 2 * 3600


class SignInForm(LoginForm):
    """One address, then a mailed code or a password. No button at all: whichever is filled in."""

    way = forms.CharField(required=False)
    shared = forms.BooleanField(
        label=_("This computer is shared: end my session after two hours"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = self.fields["login"]
        address.label = _("E-mail address")
        address.widget.attrs |= {
            "autocomplete": "username",
            "placeholder": _("you@organisation.example"),
        }
        password = self.fields["password"]
        password.required = False
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("email" if field_name == "login" else field_name)

    def user_credentials(self) -> dict[str, str]:
        credentials: dict[str, str] = super().user_credentials()
        if self.cleaned_data.get("way") == "code":
            credentials.pop("password", None)
        return credentials

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("way") == "password" and not self.cleaned_data.get("password"):
            self.add_error("password", _("Enter your password."))
        return super().clean()

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data.get("shared"):
            request.session.set_expiry(SHARED_SECONDS)
        return response


class CodeForm(ConfirmLoginCodeForm):
    """The mailed code. Guesses are counted by address, over all sessions, codes and computers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Six-digit code")
        self.fields["code"].widget.attrs |= {
            "inputmode": "numeric",
            "maxlength": 12,
            "placeholder": "",
            "autofocus": True,
        }

    def clean_code(self) -> str:
        request = context.request
        address = request._login_stage.login.email
        if not ratelimit.consume(request, action="login_code_guess", key=address):
            raise AccountAdapter(request).validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        return code


class ResetForm(ResetPasswordForm):
    """Ask for the way to a new password. Nobody is looked up before the answer has left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs |= {
            "autocomplete": "username",
            "placeholder": _("you@organisation.example"),
        }

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        return address

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address: str = self.cleaned_data["email"]
        mail.send_reset(address)
        return address


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey; it opens the door alone unless its owner says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("passwordless", True)
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["passwordless"].label = _("Sign in with this key alone, without a code")
        self.fields["passwordless"].help_text = _(
            "The device asks for your fingerprint, your face or its PIN."
        )


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, for how long."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        initial=[Token.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=_("Days it is good for"), min_value=1, max_value=LONGEST_DAYS, initial=90
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101  for the type checker
        # Sending records changes what everybody reads: only administrators give that away.
        scopes.choices = [
            choice
            for choice in Token.Scope.choices
            if user.is_superuser or choice[0] != Token.Scope.INGEST
        ]
