from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "media"
    verbose_name = _("Media")

    def ready(self) -> None:
        from cms.entries import followers
        from media import arrivals  # noqa: F401 - it listens
        from media.downloads import following
        from media.kits import versions
        from media.renditions import following as pictures  # noqa: F401 - it listens
        from media.videos import measuring  # noqa: F401 - it listens

        followers.follow(stored=versions.follow)
        following.connect()
