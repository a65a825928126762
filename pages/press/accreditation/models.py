"""Accreditations, the terms of the press room, and who accepted which version of them."""

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.access.gates import territory_name
from cms.accounts.models import Membership, Organisation
from pages.press.accreditation import states

MOST_LINKS = 5


def proof_storage() -> Storage:
    """Where proofs lie: the storage named ``proofs`` where there is one, else below ``VAR_DIR``.

    Apart from the library's files, so that no address of those ever leads to a press card.
    """
    if "proofs" in settings.STORAGES:
        return storages["proofs"]
    return FileSystemStorage(location=Path(settings.VAR_DIR) / "proofs", base_url=None)


class PressTerms(models.Model):
    """One version of the terms, in one language. A published one is never changed."""

    version = models.PositiveIntegerField(_("version"))
    locale = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField(_("text"), help_text=_("An empty line begins a paragraph."))
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_(
            "From this moment every accredited person accepts it once before downloading. It can "
            "then no longer be changed: write the next version."
        ),
    )

    class Meta:
        verbose_name = _("terms of the press room")
        verbose_name_plural = _("terms of the press room")
        default_permissions: ClassVar = ()  # whoever decides on accreditations
        ordering: ClassVar = ["-version", "locale"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "locale"],
                name="one_text_a_version_and_language",
                violation_error_message=_("This version has a text in this language."),
            )
        ]

    def __str__(self) -> str:
        return f"{_('version')} {self.version}, {self.get_locale_display()}"

    def is_published(self, at: datetime) -> bool:
        """Whether people are asked to accept it at this moment."""
        return self.published_at is not None and self.published_at <= at


class TermsAccepted(models.Model):
    """That a person accepted one text of the terms, and when."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="press_terms"
    )
    terms = models.ForeignKey(PressTerms, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar = ()
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "terms"], name="terms_are_accepted_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.terms_id}"


class Accreditation(models.Model):
    """What a journalist asked for, and what became of it.

    Nobody sees a request before its sender confirmed the address (``confirmed_at``). Whether an
    approved one has ended is a question for the clock: nothing is written when it does.
    """

    class Beat(models.TextChoices):
        CINEMA = "cinema", _("Cinema")
        CULTURE = "culture", _("Culture")
        TELEVISION = "television", _("Television and series")
        ECONOMY = "economy", _("Economy")
        GENERAL = "general", _("General news")
        LOCAL = "local", _("Local news")
        PHOTO = "photo", _("Photography")
        OTHER = "other", pgettext_lazy("beat", "Other")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="accreditations",
    )
    email = models.EmailField(_("email address"))
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150)
    outlet_name = models.CharField(_("outlet, as typed"), max_length=200)
    outlet = models.ForeignKey(
        Organisation,
        verbose_name=_("outlet"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="accreditations",
    )
    role = models.CharField(_("role"), max_length=120)
    beat = models.CharField(_("beat"), max_length=20, choices=Beat.choices)
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    links = models.TextField(_("links"), blank=True, help_text=_("One a line."))
    proof = models.FileField(_("proof"), storage=proof_storage, blank=True, max_length=200)
    proof_name = models.CharField(max_length=120, blank=True)
    proof_type = models.CharField(max_length=60, blank=True)
    message = models.TextField(_("message"), blank=True)
    language = models.CharField(_("language"), max_length=10)
    terms = models.ForeignKey(
        PressTerms,
        verbose_name=_("terms accepted"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    state = models.CharField(
        _("state"), max_length=20, choices=states.Stored.choices, default=states.Stored.REQUESTED
    )
    requested_at = models.DateTimeField(_("requested"))
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.TextField(_("reason"), blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_account = models.BooleanField(
        default=False, help_text="Whether the account exists because of this accreditation."
    )
    renewal_asked_at = models.DateTimeField(_("renewal asked"), null=True, blank=True)
    erasure_asked_at = models.DateTimeField(_("erasure asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        ordering: ClassVar = ["-requested_at", "-id"]
        default_permissions: ClassVar = ()
        permissions: ClassVar = [("decide_accreditation", _("Can decide on accreditations"))]
        indexes: ClassVar = [
            models.Index("email", name="accreditation_email"),
            models.Index("state", "ends_at", name="accreditation_state"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.outlet_title}"

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def outlet_title(self) -> str:
        """The outlet the desk chose, until then the name that was typed."""
        return self.outlet.name if self.outlet else self.outlet_name

    @property
    def country_name(self) -> str:
        """The country in the active language."""
        return territory_name(self.country)

    @property
    def link_list(self) -> list[str]:
        return self.links.split()

    def state_at(self, at: datetime) -> states.State:
        """The state at a moment: what was decided, and what the clock made of it."""
        return states.state_at(self.state, self.ends_at, at)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """The proof goes with the record."""
        if self.proof:
            self.proof.delete(save=False)
        return super().delete(*args, **kwargs)
