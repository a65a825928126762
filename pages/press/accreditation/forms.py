"""The public form: what a journalist says of themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pages.press.accreditation import countries, proof
from pages.press.accreditation.models import MOST_LINKS, Accreditation, PressTerms
from pages.press.accreditation.proof import Proof
from pages.press.accreditation.requesting import Asked

LONGEST_LINK = 500


class RequestForm(forms.Form):
    """A request. ``website`` is a trap: no person sees it, programs fill it in."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label=_("Professional e-mail address"),
        help_text=_("You confirm it by mail, and sign in with it later."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Telephone (optional)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    outlet_name = forms.CharField(
        label=_("Outlet you work for"),
        help_text=_("The newspaper, site, channel, agency or programme."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    role = forms.CharField(
        label=_("Your role there"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    beat = forms.ChoiceField(
        label=_("What you write about"),
        choices=[("", pgettext_lazy("beat", "Choose")), *Accreditation.Beat.choices],
    )
    country = forms.ChoiceField(
        label=_("Country of the outlet"),
        choices=lambda: [("", gettext("Choose a country")), *countries.choices()],
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    links = forms.CharField(
        label=_("Links to your work (optional)"),
        help_text=_("Up to five addresses beginning with https://, one a line."),
        required=False,
        max_length=(LONGEST_LINK + 2) * MOST_LINKS,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    proof = forms.FileField(
        label=_("Press card or editor’s letter (optional)"),
        help_text=_(
            "PDF, JPEG or PNG, 10 MB at most. Only the press desk sees it, and it is deleted some "
            "weeks after the decision. With it, the decision is quicker."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    message = forms.CharField(
        label=_("What the desk should know (optional)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of the press room"),
        error_messages={"required": _("Read the terms, then accept them.")},
    )
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, terms: PressTerms | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.press_terms = terms
        for name, field in self.fields.items():
            if name != "terms":
                field.error_messages["required"] = _("Fill in this field.")
        if terms is None:
            del self.fields["terms"]

    def clean_links(self) -> tuple[str, ...]:
        links = tuple(self.cleaned_data["links"].split())
        if len(links) > MOST_LINKS:
            raise ValidationError(gettext("Five at most: keep the best."))
        is_address = URLValidator(schemes=["https"])
        for link in links:
            try:
                is_address(link)
            except ValidationError:
                told = gettext("“%(link)s” is no address beginning with https://.")
                raise ValidationError(told % {"link": link[:60]}) from None
            if len(link) > LONGEST_LINK:
                raise ValidationError(gettext("An address is too long: 500 characters at most."))
        return links

    def clean_proof(self) -> Proof | None:
        file = self.cleaned_data["proof"]
        return proof.checked(file) if isinstance(file, UploadedFile) else None

    @property
    def is_trapped(self) -> bool:
        """Whether a program filled in what no person sees."""
        return bool(self.cleaned_data.get("website"))

    @property
    def asked(self) -> Asked:
        """What was written, once the form is valid."""
        told = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"proof", "terms", "website"}
        }
        spoken: list[str] = settings.INTERFACE_LANGUAGES
        language = get_language() or ""
        return Asked(**told, language=language if language in spoken else spoken[0])
