"""What holds for every account page: its language, and that nobody keeps a copy of it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

ACCOUNT = "/account/"
YEAR = 365 * 24 * 3600


class AccountPages:
    """Their addresses name no language: ``?language=`` chooses one and is remembered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ACCOUNT):
            return self.get_response(request)
        chosen = request.GET.get("language", "")
        language = _language(request, chosen)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        add_never_cache_headers(response)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        if chosen == language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=YEAR,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _language(request: HttpRequest, chosen: str) -> str:
    wishes = [chosen, request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    if request.user.is_authenticated:
        wishes.append(request.user.language)
    wishes.append(translation.get_language() or "")
    spoken: list[str] = settings.INTERFACE_LANGUAGES
    return next((wish for wish in wishes if wish in spoken), spoken[-1])
