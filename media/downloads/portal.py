"""The portal's page of one's own downloads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from cms.access.reader import Reader
from cms.accounts.identity import answered
from media.downloads import mine


@never_cache
@login_required
def downloads(request: HttpRequest) -> HttpResponse:
    """What I took, when, and whether it still holds."""

    def question(reader: Reader) -> HttpResponse:
        return render(request, "media/downloads_mine.html", {"downloads": mine.of(reader)})

    return answered(request, question)
