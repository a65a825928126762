"""«Who will see this»: the reader-facing consequence of privacy, in the editor."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Group
from wagtail.admin.panels import Panel
from wagtail.models import Page, PageViewRestriction

from cms.access.audience import Audience, audience_of
from cms.access.gates import Gates, all_gates, state
from cms.access.privacy import page_restrictions
from cms.access.rule import Rule


def audience_at(path: str, *, at: datetime, beyond: Rule | None = None) -> Audience:
    """Who reads what stands at a tree path, with what one of its parts asks beyond."""
    rule = page_restrictions([path]).rule_at(path)
    return audience_of(rule & beyond if beyond else rule, present_gates(), at)


def present_gates() -> Gates:
    return all_gates(state().version)


class AudiencePanel(Panel):
    """Says before saving who will read the page and each of its restricted sections."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "pages/admin/audience_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            page = self.instance
            path = page.path or self._parent_path()
            at = datetime.now(UTC)
            restrictions = PageViewRestriction.objects.filter(page__in=_above(path))
            return {
                **context,
                "audience": audience_at(path, at=at),
                "sections": [
                    audience_at(path, at=at, beyond=rule) for rule in _restricted_rules(page)
                ],
                "early": sorted(_early_names(page)),
                "embargo_until": getattr(page, "embargo_until", None),
                "inherited_from": [
                    restriction.page
                    for restriction in restrictions.select_related("page")
                    if restriction.page_id != page.pk
                ],
                "page": page if page.pk else None,
            }

        def _parent_path(self) -> str:
            parent = getattr(self.form, "parent_page", None)
            return parent.path if parent is not None else ""


def _above(path: str) -> Any:
    return Page.objects.filter(path__in=[path[:end] for end in range(4, len(path) + 1, 4)])


def _restricted_rules(page: Any) -> list[Rule]:
    story = getattr(page, "story", None)
    raw = story.get_prep_value() if story else []
    return [
        Rule.of([[int(pk) for pk in one["value"]["readers"]]])
        for one in raw
        if one["type"] == "restricted"
    ]


def _early_names(page: Any) -> list[str]:
    if not page.pk:
        return []
    groups = [group.pk for group in page.early_readers.all()]
    names = list(Group.objects.filter(pk__in=groups).values_list("name", flat=True))
    outlets = getattr(page, "early_outlets", None)
    return [*names, *(one.name for one in outlets.all())] if outlets is not None else names
