"""Every address, on one screen."""

from allauth.account import views as allauth_views
from django.conf.urls.i18n import i18n_patterns
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from cms import health
from cms.accounts import view_as
from cms.accounts import views as accounts
from cms.api import urlpatterns as reader_calls
from cms.entries import streams, views
from media import embedding
from search import saving
from search import streams as search_streams
from search import views as search


def closed(_request: HttpRequest, **_kwargs: object) -> HttpResponse:
    """Doors of Wagtail and allauth that this product does not have: nothing is behind them."""
    raise Http404


one_door = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    *reader_calls,
    path("", views.root, name="root"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("oembed", embedding.oembed, name="oembed"),
    path("embed/<str:file>/", embedding.player, name="embed"),
    path("sitemap.xml", streams.sitemap, name="sitemap"),
    path("feeds/<str:key>.<str:form>", streams.feed, name="feed"),
    path("styleguide/", views.styleguide, name="styleguide"),
    # One sign-in for portal and admin: Wagtail's own pages would go around its second factor.
    path("editor/login/", one_door, name="wagtailadmin_login_closed"),
    path("editor/logout/", allauth_views.logout, name="wagtailadmin_logout_ours"),
    path("editor/", include(wagtailadmin_urls)),
    path("as-yourself/", view_as.stop, name="view_as_stop"),
    path("account/", RedirectView.as_view(pattern_name="account_access"), name="account"),
    path("account/login/", accounts.sign_in, name="account_login"),
    path("account/login/code/", one_door, name="account_request_login_code"),
    path("account/login/code/confirm/", accounts.confirm_code, name="account_confirm_login_code"),
    # The company gives accounts and addresses.
    path("account/signup/", closed, name="account_signup"),
    path("account/email/", closed, name="account_email"),
    re_path("^account/confirm-email/", closed, name="account_email_verification_sent"),
    path("account/access/", accounts.access, name="account_access"),
    path("account/tokens/", accounts.tokens_page, name="account_tokens"),
    path("account/tokens/<int:pk>/revoke/", accounts.revoke_token, name="account_token_revoke"),
    path("account/feeds/<str:key>/", accounts.feed_address, name="account_feed"),
    path("account/", include("allauth.urls")),
    path("documents/<int:document_id>/<str:name>", closed, name="wagtaildocs_serve"),
    path("images/<str:signature>/<int:image_id>/<str:spec>/", closed, name="wagtailimages_serve"),
    *i18n_patterns(
        path("search/", search.page, name="search"),
        path("search/live/", search.live, name="search_live"),
        path("search/clicked/", search.clicked, name="search_clicked"),
        path("search/saved/", saving.searches, name="search_saved"),
        path("search/saved/<int:pk>/", saving.opened, name="search_saved_open"),
        path("search/saved/<int:pk>/feed/", saving.feed_address, name="search_saved_address"),
        path("search/saved/<int:pk>/remove/", saving.remove, name="search_saved_remove"),
        path(
            "search/saved/<int:pk>.<str:form>", search_streams.saved_feed, name="search_saved_feed"
        ),
        path("search.<str:form>", search_streams.feed, name="search_feed"),
        path("press/accreditation/", include("pages.press.accreditation.urls")),
        path("", include("media.downloads.urls")),
        path("topics/<slug:slug>/", views.topic, name="topic"),
        path("e/<str:key>/", views.record, name="record"),
        re_path(r"^((?:[\w-]+/)*)$", views.page, name="wagtail_serve"),
    ),
]

handler404 = "cms.entries.views.nothing_here"
handler403 = "cms.entries.views.not_allowed"
