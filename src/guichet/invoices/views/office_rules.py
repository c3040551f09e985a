"""« Réglages »: second visa, retention, powers of attorney; who changed what, and what waits for a second person."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from guichet.accounts.access import staff
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices import office_rules as rules
from guichet.invoices.actions import office_rules as acts
from guichet.invoices.models import ChangeState, SettingChange
from guichet.kernel import money
from guichet.kernel.findings import Invalid
from guichet.ui.forms import Choice, ErrorLink, FieldView, error_links

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.office_rules import OfficeRule

_ADMINISTRATORS: Final = frozenset({"administrator"})
_SHOWN: Final = 100  # changes: years of them


class _Wrong(Exception):
    """What was typed cannot be; the words say what can."""


@staff(roles=_ADMINISTRATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: SpaceRequest, slug: str) -> HttpResponse:
    """The rules as they hold, changed with a reason."""
    if request.method != "POST":
        return _page(request, _typed_now(request))
    typed = {name: request.POST.get(name, "")[:300] for name in (*rules.BY_KEY, "reason", "seen")}
    wanted, wrong = _read(typed, request)
    if wrong:
        return _page(request, typed, wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = acts.change(wanted, seen=_seen(typed["seen"]), reason=typed["reason"], by=request.actor)
    except ReasonMissing:
        words = {"reason": _("Écrivez pourquoi les règles changent.")}
        return _page(request, typed, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Overtaken:
        return _page(request, typed, conflict=True, status=HTTPStatus.CONFLICT)
    _say(request, made)
    return HttpResponseRedirect(reverse("invoices:office_rules", args=[slug]), status=303)


def _say(request: SpaceRequest, made: list[SettingChange]) -> None:
    waiting = sum(one.state == ChangeState.WAITING for one in made)
    if done := len(made) - waiting:
        words = ngettext("{n} réglage est en vigueur.", "{n} réglages sont en vigueur.", done)
        messages.success(request, words.format(n=done))
    if waiting:
        words = ngettext(
            "{n} réglage assouplit un contrôle : une deuxième personne de l'administration doit l'admettre.",
            "{n} réglages assouplissent un contrôle : une deuxième personne de l'administration doit les admettre.",
            waiting,
        )
        messages.warning(request, words.format(n=waiting))
    if not made:
        messages.info(request, _("Rien n'a changé."))


@staff(roles=_ADMINISTRATORS)
@require_POST
def decide(request: SpaceRequest, slug: str, change_id: UUID) -> HttpResponse:
    """A second administrator admits what loosens a control, after a step-up, or refuses; who asked may withdraw it."""
    if not SettingChange.objects.filter(pk=change_id, insurer=request.insurer).exists():
        raise Http404
    try:
        admit = request.POST.get("do") == "admit"
        done = acts.decide(change_id, admit=admit, by=request.actor, session=request.login)
    except StepUpNeededError:
        here = urlencode({"next": reverse("invoices:office_rules", args=[slug])})
        return HttpResponseRedirect(f"{reverse('accounts:step_up', args=[slug])}?{here}", status=303)
    except (acts.OnePersonOnly, Overtaken):
        return _page(request, _typed_now(request), conflict=True, status=HTTPStatus.CONFLICT)
    said = _("« {rule} » est en vigueur.") if done.state == ChangeState.APPLIED else _("« {rule} » ne change pas.")
    messages.success(request, said.format(rule=rules.BY_KEY[done.key].label))
    return HttpResponseRedirect(reverse("invoices:office_rules", args=[slug]), status=303)


def _read(typed: Mapping[str, str], request: SpaceRequest) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed as values of the rules, and the words for what cannot be. What already holds may stay."""
    now, shown = _now(request), _typed_now(request)
    wanted: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for rule in rules.RULES:
        text = typed[rule.key].strip()
        try:
            wanted[rule.key] = now[rule.key] if text == shown[rule.key] else _value(rule, text)
        except _Wrong as fault:
            wrong[rule.key] = str(fault)
    return wanted, wrong


def _value(rule: OfficeRule, text: str) -> Any:
    match rule.kind:
        case "switch":
            return text == "on"
        case "choice":
            if text not in rules.POWERS:
                raise _Wrong(_("Choisissez une réponse."))
            return text
        case "amount":
            return _amount(rule, text) if text else None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and rule.least <= int(text) <= rule.most):
        raise _Wrong(_("Saisissez un nombre entier de {least} à {most}.").format(least=rule.least, most=rule.most))
    return int(text)


def _amount(rule: OfficeRule, text: str) -> int:
    try:
        amount = money.parse_amount(text[:20])
    except Invalid as fault:
        raise _Wrong(_("Saisissez un montant en francs entiers, par exemple 5'000.")) from fault
    if amount % 1 or not 0 <= amount <= rule.most:
        raise _Wrong(_("Saisissez un montant en francs entiers, par exemple 5'000."))
    return int(amount)


def _seen(text: str) -> dict[str, Any]:
    """What the page showed; nonsense was shown by no page."""
    try:
        seen = json.loads(text)
    except ValueError:
        seen = None
    return {key: seen.get(key) if isinstance(seen, dict) else _Wrong for key in rules.BY_KEY}


def _now(request: SpaceRequest) -> dict[str, Any]:
    return {key: rules.value_of(request.insurer, key) for key in rules.BY_KEY}


def _typed_now(request: SpaceRequest) -> dict[str, str]:
    """The rules as somebody would type them."""
    now = _now(request)
    said: dict[str, str] = {"reason": "", "seen": json.dumps(now)}
    for rule in rules.RULES:
        value = now[rule.key]
        if rule.kind == "switch":
            said[rule.key] = "on" if value else ""
        elif rule.kind == "amount":
            said[rule.key] = "" if value is None else money.format_number(value)
        else:
            said[rule.key] = str(value)
    return said


def _page(
    request: SpaceRequest,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    *,
    conflict: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    fields = {rule.key: _field(rule, typed[rule.key], (wrong or {}).get(rule.key)) for rule in rules.RULES}
    reason = FieldView(
        name="reason",
        label=_("Pourquoi"),
        value=typed["reason"],
        required=True,
        hint=_("Reste dans l'historique, avec votre nom."),
        errors=(wrong["reason"],) if wrong and "reason" in wrong else (),
    )
    rows = SettingChange.objects.filter(insurer=request.insurer).select_related("asked_by", "decided_by")
    changes = [_row(request, one) for one in rows.order_by("-asked_at", "-id")[:_SHOWN]]
    context = {
        "groups": _groups(fields),
        "reason_field": reason,
        "seen": json.dumps(_now(request)) if conflict else typed["seen"],
        "errors": error_links([*fields.values(), reason]) or _conflict_words(conflict=conflict),
        "waiting": [row for row in changes if row["change"].state == ChangeState.WAITING],
        "changes": [row for row in changes if row["change"].state != ChangeState.WAITING],
    }
    return render(request, "invoices/desk/office_rules.html", context, status=status)


def _conflict_words(*, conflict: bool) -> list[ErrorLink]:
    words = _(
        "Ces réglages ont changé entre-temps, ou un changement attend déjà. Vérifiez-les et enregistrez de nouveau."
    )
    return [ErrorLink("regles", words)] if conflict else []


def _groups(fields: Mapping[str, FieldView]) -> list[dict[str, Any]]:
    titles = (("four_eyes", _("Second visa")), ("retention", _("Conservation")), ("power", _("Procurations")))
    return [
        {"title": title, "fields": [view for key, view in fields.items() if key.startswith(start)]}
        for start, title in titles
    ]


def _field(rule: OfficeRule, value: str, wrong: str | None) -> FieldView:
    errors = (wrong,) if wrong else ()
    match rule.kind:
        case "switch":
            view = FieldView(name=rule.key, label=str(rule.label), kind="checkbox", value=value, required=False)
        case "choice":
            options = tuple(Choice(key, words) for key, words in rules.power_words().items())
            view = FieldView(
                name=rule.key, label=str(rule.label), kind="select", value=value, choices=options, errors=errors
            )
        case kind:
            view = FieldView(
                name=rule.key,
                label=str(rule.label),
                kind="amount" if kind == "amount" else "integer",
                value=value,
                required=kind != "amount",
                hint=str(rule.hint),
                errors=errors,
                width="short",
            )
    return view


def _row(request: SpaceRequest, one: SettingChange) -> dict[str, Any]:
    return {
        "change": one,
        "label": rules.BY_KEY[one.key].label if one.key in rules.BY_KEY else one.key,
        "before": rules.value_words(one.key, one.before),
        "after": rules.value_words(one.key, one.after),
        "is_own": one.asked_by_id == request.actor.person.pk,
    }
