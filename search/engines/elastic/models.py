"""What feeding Elasticsearch must remember: who feeds, which indices there are, what it refused."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lease(models.Model):
    """A right to do something alone, for some seconds at a time: it ends with its process."""

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=32)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.owner}"


class ElasticIndex(models.Model):
    """An index on the server. Every worker also writes to the one that is being built."""

    class State(models.TextChoices):
        BUILDING = "building"
        LIVE = "live"
        PREVIOUS = "previous"

    name = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    at = models.DateTimeField()  # since when it is in this state

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class DeadLetter(models.Model):
    """An entry whose document the server refused. It is tried again when the entry changes."""

    key = models.CharField(_("key"), max_length=160, unique=True)
    number = models.BigIntegerField(_("change"))
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("refused at"))
    tries = models.IntegerField(_("attempts"), default=1)

    class Meta:
        verbose_name = _("refused search document")
        verbose_name_plural = _("refused search documents")
        ordering: ClassVar = ["-at", "key"]

    def __str__(self) -> str:
        return self.key
