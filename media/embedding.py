"""Films in other people's pages: oEmbed 1.0 (https://oembed.com/) and the player that it names.

Both ask like every other way to bytes does: what whoever asks may not have is not there.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries import read
from cms.entries.answers import cache_control, fresh_until
from cms.entries.portal.tongues import in_language
from media.models import Image, Video
from media.scanning import may_serve

WIDTH, HEIGHT = 1280, 720
"""Of a player whose film was not measured."""
SMALLEST = 120
CACHED = 3600
FROM = " ".join(["'self'", *settings.FILES_ORIGINS])
POLICY = (
    f"default-src 'none'; media-src {FROM}; img-src {FROM}; style-src 'self'; "
    "frame-ancestors *; base-uri 'none'; form-action 'none'"
)


@require_safe
@xframe_options_exempt
def player(request: HttpRequest, file: str) -> HttpResponse:
    """``/embed/{id}/``: the film alone, for a frame in any page."""
    film, until = answered(request, lambda reader: _film(file, reader))
    poster = _poster(film, request)
    response = render(
        request,
        "media/player.html",
        {
            "film": film,
            "shows": in_language(film.description, get_language() or settings.LANGUAGE_CODE),
            "poster": poster,
            "captions": film.captions,
        },
    )
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = cache_control(until)
    response["Vary"] = "Authorization, Cookie"
    return response


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """``/oembed?url=…&maxwidth=&maxheight=&format=json`` for the address of a player."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json is answered.", status=501, content_type="text/plain")
    file = _file_in(request.GET.get("url", ""))
    film, until = answered(request, lambda reader: _film(file, reader))
    width, height = _fitted(film, _most(request, "maxwidth"), _most(request, "maxheight"))
    address = settings.BASE_URL + reverse("embed", args=[file])
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "video",
        "title": film.title,
        "provider_name": settings.WAGTAIL_SITE_NAME,
        "provider_url": settings.BASE_URL,
        "width": width,
        "height": height,
        "html": format_html(
            '<iframe src="{}" width="{}" height="{}" title="{}" allow="fullscreen" '
            'loading="lazy"></iframe>',
            address, width, height, film.title,
        ),
        "cache_age": min(until, CACHED),
    }  # fmt: skip
    if film.credit:
        answer["author_name"] = film.credit
    if poster := _poster(film, request):
        answer |= {
            "thumbnail_url": f"{settings.BASE_URL}/files/{poster.file_key}/share",
            "thumbnail_width": 1200,
            "thumbnail_height": 630,
        }
    response = JsonResponse(answer)
    response["Cache-Control"] = cache_control(until)
    response["Vary"] = "Authorization, Cookie"
    return response


def _film(file: str, reader: Reader) -> tuple[Video, int]:
    """The film, and for how many seconds a shared copy of the answer holds."""
    kind, _, pk = file.partition("-")
    until = read.may_have(file, reader)
    if kind != "video" or until is None:
        raise Http404
    film = Video.objects.select_related("poster", "captions").filter(pk=int(pk)).first()
    if film is None or not may_serve(film.scan):
        raise Http404
    if not reader.is_anonymous:
        return film, 0
    return film, fresh_until(reader.at, min(until, read.proof(reader.at).until))


def _poster(film: Video, request: HttpRequest) -> Image | None:
    """The picture before it plays, if whoever asks may have it too."""
    poster = film.poster
    if poster is None:
        return None
    may = answered(request, lambda reader: read.may_have(poster.file_key, reader))
    return poster if may is not None else None


def _file_in(url: str) -> str:
    """The key of the film whose player stands at an address of ours."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != settings.BASE_URL:
        raise Http404
    try:
        match = resolve(parts.path)
    except Resolver404 as error:
        raise Http404 from error
    if match.view_name != "embed":
        raise Http404
    return str(match.kwargs["file"])


def _most(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return max(SMALLEST, int(text[:6])) if text.isascii() and text.isdigit() else None


def _fitted(film: Video, width: int | None, height: int | None) -> tuple[int, int]:
    own = (film.width or WIDTH, film.height or HEIGHT)
    scale = min(1.0, (width or own[0]) / own[0], (height or own[1]) / own[1])
    return round(own[0] * scale), round(own[1] * scale)
