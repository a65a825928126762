"""Seeing the portal as somebody else: for administrators, read-only, in the audit log.

The cookie names whom, and the session it was given to: it is good for nobody else, for an hour, and
while that session is an administrator's. Reading alone follows it; editing stays one's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cms.access.gates import Gates
from cms.access.reader import Grants, Person, grants_of
from cms.access.rule import SIGNED_IN, organisation, territory
from cms.accounts.models import Organisation, User

COOKIE = "view_as"
LASTS = timedelta(hours=1)
VISITOR = "visitor"
SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = ("/editor/", "/static/", "/health/", "/as-yourself/")
"""Where the administrator stays who they are."""
CLOSED = ("/account/",)
_signer = signing.TimestampSigner(salt="cms.accounts.viewing")


@dataclass(frozen=True, slots=True)
class Subject:
    """As whom: ``user`` or ``organisation`` with its number, or ``visitor``."""

    kind: str
    pk: int = 0

    @property
    def text(self) -> str:
        return f"{self.kind}-{self.pk}"


def signed(subject: Subject, session: str) -> str:
    """The cookie for this session."""
    return _signer.sign(f"{subject.text}.{session}")


def subject_in(cookie: str, session: str) -> tuple[Subject, datetime] | None:
    """Whom a cookie names, and until when; nothing unless it was made for this session."""
    try:
        value = _signer.unsign(cookie, max_age=LASTS)
        made = signing.b62_decode(cookie.rsplit(_signer.sep, 2)[1])
    except (signing.BadSignature, ValueError):
        return None
    named, _, owner = value.partition(".")
    kind, _, pk = named.partition("-")
    if owner != session or not pk.isdigit():
        return None
    return Subject(kind, int(pk)), datetime.fromtimestamp(made, tz=UTC) + LASTS


def grants_for(
    subject: Subject,
    known: Gates,
    at: datetime,
    *,
    of_user: Callable[[User, Gates, datetime], Grants],
    may_enter: Callable[[User, datetime], bool],
) -> Grants | None:
    """What the one looked through would be granted. Nothing where there is no such one."""
    if subject.kind == VISITOR:
        return grants_of(person=None, groups=frozenset(), gates=known)
    if subject.kind == "user":
        user = User.objects.filter(pk=subject.pk).select_related("organisation").first()
        if user is None:
            return None
        if not may_enter(user, at):
            return grants_of(person=None, groups=frozenset(), gates=known)
        grants = of_user(user, known, at)
        person = grants.person and replace(grants.person, is_editor=False, is_administrator=False)
        return replace(grants, person=person)
    outside = Organisation.objects.filter(pk=subject.pk).first()
    return _of_organisation(outside, known, at) if outside else None


def _of_organisation(outside: Organisation, known: Gates, at: datetime) -> Grants:
    """As any of its members, without what single ones were given beyond it."""
    if outside.expires_at is not None and outside.expires_at <= at:
        return grants_of(person=None, groups=frozenset(), gates=known)
    groups = {SIGNED_IN, organisation(outside.pk)}
    groups.update(outside.groups.values_list("id", flat=True))
    if outside.territory:
        groups.add(territory(outside.territory))
    person = Person(id=0, name=outside.name, email="", organisation=outside.name)
    grants = grants_of(person=person, groups=frozenset(groups), gates=known)
    return replace(grants, valid_until=outside.expires_at or grants.valid_until)


class ReadOnly:
    """While an administrator looks through somebody's eyes, nothing is done in their name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if COOKIE not in request.COOKIES or request.path_info.startswith(OWN):
            return self.get_response(request)
        is_ours = subject_in(
            request.COOKIES[COOKIE], request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        )
        if is_ours is None:
            response = self.get_response(request)
            response.delete_cookie(COOKIE)
            return response
        if request.method not in SAFE or request.path_info.startswith(CLOSED):
            stop = reverse("view_as_stop")
            return render(request, "account/viewing.html", {"stop": stop}, status=403)
        return self.get_response(request)
