"""The auditors' page: who saw or did what about whom (AUD-01). Here, because the audit knows neither people nor pages.

What the auditor looks for travels in the body of a POST: an AVS number has no place in an address, a history or a log.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guichet.accounts.access import staff
from guichet.accounts.fields import KernelField
from guichet.accounts.models import Person
from guichet.audit.queries import Line, Page, Wanted, read
from guichet.kernel.dates import parse_date
from guichet.ui.forms import ErrorLink, form_errors, form_views

if TYPE_CHECKING:
    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest


def _day(text: str) -> str:
    return parse_date(text, today=timezone.localdate()).isoformat()


class SearchForm(forms.Form):
    """Everything is optional; nothing filled in shows the newest entries."""

    subject = forms.CharField(
        label=_("N° assuré de la personne concernée"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"data-width": "avs", "autocomplete": "off"}),
    )
    actor = forms.CharField(
        label=_("Email de la personne qui agit"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"data-kind": "email", "autocomplete": "off"}),
    )
    object_id = forms.CharField(
        label=_("Identifiant de l'objet"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = KernelField(_day, kind="date", label=_("Du"), required=False, max_length=20)
    until = KernelField(_day, kind="date", label=_("Au"), required=False, max_length=20)
    after = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @property
    def views(self) -> list[Any]:
        return [view for view in form_views(self) if view.kind != "hidden"]

    def wanted(self) -> Wanted:
        """What the audit is asked. An address nobody has finds nothing, and does not say so."""
        asked = self.cleaned_data
        return Wanted(
            subject=asked["subject"],
            actor_id=_person_id(asked["actor"]) if asked["actor"] else "",
            object_id=asked["object_id"],
            since=_midnight(asked["since"]),
            until=_midnight(asked["until"], days=1),
        )


@staff(roles=frozenset({"auditor"}))
@require_http_methods(["GET", "HEAD", "POST"])
def entries(request: SpaceRequest, slug: str) -> HttpResponse:
    """The newest entries of this insurer, or those that were asked for. Looking is an entry of its own."""
    del slug
    form = SearchForm(request.POST if request.method == "POST" else {})
    if not form.is_valid():
        return _show(request, form, Page([]), form_errors(form))
    try:
        page = read(
            insurer_id=request.insurer.pk,
            by=request.actor.who,
            wanted=form.wanted(),
            after=form.cleaned_data["after"],
        )
    except ValueError:
        return _show(request, form, Page([]), [ErrorLink("", _("Cette page n'existe pas. Recommencez la recherche."))])
    return _show(request, form, page, [])


def _show(request: SpaceRequest, form: SearchForm, page: Page, errors: list[ErrorLink]) -> HttpResponse:
    context = {
        "form": form,
        "views": form.views,
        "rows": _rows(page.lines),
        "next": page.next,
        "asked": [(name, value) for name, value in form.data.items() if name in form.fields and name != "after"],
        "later": bool(form.data.get("after")),
        "errors": errors,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "config/audit.html", context, status=status)


def _rows(lines: list[Line]) -> list[tuple[Line, str]]:
    """Each entry with the name of whoever acted."""
    people = Person.objects.filter(pk__in={line.actor_id for line in lines if _is_uuid(line.actor_id)})
    names = {str(person.pk): str(person) for person in people}
    return [(line, names.get(line.actor_id, line.actor_id)) for line in lines]


def _person_id(email: str) -> str:
    person = Person.objects.filter(email__iexact=email.replace("\0", "")).first()
    return str(person.pk) if person else "-"


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _midnight(day: str, *, days: int = 0) -> datetime | None:
    """The first moment of an ISO day in Switzerland, or of one later."""
    if not day:
        return None
    naive = datetime.combine(datetime.fromisoformat(day).date() + timedelta(days=days), time.min)
    return timezone.make_aware(naive)
