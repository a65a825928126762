"""What editors type into a search field of the admin, made fit for every list that is asked."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from search.admin_backend.words import shortened

EDITOR = "/editor/"
TYPED = "q"
"""The parameter by which every list, chooser and bulk action of Wagtail is searched."""


class CleanSearches:
    """Shortens and cleans the search of a request before any list sees it.

    People, synonyms and the like are no search index: their lists compare columns. SQLite refuses a
    pattern of 50,000 bytes, PostgreSQL one with NUL, which bulk actions take as it is.
    https://www.sqlite.org/limits.html#max_like_pattern_length
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(EDITOR) and TYPED in request.GET:
            given = request.GET.copy()
            given.setlist(TYPED, [shortened(text) for text in given.getlist(TYPED)])
            request.GET = given  # type: ignore[assignment]
        return self.get_response(request)
