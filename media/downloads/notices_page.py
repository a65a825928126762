"""The admin's list of notices that wait: to whom each would go, when, and in which words."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.accounts.identity import now
from cms.accounts.models import User, display_name
from media.downloads import recall, telling
from media.downloads.looking import LONGEST_REASON
from media.downloads.models import Notice
from search.admin_page import AdminPage

PERMISSION = "media.change_notice"
MOST_NAMED = 50
MOST_ENDED = 30


class ReasonForm(forms.Form):
    """The words of a notice, in the editor's hand."""

    notice = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason, as the mail says it"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NoticesView(AdminPage):
    """What waits, and what became of the rest."""

    template_name = "media/downloads_notices.html"
    page_title = gettext_lazy("Notices to takers")
    header_icon = "mail"
    permission_required = PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = list(recall.pending())
        ended = Notice.objects.exclude(state=Notice.State.PENDING).select_related("ended_by")
        return super().get_context_data(
            waiting=[_shown(one, waiting) for one in waiting],
            ended=[_ended(one) for one in ended.order_by("-ended_at")[:MOST_ENDED]],
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change the reason; send, or tell nobody."""
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The reason is too long: 1000 characters at most."))
            return redirect("downloads_notices")
        pk, verb = form.cleaned_data["notice"], request.POST.get("verb")
        recall.pending().filter(pk=pk).update(reason=form.cleaned_data["reason"].strip())
        if verb == "send":
            count = telling.send([pk], now(), by=request.user.pk)
            told = ngettext("%(count)d person is told.", "%(count)d people are told.", count)
            messages.success(request, told % {"count": count})
        elif verb == "dismiss":
            telling.dismiss(pk, now(), by=request.user.pk)
            messages.success(request, _("Nobody is told."))
        else:
            messages.success(request, _("The reason is changed."))
        return redirect("downloads_notices")


def _shown(notice: Notice, waiting: list[Notice]) -> dict[str, Any]:
    plan = telling.plan_of(notice)
    people = User.objects.select_related("organisation").filter(pk__in=list(plan.rows)[:MOST_NAMED])
    return {
        "notice": notice,
        "people": [
            {"name": display_name(one), "email": one.email, "outlet": str(one.organisation or "")}
            for one in people
        ],
        "count": plan.people,
        "more": max(plan.people - MOST_NAMED, 0),
        "anonymous": (recall.anonymous_of(notice.subject) if notice.kind in _OF_FILES else 0),
        "sends_at": telling.sends_at(notice, waiting),
        "form": ReasonForm(
            initial={"notice": notice.pk, "reason": notice.reason}, auto_id=f"n{notice.pk}-%s"
        ),
    }


_OF_FILES = (Notice.Kind.WITHDRAWN, Notice.Kind.CORRECTED)


def _ended(notice: Notice) -> dict[str, Any]:
    told = notice.told.all()
    return {
        "notice": notice,
        "sent": told.filter(sent_at__isnull=False).values("person").distinct().count(),
        "withheld": told.filter(is_withheld=True).count(),
        "underway": told.filter(sent_at=None, is_withheld=False).count(),
        "by": display_name(notice.ended_by) if notice.ended_by else "",
    }
