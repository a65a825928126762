"""What editors know and an engine cannot: what means the same, what to advise, what is right."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from search.curation.states import state_of


class Curated(models.Model):
    """Something that an editor answers for."""

    locale = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Leave empty for searches in every language."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        help_text=_("Who answers for it. Leave empty for yourself."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True


class Synonym(Curated):
    """Words that mean the same, or one that leads to others."""

    class Direction(models.TextChoices):
        BOTH = "both", _("All of them mean the same")
        FIRST = "first", _("The first one leads to the others, not back")

    words = models.TextField(
        pgettext_lazy("of a set of synonyms", "words"),
        help_text=_(
            "One a line, or separated by commas: DCP, digital cinema package. Accents, capitals and"
            " plurals do not matter."
        ),
    )
    direction = models.CharField(
        _("direction"),
        max_length=8,
        choices=Direction.choices,
        default=Direction.BOTH,
        help_text=_("Whoever looks for one of them finds the others too, a little further down."),
    )
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("For your colleagues: why it is here.")
    )
    is_active = models.BooleanField(
        _("in force"), default=True, help_text=_("Without it the set is kept, and has no effect.")
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering: ClassVar = ["words", "pk"]

    def __str__(self) -> str:
        return ", ".join(self.words.replace("\n", ",").split(","))[:120]


class Promotion(Curated):
    """An entry shown above the results of certain searches, to those who may read it."""

    phrases = models.TextField(
        _("searches"),
        help_text=_(
            "One a line. It is shown to whoever looks for exactly this; accents, capitals and"
            " plurals do not matter."
        ),
    )
    entry_key = models.CharField(_("shows"), max_length=160, db_index=True)
    on_behalf_of = models.CharField(
        _("on behalf of"),
        max_length=120,
        blank=True,
        help_text=_("Readers see who advises it: a team, such as Human resources."),
    )
    note = models.CharField(
        _("note for readers"),
        max_length=240,
        blank=True,
        help_text=_("One sentence that everybody who is shown this may read."),
    )
    starts_on = models.DateField(_("from"), help_text=_("Shown from this day."))
    ends_on = models.DateField(
        _("until"), help_text=_("Shown up to this day, included: at most a year.")
    )
    order = models.PositiveSmallIntegerField(
        _("order"),
        default=10,
        help_text=_("Of several for the same search, the lowest come first. Two are shown."),
    )

    class Meta:
        verbose_name = _("advised result")
        verbose_name_plural = _("advised results")
        ordering: ClassVar = ["order", "pk"]
        permissions: ClassVar = [
            ("explain_results", _("Can see why a reader finds something or not")),
        ]

    def __str__(self) -> str:
        return f"{' · '.join(self.phrases.split(chr(10)))[:80]} → {self.entry_key}"

    @property
    def state(self) -> str:
        """In a word: running, over, or not yet."""
        return state_of(self.starts_on, self.ends_on)


class Judgement(models.Model):
    """How good an answer an entry is to a query, as a person judged it."""

    class Grade(models.IntegerChoices):
        NOT = 0, _("0 · not an answer")
        SOME = 1, _("1 · touches it")
        GOOD = 2, _("2 · a good answer")
        BEST = 3, _("3 · exactly this")

    query = models.CharField(_("query"), max_length=500)
    locale = models.CharField(_("language"), max_length=12, blank=True, choices=settings.LANGUAGES)
    entry_key = models.CharField(_("entry"), max_length=160)
    grade = models.PositiveSmallIntegerField(_("grade"), choices=Grade.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("judged by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("judged answer")
        verbose_name_plural = _("judged answers")
        ordering: ClassVar = ["query", "-grade", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["query", "locale", "entry_key"],
                name="one_judgement_a_query_and_entry",
                violation_error_message=_("This answer to this query is judged already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.query}: {self.entry_key} ({self.grade})"
