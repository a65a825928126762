"""The frame of pages that no view of ours renders: signing in, passkeys, passwords."""

from dataclasses import replace

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms.accounts.identity import answered
from cms.accounts.middleware import ACCOUNT
from cms.entries.frame import Frame, Tongue, frame_of


def frame(request: HttpRequest) -> dict[str, object]:
    """Built only when a template asks for it; views that bring their own frame go before."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> Frame:
    made = answered(request, lambda reader: frame_of(request, reader))
    if not request.path_info.startswith(ACCOUNT):
        return made
    return replace(made, tongues=[_here(request, tongue) for tongue in made.tongues])


def _here(request: HttpRequest, tongue: Tongue) -> Tongue:
    """The same page in another language, and the way back kept."""
    query = request.GET.copy()
    query["language"] = tongue.code
    return replace(tongue, url=f"?{query.urlencode()}")
