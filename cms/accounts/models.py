"""People, the organisations they belong to, and the tokens they made."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser, Group
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users that are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class Organisation(models.Model):
    """A partner company or a media outlet. When it expires, everything it opened closes."""

    class Kind(models.TextChoices):
        EXHIBITOR = "exhibitor", _("Cinema exhibitor")
        BROADCASTER = "broadcaster", _("Broadcaster")
        LICENSEE = "licensee", _("Licensee")
        AGENCY = "agency", _("Agency")
        OUTLET = "outlet", _("Media outlet")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    sponsor = models.ForeignKey(
        "accounts.User",
        verbose_name=_("sponsor"),
        help_text=_("The colleague who answers for this organisation."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sponsored",
    )
    groups = models.ManyToManyField(
        Group,
        verbose_name=_("groups"),
        blank=True,
        help_text=_("Its members read what these groups read."),
    )
    territory = models.CharField(
        _("territory"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, such as FR or CH."))],
        help_text=_(
            "Two letters (ISO 3166), such as FR. Files cleared for some territories only are for "
            "organisations there; without a territory, they get none of these."
        ),
    )
    expires_at = models.DateTimeField(
        _("expires"),
        null=True,
        blank=True,
        help_text=_("From this moment its members can open nothing."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person, known by e-mail."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        _("email address"),
        unique=True,
        error_messages={"unique": _("Somebody with this e-mail address has an account.")},
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="members",
        help_text=_("Leave empty for people of the company itself."),
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_an_email",
                violation_error_message=_("Somebody with this e-mail address has an account."),
            )
        ]

    def __str__(self) -> str:
        return display_name(self)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()


def display_name(user: User) -> str:
    """The name other people see: never an e-mail address where there is a name."""
    return user.get_full_name() or user.email.split("@")[0]


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by the moment."""

    def in_force(self, at: datetime) -> "MembershipQuerySet":
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=at), starts_at__lte=at)


class Membership(models.Model):
    """A place in a group for a time. Outside it, it opens nothing, on the very next request."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [models.Index("user", "group", name="membership_user_group")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class Token(models.Model):
    """A bearer token. Only its digest is stored; the token itself is shown once."""

    class Scope(models.TextChoices):
        READ = "read", _("read what I may read")
        INGEST = "ingest", _("send records of outside systems")
        FEED = "feed", _("read my feeds")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    scopes = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def scope_set(self) -> frozenset[str]:
        return frozenset(self.scopes.split(","))

    def is_good(self, at: datetime) -> bool:
        """Neither revoked nor expired at this moment."""
        return self.revoked_at is None and self.expires_at > at


class Allowance(models.Model):
    """How many requests one token or address has used of its minute, over all processes."""

    key = models.CharField(max_length=80, primary_key=True)
    window = models.BigIntegerField()
    used = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"
