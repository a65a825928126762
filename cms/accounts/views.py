"""The account's own pages: the door, what I can read, my tokens, the addresses of my feeds."""

from typing import Any

from allauth.account.views import ConfirmLoginCodeView, LoginView
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.access.reader import Reader
from cms.accounts import tokens
from cms.accounts.forms import TokenForm
from cms.accounts.identity import answered, now
from cms.accounts.models import Token, User
from cms.problems import InvalidParameters

FEED_DAYS = 730
EDITOR = "/editor/"
TOO_MANY = _("You have as many tokens as one person may have. Revoke one first.")


class SignIn(LoginView):
    """One page: the address, then a mailed code, a passkey or a password."""

    def get_authenticated_redirect_url(self) -> str:
        """Wagtail sends people here that may not edit; sending them back would never end."""
        url = str(super().get_authenticated_redirect_url())
        if url.startswith(EDITOR) and not self.request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
        return url


class ConfirmCode(ConfirmLoginCodeView):
    """The mailed code. Addresses without an account cost the same query as those with one."""

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.stage.login.user is None:
            User.objects.filter(pk=0).first()
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs


sign_in = SignIn.as_view()
confirm_code = ConfirmCode.as_view()


@never_cache
@login_required
def access(request: HttpRequest) -> HttpResponse:
    """The groups a person is in, and what that opens."""
    person = _person(request)
    organisation = person.organisation
    own = set(person.groups.values_list("name", flat=True))
    own.update(person.memberships.in_force(now()).values_list("group__name", flat=True))
    through = set(organisation.groups.values_list("name", flat=True)) if organisation else set()
    context = {
        "account": person,
        "organisation": organisation,
        "groups": [
            {"name": name, "is_through_organisation": name not in own}
            for name in sorted(own | through)
        ],
    }

    def question(reader: Reader) -> HttpResponse:
        return render(request, "account/access.html", {**context, "reader": reader})

    return answered(request, question)


@never_cache
@login_required
def tokens_page(request: HttpRequest) -> HttpResponse:
    """List and make tokens. A new one is shown once, on the answer to the form."""
    person = _person(request)
    form = TokenForm(request.POST or None, user=person)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _record, secret = tokens.create(person, at=now(), **form.cleaned_data)
        except InvalidParameters:
            form.add_error(None, TOO_MANY)
        else:
            form = TokenForm(user=person)
    moment = now()
    context = {
        "form": form,
        "secret": secret,
        "tokens": [
            {"record": token, "scopes": _words(token), "is_good": token.is_good(moment)}
            for token in person.tokens.all()
        ],
    }
    return render(request, "account/tokens.html", context)


@require_POST
@login_required
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one of one's own tokens."""
    tokens.revoke(get_object_or_404(Token, pk=pk, user=_person(request)), now())
    return redirect("account_tokens")


@never_cache
@login_required
def feed_address(request: HttpRequest, key: str) -> HttpResponse:
    """Make a feed address with a token of its own, which can be revoked like any other."""
    path = reverse("feed", kwargs={"key": key, "form": "atom"})
    context = {"key": key, **address_made(request, f"Atom {key}", path)}
    return render(request, "account/feed.html", context)


def address_made(request: HttpRequest, name: str, path: str) -> dict[str, Any]:
    """The address of a feed with a new token in it, once its form is sent; for templates."""
    made = {"address": "", "error": "", "days": FEED_DAYS}
    if request.method != "POST":
        return made
    try:
        _record, secret = tokens.create(
            _person(request), name=name[:80], scopes=["feed"], days=FEED_DAYS, at=now()
        )
    except InvalidParameters:
        return {**made, "error": str(TOO_MANY)}
    return {**made, "address": request.build_absolute_uri(f"{path}?token={secret}")}


def _words(token: Token) -> list[str]:
    return [str(Token.Scope(scope).label) for scope in sorted(token.scope_set)]


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
