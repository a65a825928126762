"""Lists of what editors curate: what is in force, what it shows, and what is wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView

from cms.access.reader import Reader
from cms.accounts import identity
from cms.entries.models import Entry
from search.curation import states
from search.curation.members import split

SOON = timedelta(days=14)
OF_ENTRY = ("title", "gate_id", "early_gate_id", "opens_at", "closes_at")


def members(synonym: Any) -> str:
    """The members, and which way they lead."""
    first, *others = split(synonym.words)
    if synonym.direction == synonym.Direction.FIRST:
        return f"{first} → {', '.join(others)}"
    return " = ".join([first, *others])


class EntryColumn(Column):
    """What is shown, named to an editor who may read it, and who reads it."""

    def __init__(self, name: str, *, reader: Reader, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.reader = reader

    def get_value(self, instance: Any) -> SafeString:
        if instance.entry_title is None:
            return format_html(
                '{} <span class="fr-warns">{}</span>',
                instance.entry_key,
                _("Not published: nobody is shown this."),
            )
        guarded = SimpleNamespace(
            gate_id=instance.entry_gate_id,
            early_gate_id=instance.entry_early_gate_id,
            opens_at=instance.entry_opens_at,
            closes_at=instance.entry_closes_at,
        )
        if not self.reader.may_read(guarded):
            return format_html(
                '{} <span class="fr-warns">{}</span>',
                instance.entry_key,
                _("You may not read it."),
            )
        return format_html("{}", instance.entry_title)


class ReadersColumn(Column):
    """Who may read what is shown: nobody else is shown it."""

    def __init__(self, name: str, *, reader: Reader, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.reader = reader

    def get_value(self, instance: Any) -> str:
        gate = instance.entry_gate_id
        return "—" if gate is None else self.reader.grants.gates.label(gate)


class StateColumn(StatusTagColumn):
    """Running, over, or not yet; a warning when it is over soon."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, primary=lambda one: one.state == states.RUNNING, **kwargs)

    def get_value(self, instance: Any) -> str:
        if instance.state == states.OVER:
            return _("over")
        if instance.state == states.NOT_YET:
            return _("not yet")
        if instance.ends_on - states.today() <= SOON:
            return _("running, over soon")
        return _("running")


class CuratedIndexView(IndexView):
    """A list whose rows know the entry behind their key. No query a row."""

    def reader(self) -> Reader:
        return identity.reader_of(self.request)

    def title_column(self, name: str, label: Any, accessor: Callable[[Any], str]) -> Column:
        """The first column: it leads to the form, and has the row's buttons."""
        column: type[Column] = self._get_title_column_class(TitleColumn)
        return column(name, label=label, accessor=accessor, get_url=self.get_edit_url, width="30%")

    def get_base_queryset(self) -> QuerySet[Any]:
        found = super().get_base_queryset()
        if not hasattr(self.model, "entry_key"):
            return found
        entry = Entry.objects.filter(key=OuterRef("entry_key"))
        return found.annotate(
            **{f"entry_{name}": Subquery(entry.values(name)[:1]) for name in OF_ENTRY}
        )


class SynonymIndexView(CuratedIndexView):
    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column("words", gettext_lazy("Words"), members),
            Column("get_locale_display", label=gettext_lazy("Language")),
            Column("note", label=gettext_lazy("Note")),
            Column("owner", label=pgettext_lazy("of a page", "Owner")),
            StatusTagColumn(
                "is_active",
                label=gettext_lazy("State"),
                accessor=lambda one: _("in force") if one.is_active else _("off"),
                primary=lambda one: one.is_active,
            ),
        ]


class PromotionIndexView(CuratedIndexView):
    @property
    def columns(self) -> list[Column]:
        reader = self.reader()
        return [
            self.title_column(
                "phrases",
                gettext_lazy("Searches"),
                lambda one: " · ".join(one.phrases.splitlines()),
            ),
            EntryColumn("entry", label=gettext_lazy("Shows"), reader=reader, width="26%"),
            ReadersColumn("readers", label=gettext_lazy("Readers"), reader=reader),
            Column("owner", label=pgettext_lazy("of a page", "Owner")),
            Column("ends_on", label=gettext_lazy("Until"), sort_key="ends_on"),
            StateColumn("state", label=gettext_lazy("State")),
        ]


class JudgementIndexView(CuratedIndexView):
    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column("query", gettext_lazy("Query"), lambda one: str(one.query)),
            Column("get_locale_display", label=gettext_lazy("Language")),
            EntryColumn("entry", label=gettext_lazy("Entry"), reader=self.reader(), width="32%"),
            Column("grade", label=gettext_lazy("Grade"), sort_key="grade"),
            Column("by", label=gettext_lazy("Judged by")),
        ]
