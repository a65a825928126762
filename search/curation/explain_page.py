"""The admin's page that explains why a reader finds something or not."""

import logging
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from cms.access.reader import Reader
from cms.accounts.models import User
from search.admin_page import AdminPage
from search.curation import readers
from search.curation.explaining import Explained, explain
from search.curation.fields import LocaleField, QueryField
from search.curation.forms import page_of

logger = logging.getLogger(__name__)


class ExplainForm(forms.Form):
    """A query, a reader and an entry."""

    q = QueryField(label=gettext_lazy("Query"), help_text=gettext_lazy("As the reader typed it."))
    locale = LocaleField()
    reader = forms.EmailField(
        label=gettext_lazy("Reader"),
        required=False,
        help_text=gettext_lazy("The e-mail address. Leave empty for somebody not signed in."),
    )
    page = forms.ModelChoiceField(
        Page.objects.all(), required=False, widget=AdminPageChooser, label=gettext_lazy("Page")
    )
    key = forms.CharField(
        label=gettext_lazy("Or the key of a record"), max_length=160, required=False
    )

    def clean_reader(self) -> User | None:
        email = self.cleaned_data["reader"]
        if not email:
            return None
        user = User.objects.select_related("organisation").filter(email__iexact=email).first()
        if user is None:
            raise forms.ValidationError(_("Nobody with this address has an account."))
        return user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        page, key = data.get("page"), (data.get("key") or "").strip()
        if page is not None:
            key = getattr(page.specific, "entry_key", "")
            if not key:
                self.add_error("page", _("Readers cannot find pages of this kind: choose another."))
        elif not key and "key" not in self.errors:
            self.add_error("page", _("Choose a page, or write the key of a record."))
        return {**data, "entry_key": key}


class ExplainView(AdminPage):
    """Whoever looks here sees what the reader cannot: the page says so, and it is logged."""

    template_name = "search_admin/explain.html"
    page_title = gettext_lazy("Why is it found, or not")
    header_icon = "help"
    permission_required = "search.explain_results"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        is_asked = bool(asked.get("page") or asked.get("key"))
        form = ExplainForm(asked) if is_asked else ExplainForm(initial=_initial(asked.dict()))
        context = super().get_context_data(form=form, **kwargs)
        if not is_asked or not form.is_valid():
            return context
        user: User | None = form.cleaned_data["reader"]
        key = form.cleaned_data["entry_key"]
        logger.info("search_explained by=%s reader=%s key=%s", self.request.user.pk, user, key)

        def question(reader: Reader) -> Explained:
            return explain(form.cleaned_data["q"], form.cleaned_data["locale"], reader, key)

        explained = readers.steadily(
            lambda: readers.person(user) if user else readers.stranger(), question
        )
        return {
            **context,
            "explained": explained,
            "user_explained": user,
            "is_shut_out": user is not None and readers.person(user).is_anonymous,
            "page_explained": page_of(key),
        }


def _initial(asked: dict[str, str]) -> dict[str, str]:
    return {name: asked[name] for name in ("q", "locale", "reader") if name in asked}
