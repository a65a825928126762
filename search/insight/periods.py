"""From one day to another, as the reports of the admin ask for it."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

YEARS = {"first": 2000, "last": 2200}


def last(days: int) -> tuple[date, date]:
    """The first and the last of so many days, today included, where the company is."""
    today = timezone.localdate()
    return today - timedelta(days=days - 1), today


def preset(days: int) -> dict[str, Any]:
    """The link to a report of the last so many days."""
    since, until = last(days)
    return {"days": days, "query": f"since={since}&until={until}"}


class PeriodForm(forms.Form):
    """Both days included, a year at most; a report that reads more says so and how it tells."""

    longest: ClassVar[timedelta] = timedelta(days=366)
    too_long: ClassVar[str | Promise] = gettext_lazy("A year at most: choose an earlier day.")

    since = forms.DateField(label=gettext_lazy("From"), widget=AdminDateInput)
    until = forms.DateField(label=gettext_lazy("Until"), widget=AdminDateInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not YEARS["first"] <= day.year <= YEARS["last"]:
                self.add_error(name, _("Choose a day between %(first)d and %(last)d.") % YEARS)
        if since and until and until < since:
            self.add_error("until", _("It ends before it starts: choose a later day."))
        elif since and until and until - since > self.longest:
            self.add_error("until", str(self.too_long))
        return data
