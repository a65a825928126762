"""All addresses, with those of downloads, wherever the site has them."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail.admin.auth import require_admin_access

from cms import urls
from media.downloads import hooks

handler404 = urls.handler404
handler403 = urls.handler403

urlpatterns = [
    *(
        path(f"editor/{one.pattern}", require_admin_access(one.callback), name=one.name)
        for one in hooks.urls()
    ),
    *i18n_patterns(path("", include("media.downloads.urls"))),
    *urls.urlpatterns,
]
