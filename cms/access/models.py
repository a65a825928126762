"""Gates, and the version of everything that decides access."""

from django.db import models


class Gate(models.Model):
    """One interned access rule. Thousands of pages share few gates; a gate never changes."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    rule = models.TextField(editable=False)


class AccessState(models.Model):
    """One row. Database triggers raise ``version`` whenever anything that decides access changes.

    ``privacy`` rises with Wagtail's view restrictions, ``applied`` says up to where the gates of
    entries follow them. They differ only after somebody wrote restrictions around the code.
    """

    version = models.BigIntegerField(default=1)
    privacy = models.BigIntegerField(default=0)
    applied = models.BigIntegerField(default=0)
