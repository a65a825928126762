"""The account's own pages: what I can read, my tokens, the addresses of my feeds."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.accounts import tokens
from cms.accounts.forms import TokenForm
from cms.accounts.identity import answered, now
from cms.accounts.models import Token, User
from cms.problems import InvalidParameters

FEED_DAYS = 730


@never_cache
@login_required
def access(request: HttpRequest) -> HttpResponse:
    """The groups a person is in, and what that opens."""
    return answered(
        request, lambda reader: render(request, "account/access.html", {"reader": reader})
    )


@never_cache
@login_required
def tokens_page(request: HttpRequest) -> HttpResponse:
    """List and make tokens. A new one is shown once, on the answer to the form."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = tokens.create(
                _person(request),
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=form.cleaned_data["days"],
                at=now(),
            )
            form = TokenForm()
        except InvalidParameters as problem:
            for error in problem.errors:
                form.add_error(error.field if error.field in form.fields else None, error.message)
    context = {
        "form": form,
        "secret": secret,
        "tokens": _person(request).tokens.all(),
        "now": now(),
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
    address = ""
    if request.method == "POST":
        _, secret = tokens.create(
            _person(request), name=f"Atom {key}"[:80], scopes=["feed"], days=FEED_DAYS, at=now()
        )
        address = request.build_absolute_uri(f"/feeds/{key}.atom?token={secret}")
    return render(request, "account/feed.html", {"key": key, "address": address})


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
