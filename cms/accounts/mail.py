"""Mail about accounts. Written and sent by the worker: a request takes as long for any address."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import int_to_base36
from django_tasks import task

from cms.accounts.identity import may_enter, now
from cms.accounts.models import User

UNKNOWN = "account/email/unknown_account"
SOON = 50  # somebody is waiting for it


def send(template: str, address: str, values: Mapping[str, object]) -> None:
    """Queue a mail. One query and one row, whether or not somebody has the address."""
    said = {name: value for name, value in values.items() if isinstance(value, str)}
    if isinstance(at := values.get("timestamp"), datetime):
        said["at"] = at.isoformat()
    deliver.enqueue(template, address, language_of(address), said)


def send_reset(address: str) -> None:
    """Queue the way to a new password, or the news that there is no account."""
    deliver_reset.enqueue(address, language_of(address))


def language_of(address: str) -> str:
    """The language of the person, else of the page that asked."""
    theirs = User.objects.filter(email=address.lower()).values_list("language", flat=True).first()
    for code in (theirs, translation.get_language()):
        if code in settings.INTERFACE_LANGUAGES:
            return code
    return settings.INTERFACE_LANGUAGES[0]


@task(priority=SOON)
def deliver(template: str, address: str, language: str, values: dict[str, str]) -> None:
    """Write a mail in the reader's language and hand it to the mail server."""
    with translation.override(language):
        context = {
            **values,
            "email": address,
            "site_name": settings.WAGTAIL_SITE_NAME,
            "base_url": settings.BASE_URL,
            "at": datetime.fromisoformat(values["at"]) if "at" in values else None,
        }
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address]).send()


@task(priority=SOON)
def deliver_reset(address: str, language: str) -> None:
    """Make the link here, so that it stands nowhere but in the mail."""
    person = User.objects.select_related("organisation").filter(email=address.lower()).first()
    if person is None or not may_enter(person, now()):
        deliver.call(UNKNOWN, address, language, {})
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": int_to_base36(person.pk),
            "key": default_token_generator.make_token(person),
        },
    )
    values = {"password_reset_url": settings.BASE_URL.rstrip("/") + path}
    deliver.call("account/email/password_reset_key", address, language, values)
