"""The form of an office decision, for the page and for every row of a file (INV-10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.accounts.fields import KernelField, line
from guichet.formspec import registry
from guichet.invoices.actions.decisions import Granting, Limit
from guichet.invoices.models import TERMS, QuotaKind, QuotaPer
from guichet.kernel import dates, decisions, identifiers, money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from guichet.invoices.models import OfficeDecision

_YEARS: Final = 60  # a decision may run to the age of retirement


def _required(label: Any) -> Any:
    return format_lazy(gettext_lazy("Le champ {label} est obligatoire."), label=label)


def _day(label: Any, *, required: bool) -> KernelField:
    def parse(text: str) -> Any:
        if not required and not text.strip():
            return None
        return dates.parse_date(text, today=timezone.localdate(), ahead=_YEARS)

    return KernelField(parse, kind="date", label=label, required=required, missing=_required(label))


def _limit(text: str) -> Any:
    return money.parse_number(text) if text.strip() else None


def quota_name(kind: str, per: str) -> str:
    """The field of a quota: « quota_hours_month »."""
    return f"quota_{kind}_{per}"


class OfficeDecisionForm(forms.Form):
    """Number, person, validity, forms, terms, and a quota per kind and period."""

    number = KernelField(
        decisions.parse_decision,
        kind="text",
        label=gettext_lazy("Numéro de décision"),
        missing=_required(gettext_lazy("Numéro de décision")),
        attrs={"data-width": "medium", "autocomplete": "off"},
    )
    avs_number = KernelField(
        identifiers.parse_avs,
        kind="avs",
        label=gettext_lazy("N° assuré"),
        missing=_required(gettext_lazy("N° assuré")),
    )
    last_name = line(gettext_lazy("Nom"), _required(gettext_lazy("Nom")), autocomplete="off")
    first_name = line(gettext_lazy("Prénom"), _required(gettext_lazy("Prénom")), autocomplete="off")
    valid_from = _day(gettext_lazy("Valable dès le"), required=True)
    valid_to = _day(gettext_lazy("Valable jusqu'au"), required=False)
    forms_covered = line(
        gettext_lazy("Formulaires couverts"),
        limit=200,
        required=False,
        autocomplete="off",
        help_text=gettext_lazy("Codes séparés par une virgule, par exemple 318.632, 318.632.1. Vide : tous."),
    )
    description = line(gettext_lazy("Description"), limit=120, required=False, autocomplete="off")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in QuotaKind:
            for per in QuotaPer:
                self.fields[quota_name(kind, per)] = KernelField(
                    _limit,
                    kind="decimal",
                    label=f"{kind.label}, {per.label}",
                    required=False,
                    attrs={"data-width": "short"},
                )
        for key, label in TERMS.items():
            self.fields[f"term_{key}"] = line(label, limit=40, required=False, width="medium", autocomplete="off")

    def clean_forms_covered(self) -> tuple[str, ...]:
        """Known codes only."""
        codes = tuple(code for code in re.split(r"[\s,;]+", self.cleaned_data["forms_covered"]) if code)
        unknown = sorted(set(codes) - set(registry.codes()))
        if unknown:
            raise forms.ValidationError(_("Ce formulaire n'existe pas : {codes}.").format(codes=", ".join(unknown)))
        return tuple(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        """What concerns two fields, and terms that are amounts."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("Le dernier jour ne peut pas précéder le premier jour."))
        for key, fits in _TERM_RULES.items():
            value = cleaned.get(f"term_{key}", "")
            if value and not fits(value):
                self.add_error(f"term_{key}", _("Saisissez une valeur valable."))
        return cleaned

    def granting(self) -> Granting:
        """What was typed, once it is valid."""
        said = self.cleaned_data
        limits: list[tuple[str, str, Decimal | None]] = [
            (kind, per, said[quota_name(kind, per)]) for kind in QuotaKind for per in QuotaPer
        ]
        last: date | None = said["valid_to"] or None
        return Granting(
            number=said["number"],
            avs_number=said["avs_number"],
            last_name=said["last_name"],
            first_name=said["first_name"],
            valid_from=said["valid_from"],
            valid_to=last,
            forms=said["forms_covered"],
            description=said["description"],
            terms={key: said[f"term_{key}"] for key in TERMS},
            limits=tuple(Limit(str(kind), str(per), limit) for kind, per, limit in limits if limit),
        )


def _is_amount(text: str) -> bool:
    try:
        money.parse_amount(text)
    except Invalid:
        return False
    return True


_TERM_RULES: Final = {
    "night_flat": _is_amount,
    "night_degree": {"1", "2", "3", "4"}.__contains__,
    "monthly_amount": _is_amount,
    "annual_factor": {"11", "12"}.__contains__,
    "degree": {"light", "medium", "grave"}.__contains__,
    "ssi": {"0", "4", "6", "8"}.__contains__,
    "limit_amount": _is_amount,
    "limit_unit_price": _is_amount,
}


def typed(decision: OfficeDecision) -> dict[str, str]:
    """A saved decision as the page wants it typed."""
    quotas = {quota_name(quota.kind, quota.per): money.format_number(quota.limit) for quota in decision.quotas.all()}
    return {
        "number": decision.number,
        "avs_number": identifiers.format_avs(decision.avs_number),
        "last_name": decision.last_name,
        "first_name": decision.first_name,
        "valid_from": dates.format_date(decision.valid_from),
        "valid_to": dates.format_date(decision.valid_to) if decision.valid_to else "",
        "forms_covered": ", ".join(decision.forms),
        "description": decision.description,
        **{f"term_{key}": str(value) for key, value in decision.terms.items()},
        **quotas,
    }
