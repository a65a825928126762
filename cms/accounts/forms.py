"""Forms of the account pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.accounts.models import Token
from cms.accounts.tokens import LONGEST_DAYS


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, for how long."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Token.Scope.choices,
        initial=[Token.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=_("Days it is good for"), min_value=1, max_value=LONGEST_DAYS, initial=90
    )
