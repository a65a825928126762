"""The admin's form of a person: Wagtail's own, with organisation, job and language."""

from typing import Any, ClassVar

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from cms.accounts.models import User

MORE = {"job_title", "organisation", "language"}


class PersonEditForm(UserEditForm):
    class Meta(UserEditForm.Meta):
        fields: ClassVar = UserEditForm.Meta.fields | MORE


class PersonCreationForm(UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields: ClassVar = UserCreationForm.Meta.fields | MORE

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Without a password, a person enters by mailed code, and may set one later."""
        user: User = super().save(commit=False)
        if not self.cleaned_data.get("password1"):
            user.set_unusable_password()
        if commit:
            user.save()
            self.save_m2m()
        return user


class PersonViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[Any]:  # noqa: FBT001, FBT002
        return PersonEditForm if for_update else PersonCreationForm
