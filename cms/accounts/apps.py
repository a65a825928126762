from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "cms.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from cms.accounts import triggers

        post_migrate.connect(triggers.ensure, sender=self)


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's admin of people, with our form."""

    default = False
    user_viewset = "cms.accounts.people.PersonViewSet"
