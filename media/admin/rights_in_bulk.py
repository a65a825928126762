"""Rights for many files at once: forty photographs of one photographer are one form."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from media.admin.fields import MomentInput, TerritoriesField, UsesField
from media.admin.forms import CONFIRMED
from media.models import Document, Image, Video
from media.rights import DATA_MINING, SOURCE_TYPES, check_territories

NOTHING = ("", _("leave as it is"))


class RightsInBulkForm(forms.Form):
    """What is left empty is left as it is."""

    creator = forms.CharField(label=_("creator"), max_length=200, required=False)
    credit = forms.CharField(label=_("credit"), max_length=200, required=False)
    copyright = forms.CharField(label=_("copyright notice"), max_length=250, required=False)
    usage_terms = forms.CharField(
        label=_("usage terms"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    web_statement = forms.URLField(
        label=_("address of the full terms"), required=False, assume_scheme="https"
    )
    source_type = forms.ChoiceField(
        label=_("how it was made"), choices=[NOTHING, *SOURCE_TYPES], required=False
    )
    data_mining = forms.ChoiceField(
        label=_("text and data mining"), choices=[NOTHING, *DATA_MINING], required=False
    )
    opens_at = forms.DateTimeField(label=_("embargo until"), required=False, widget=MomentInput)
    closes_at = forms.DateTimeField(label=_("rights end"), required=False, widget=MomentInput)
    territories = TerritoriesField(
        label=_("territories"), required=False, validators=[check_territories]
    )
    uses = UsesField(label=_("cleared for"))
    is_confirmed = forms.BooleanField(
        label=_("rights confirmed"),
        required=False,
        help_text=_("You have looked at each of them, and what is written there is right."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error(
                "closes_at", _("The rights end before the embargo does: change one of them.")
            )
        return cleaned


class SetRights(BulkAction):
    """Credit, terms, end and confirmation for the chosen files."""

    models = [Image, Document, Video]
    display_name = _("Set rights")
    aria_label = _("Set the rights of the selected files")
    action_type = "set_rights"
    action_priority = 5
    template_name = "media/admin/rights_in_bulk.html"
    form_class = RightsInBulkForm

    @property
    def policy(self) -> Any:
        return policy_registry.get_by_type(self.model)

    def check_perm(self, obj: Any) -> bool:
        return bool(self.policy.user_has_permission_for_instance(self.request.user, "change", obj))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        chosen = self.policy.instances_user_has_permission_for(self.request.user, "change")
        if parent_id is not None:
            chosen = chosen.filter(collection_id=parent_id)
        chosen = chosen.values_list("pk", flat=True)
        query = self.request.GET.get("q", "")
        return chosen.search(query).results() if query else chosen

    def get_execution_context(self) -> dict[str, Any]:
        given = self.cleaned_form.cleaned_data
        return {
            "given": {name: value for name, value in given.items() if value},
            "person": self.request.user,
        }

    @classmethod
    def execute_action(
        cls, objects: list[Any], given: dict[str, Any], person: Any, **_kwargs: Any
    ) -> tuple[int, int]:
        """Each is saved by itself, so that whoever holds it learns of it."""
        for asset in objects:
            was_confirmed = asset.is_confirmed
            for name, value in given.items():
                setattr(asset, name, value)
            asset.save()
            log(asset, "wagtail.edit", user=person)
            if asset.is_confirmed and not was_confirmed:
                log(asset, CONFIRMED, user=person)
        return len(objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "The rights of %(number)d file are set.",
            "The rights of %(number)d files are set.",
            num_parent_objects,
        ) % {"number": num_parent_objects}
