"""The admin's form of a person: Wagtail's own, with organisation, job and language."""

from typing import Any, ClassVar

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

MORE = {"job_title", "organisation", "language"}


class PersonEditForm(UserEditForm):
    class Meta(UserEditForm.Meta):
        fields: ClassVar = UserEditForm.Meta.fields | MORE


class PersonCreationForm(UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields: ClassVar = UserCreationForm.Meta.fields | MORE


class PersonViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[Any]:  # noqa: FBT001, FBT002
        return PersonEditForm if for_update else PersonCreationForm
