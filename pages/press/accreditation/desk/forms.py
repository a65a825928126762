"""The forms of the desk: what a decision needs to know."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from cms.accounts import identity
from cms.accounts.models import Organisation
from pages.press.accreditation import countries, outlets, states
from pages.press.accreditation.models import Accreditation, PressTerms

NEW_OUTLET = _("A new outlet, named below")


def today() -> date:
    """The day on the portal's clock."""
    return states.last_day(identity.now(), settings.TIME_ZONE)


class UntilForm(forms.Form):
    """Until when: the last day, in the portal's time zone."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=AdminDateInput,
        help_text=_("Press material closes at the end of it, downloads that are running included."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = states.usual_last_day(today())

    def clean_last_day(self) -> date:
        chosen: date = self.cleaned_data["last_day"]
        if chosen < today():
            raise ValidationError(gettext("This day is over: choose a later one."))
        if chosen.year > today().year + 5:
            raise ValidationError(gettext("Five years at most: choose an earlier day."))
        return chosen

    @property
    def ends_at(self) -> datetime:
        """The moment at which it closes, once the form is valid."""
        return states.end_of(self.cleaned_data["last_day"], settings.TIME_ZONE)


class ReasonForm(forms.Form):
    """Why not. The person reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is mailed to the person as you write it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NothingForm(forms.Form):
    """For what needs no more than to be confirmed."""


class OutletFields:
    """Choosing an outlet that is known, or naming a new one: never both, never by itself."""

    def __init__(self, asked: Accreditation, prefix: str = "") -> None:
        self.asked = asked
        self.prefix = prefix

    def make(self) -> dict[str, forms.Field]:
        """The fields, by name. The typed name only fills in that of a new outlet."""
        return {
            f"{self.prefix}outlet": forms.ModelChoiceField(
                label=_("Outlet"),
                queryset=outlets.to_choose(identity.now()),
                required=False,
                empty_label=str(NEW_OUTLET),
                help_text=_(
                    "What the outlet reads early, this person will. The name that was typed "
                    "chooses nothing."
                ),
            ),
            f"{self.prefix}new_outlet": forms.CharField(
                label=_("Name of a new outlet"), max_length=200, required=False
            ),
            f"{self.prefix}territory": forms.ChoiceField(
                label=_("Territory of a new outlet"),
                choices=lambda: [("", "—"), *countries.choices()],
                required=False,
                initial=self.asked.country,
                help_text=_("Files cleared for some territories only are for outlets there."),
            ),
        }

    def checked(self, form: forms.Form) -> None:
        """Note on the form what is wrong."""
        data = form.cleaned_data
        chosen = data.get(f"{self.prefix}outlet")
        typed = (data.get(f"{self.prefix}new_outlet") or "").strip()
        field = f"{self.prefix}new_outlet"
        if chosen and typed:
            form.add_error(field, _("Choose an outlet or name a new one, not both."))
        elif not chosen and not typed:
            form.add_error(f"{self.prefix}outlet", _("Choose an outlet, or name a new one."))
        elif typed and outlets.is_known(typed):
            form.add_error(field, _("An organisation has this name: choose it if it is the same."))

    def outlet(self, form: forms.Form) -> Organisation:
        """The outlet that was chosen, or a new one, made now."""
        chosen: Organisation | None = form.cleaned_data[f"{self.prefix}outlet"]
        if chosen is not None:
            return chosen
        made, _is_new = Organisation.objects.get_or_create(
            name=form.cleaned_data[f"{self.prefix}new_outlet"].strip(),
            defaults={
                "kind": Organisation.Kind.OUTLET,
                "territory": form.cleaned_data[f"{self.prefix}territory"],
            },
        )
        return made


class ApproveForm(UntilForm):
    """The outlet and the end of an accreditation."""

    def __init__(self, *args: Any, asked: Accreditation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choosing = OutletFields(asked)
        self.fields = {**self.choosing.make(), **self.fields}
        self.fields["outlet"].initial = asked.outlet_id

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.choosing.checked(self)
        return data

    @property
    def outlet(self) -> Organisation:
        """The outlet to accredit for; made now if it is new."""
        return self.choosing.outlet(self)


class RenewForm(UntilForm):
    """The new end, by default a year after the present one."""

    def __init__(self, *args: Any, asked: Accreditation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = states.last_day(asked.ends_at, settings.TIME_ZONE) if asked.ends_at else today()
        self.fields["last_day"].initial = states.usual_last_day(max(ends, today()))


class TermsForm(WagtailAdminModelForm):
    """A version of the terms. What people have accepted is never rewritten."""

    class Meta:
        model = PressTerms
        fields: ClassVar = ["version", "locale", "text", "published_at"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        before = PressTerms.objects.filter(pk=self.instance.pk).first()
        if before is not None and before.is_published(identity.now()):
            raise ValidationError(
                gettext("This version is published and cannot be changed: write the next one.")
            )
        return data
