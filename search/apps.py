from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from cms.entries import followers
        from search import admin_backend, triggers
        from search.engines.elastic import configuration
        from search.engines.embedded import filing, tables

        checks.register(configuration.check)
        followers.follow(stored=filing.file, sectioned=filing.reshelve)
        post_migrate.connect(tables.ensure, sender=self)
        post_migrate.connect(triggers.ensure, sender=self)
        post_migrate.connect(admin_backend.ensure, sender=self)
