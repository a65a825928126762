"""From a request's token or session to a reader, cached with the access version it was built at."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from cms.access import gates
from cms.access.reader import NEVER, Grants, Person, Reader, StaleReader, grants_of
from cms.access.rule import SIGNED_IN, organisation, territory
from cms.accounts import tokens, viewing
from cms.accounts.models import Token, User, display_name
from cms.problems import InvalidCredentials, NotNow

logger = logging.getLogger(__name__)

MOST_CACHED = 20_000
TRIES = 5
Answer = TypeVar("Answer")

TOUCH_EVERY = 60.0  # seconds between two notes of a token's last use

_cache: OrderedDict[str, Grants] = OrderedDict()
_touched: dict[int, float] = {}
_lock = Lock()

# Set by cms.entries: brings the gates of entries up to restrictions written around the code.
realign: Callable[[], None] | None = None


def now() -> datetime:
    """The moment of a request. The one clock of the reading side."""
    return datetime.now(UTC)


def reader_of(request: HttpRequest) -> Reader:
    """Who asks. Raises ``InvalidCredentials`` for a token that is not good: never anonymous."""
    moment = now()
    key = _key_of(request)
    grants = _cache.get(key)
    if grants is None or grants.valid_until <= moment:
        grants = _build(key, moment)
    if grants.token_id is not None:
        _touch(grants.token_id)
    return Reader(grants, moment)


def answered(request: HttpRequest, question: Callable[[Reader], Answer]) -> Answer:
    """Ask as the request's reader, and again where access changed meanwhile."""
    for _ in range(TRIES):
        try:
            return question(reader_of(request))
        except StaleReader:
            forget(request)
    raise NotNow("Access is changing too fast to answer.")


def forget(request: HttpRequest) -> None:
    """Build this request's reader anew next time."""
    with _lock:
        _cache.pop(_key_of(request), None)


def forget_all() -> None:
    """Drop every cached reader of this process."""
    with _lock:
        _cache.clear()
    gates.forget()


def _key_of(request: HttpRequest) -> str:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header:
        scheme, _, secret = header.partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise InvalidCredentials("Send the token as: Authorization: Bearer fr_…")
        return "t" + tokens.digest(secret)
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if session and (view_as := request.COOKIES.get(viewing.COOKIE)):
        return f"v{session} {view_as}"
    return f"s{session}" if session else ""


def reader_for_token(secret: str) -> Reader:
    """The reader behind a token that came another way than a header: a feed's address."""
    return reader_for_digest(tokens.digest(secret))


def reader_for_digest(digest: str) -> Reader:
    """The reader behind a token that is known by its digest: whoever a signed link is for."""
    moment = now()
    key = "t" + digest
    grants = _cache.get(key)
    if grants is None or grants.valid_until <= moment:
        grants = _build(key, moment)
    return Reader(grants, moment)


def forget_token(secret: str) -> None:
    """Build this token's reader anew next time."""
    forget_digest(tokens.digest(secret))


def forget_digest(digest: str) -> None:
    """The same for a token that is known by its digest."""
    with _lock:
        _cache.pop("t" + digest, None)


def _build(key: str, moment: datetime) -> Grants:
    # The state is read before everything else: data newer than it only causes one more building.
    state = gates.state()
    if state.applied != state.privacy and realign is not None:
        realign()
        state = gates.state()
    known = gates.all_gates(state.version)
    if key.startswith("t"):
        grants = _grants_of_token(key[1:], moment, known)
    elif key.startswith("v") and (seen := _grants_seen(key[1:], moment, known)):
        grants = seen
    elif key and (grants_of_session := _grants_of_session(key[1:], moment, known)):
        grants = grants_of_session
    else:
        grants = grants_of(person=None, groups=frozenset(), gates=known)
        # Whatever stands in a cookie that opens nothing is not worth a place of its own.
        key = ""
    with _lock:
        _cache[key] = grants
        _cache.move_to_end(key)
        while len(_cache) > MOST_CACHED:
            _cache.popitem(last=False)
    return grants


def _grants_of_token(digest: str, moment: datetime, known: gates.Gates) -> Grants:
    token = Token.objects.filter(digest=digest).select_related("user", "user__organisation").first()
    if token is None or not token.is_good(moment) or not may_enter(token.user, moment):
        raise InvalidCredentials
    grants = grants_of_user(token.user, known, moment)
    return replace(
        grants,
        scopes=token.scope_set,
        token_id=token.pk,
        valid_until=min(grants.valid_until, token.expires_at),
    )


def _grants_seen(key: str, moment: datetime, known: gates.Gates) -> Grants | None:
    """What an administrator sees who looks through somebody's eyes."""
    session, _, cookie = key.partition(" ")
    own = _grants_of_session(session, moment, known)
    found = viewing.subject_in(cookie, session)
    if own is None or own.person is None or not own.person.is_administrator or found is None:
        return own
    subject, until = found
    if until <= moment:
        return own
    seen = viewing.grants_for(subject, known, moment, of_user=grants_of_user, may_enter=may_enter)
    if seen is None:
        return own
    return replace(
        seen,
        scopes=frozenset({"read"}),
        seen_by=own.person.name,
        valid_until=min(seen.valid_until, own.valid_until, until),
    )


def _grants_of_session(key: str, moment: datetime, known: gates.Gates) -> Grants | None:
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    data = store.load()
    user = (
        User.objects.filter(pk=data.get(SESSION_KEY)).select_related("organisation").first()
        if data.get(SESSION_KEY)
        and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        else None
    )
    if user is None or not may_enter(user, moment):
        return None
    if not constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    row = store.model.objects.filter(session_key=key).values_list("expire_date", flat=True)
    expires = row.first()
    if expires is None:
        return None
    grants = grants_of_user(user, known, moment)
    return replace(
        grants,
        scopes=frozenset({"read", "feed"}),
        valid_until=min(grants.valid_until, expires),
    )


def grants_of_user(user: User, known: gates.Gates, at: datetime) -> Grants:
    """What an active user's groups open, the organisation's included. At most three queries."""
    outside = user.organisation
    groups = {SIGNED_IN}
    moments: list[datetime] = [NEVER]
    if user.is_superuser:
        groups.update(known.group_names, known.organisations, known.territories)
    else:
        groups.update(user.groups.values_list("id", flat=True))
        moments += _join_for_a_time(user, groups, at)
        if outside is None:
            groups.update(known.territories)  # the company's own people work for all of them
        else:
            groups.update(outside.groups.values_list("id", flat=True))
            groups.add(organisation(outside.pk))
            if outside.territory:
                groups.add(territory(outside.territory))
    if outside is not None and outside.expires_at:
        moments.append(outside.expires_at)
    person = Person(
        id=user.pk,
        name=display_name(user),
        email=user.email,
        organisation=outside.name if outside else "",
        language=user.language,
        is_editor=user.is_superuser or _is_editor(groups),
        is_administrator=user.is_superuser,
    )
    return grants_of(person=person, groups=frozenset(groups), gates=known, valid_until=min(moments))


def _join_for_a_time(user: User, groups: set[int], at: datetime) -> list[datetime]:
    """Add the groups that the user is in for a time; gives the moments at which that changes."""
    moments = []
    for group, starts, ends in user.memberships.values_list("group_id", "starts_at", "ends_at"):
        if starts > at:
            moments.append(starts)
        elif ends is None or ends > at:
            groups.add(group)
            moments += [ends] if ends else []
    return moments


def may_enter(user: User, moment: datetime) -> bool:
    """Active, and not of an organisation whose time is over."""
    if not user.is_active:
        return False
    expires = user.organisation.expires_at if user.organisation else None
    return expires is None or expires > moment


def _is_editor(groups: set[int]) -> bool:
    return Group.objects.filter(
        pk__in=groups,
        permissions__codename="access_admin",
        permissions__content_type__app_label="wagtailadmin",
    ).exists()


def _touch(token_id: int) -> None:
    moment = time.monotonic()
    if moment - _touched.get(token_id, -TOUCH_EVERY) < TOUCH_EVERY:
        return
    _touched[token_id] = moment
    try:
        Token.objects.filter(pk=token_id).update(last_used_at=now())
    except DatabaseError:  # a note that may be late must not cost a reader the answer
        logger.warning("token_use_not_noted token=%s", token_id)
