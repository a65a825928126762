"""What a form's try panel asks for: both answers as a piece of HTML. Nothing is saved.

Asked with GET: a POST of the admin would hold SQLite's one writer meanwhile.
"""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.access.reader import Reader
from cms.accounts import identity
from search.curation import promotions, synonyms
from search.curation.forms import PromotionForm, SynonymForm, WithOwner
from search.curation.measuring import Rules
from search.curation.models import Promotion, Synonym
from search.curation.promotions import Promotions
from search.curation.synonyms import Synonyms
from search.curation.trying import Tried, compare
from search.query import clean

TEMPLATE = "search_admin/tried.html"


def try_synonym(request: HttpRequest) -> HttpResponse:
    """The set on the form, beside those that are in force."""
    return _tried(request, Synonym, SynonymForm, _with_synonym)


def try_promotion(request: HttpRequest) -> HttpResponse:
    """The promotion on the form, beside those that are in force."""
    return _tried(request, Promotion, PromotionForm, _with_promotion)


def _tried(
    request: HttpRequest, model: Any, form_class: type[WithOwner], changed: Any
) -> HttpResponse:
    _may_edit(request, model)
    number = request.GET.get("try-pk", "")
    stored = model.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    form = form_class(request.GET, instance=stored or model(), for_user=request.user)
    text = clean(request.GET.get("try-query", ""))
    if not form.is_valid() or not text:
        return render(request, TEMPLATE, {"form": form, "is_empty": not text})
    rules = changed(form.instance, stored.pk if stored else 0)
    locale = form.instance.locale

    def question(reader: Reader) -> Tried:
        return compare(text, locale, reader, rules)

    tried = identity.answered(request, question)
    return render(request, TEMPLATE, {"tried": tried, "text": text})


def _with_synonym(one: Synonym, pk: int) -> Rules:
    rows = list(synonyms.rows_in_force(without=pk))
    if one.is_active:
        rows.append(synonyms.Row(one.words, one.locale, one.direction))
    return Rules(synonyms=Synonyms(rows))


def _with_promotion(one: Promotion, pk: int) -> Rules:
    rows = [*promotions.stored_rows(without=pk), promotions.row_of(one)]
    return Rules(promotions=Promotions(rows))


def _may_edit(request: HttpRequest, model: Any) -> None:
    names = (get_permission_codename(action, model._meta) for action in ("add", "change"))
    if not any(request.user.has_perm(f"search.{name}") for name in names):
        raise PermissionDenied
