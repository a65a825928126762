"""Outlets: media organisations, who of theirs is accredited, and what names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anyascii import anyascii
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cms.access.reader import Reader
from cms.access.rule import organisation
from cms.accounts.models import Organisation
from cms.entries.models import Entry, Holding, Part
from pages.press.accreditation import joining
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import Stored


@dataclass(frozen=True, slots=True)
class Naming:
    """An entry that names an outlet as a reader. No ``title`` for those who may not read it."""

    key: str
    title: str
    opens_at: datetime


def to_choose(at: datetime) -> QuerySet[Organisation]:
    """The outlets that a person can be accredited for at this moment."""
    is_open = Q(expires_at=None) | Q(expires_at__gt=at)
    outlets = Organisation.objects.filter(is_open, kind=Organisation.Kind.OUTLET)
    return outlets.exclude(name=joining.without_outlet_name()).order_by("name")


def is_known(name: str) -> bool:
    """Whether any organisation has this name, capitals and accents apart."""
    names = Organisation.objects.values_list("name", flat=True)
    # SQLite compares without regard to capitals in English letters only.
    return _plain(name) in {_plain(one) for one in names}


def _plain(name: str) -> str:
    return " ".join(anyascii(name).casefold().split())


def with_counts(at: datetime) -> QuerySet[Organisation]:
    """Every outlet with ``people``, its members, and ``accredited``, those in force."""
    in_force = Accreditation.objects.filter(
        person=OuterRef("members"), outlet=OuterRef("pk"), state=Stored.APPROVED, ends_at__gt=at
    )
    return (
        Organisation.objects.filter(kind=Organisation.Kind.OUTLET)
        .annotate(
            people=Count("members", distinct=True),
            accredited=Count("members", filter=Exists(in_force), distinct=True),
        )
        .order_by("name")
    )


def named_in(outlet: Organisation, reader: Reader) -> Sequence[Naming]:
    """The entries whose gates, or those of their parts and files, name this outlet."""
    pseudo = organisation(outlet.pk)
    rules = reader.grants.gates.rules
    gates = [pk for pk, rule in rules.items() if any(pseudo in one for one in rule.clauses)]
    names_it = Q(gate_id__in=gates) | Q(early_gate_id__in=gates)
    beside = [model.objects.filter(names_it, entry=OuterRef("pk")) for model in (Part, Holding)]
    found = Entry.objects.filter(names_it | Exists(beside[0]) | Exists(beside[1]))
    return [
        Naming(one.key, one.title if reader.may_pass(one.gate_id) else "", one.opens_at)
        for one in found.order_by("-published_at")[:50]
    ]
