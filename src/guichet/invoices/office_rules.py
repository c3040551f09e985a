"""The rules of an office an administrator may change, how far, and what of it loosens a control.

What loosens (a higher amount without a second agent, a shorter term, erasing without being asked, fewer or longer
powers) wants a second administrator: nobody opens alone what was closed against one person's error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.kernel import money
from guichet.tenancy.configuration import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from guichet.tenancy.models import Insurer

_RETENTION: Final = "retention"
POWERS: Final = ("never", "first", "always")  # from the loosest to the strictest


@dataclass(frozen=True)
class OfficeRule:
    """One rule: `kind` amount (whole CHF or None), months, years, switch, choice; `least` and `most` of a number."""

    key: str
    label: str | _StrPromise
    kind: str
    loosens: Callable[[Any, Any], bool]
    least: int = 0
    most: int = 0
    hint: str | _StrPromise = ""


def _higher(before: int | None, after: int | None) -> bool:
    return before is not None and (after is None or after > before)


RULES: Final = (
    OfficeRule(
        "four_eyes_above",
        gettext_lazy("Second visa dès plus de, CHF"),
        "amount",
        _higher,
        most=9_999_999,
        hint=gettext_lazy("Vide : jamais à cause du montant."),
    ),
    OfficeRule(
        "four_eyes_new_iban",
        gettext_lazy("Second visa si le compte a changé"),
        "switch",
        lambda before, after: bool(before) and not after,
    ),
    *(
        OfficeRule(f"{_RETENTION}.{state}", label, "months", lambda before, after: after < before, least, 600, hint)
        for state, label, least, hint in (
            ("draft", gettext_lazy("Brouillons, mois sans changement"), 3, ""),
            (
                "withdrawn",
                gettext_lazy("Retirées, mois"),
                60,
                gettext_lazy("60 au moins : le droit s'éteint après cinq ans (LPGA 24 al. 1)."),
            ),
            ("refused", gettext_lazy("Refusées, mois"), 60, gettext_lazy("60 au moins (LPGA 24 al. 1).")),
            (
                "paid",
                gettext_lazy("Payées, mois"),
                120,
                gettext_lazy("120 au moins : les comptes se gardent dix ans (CO 958f)."),
            ),
        )
    ),
    OfficeRule(
        "retention_nightly",
        gettext_lazy("Effacer chaque nuit sans demander"),
        "switch",
        lambda before, after: bool(after) and not before,
    ),
    OfficeRule(
        "power_required",
        gettext_lazy("Question sur la procuration"),
        "choice",
        lambda before, after: POWERS.index(after) < POWERS.index(before),
    ),
    OfficeRule(
        "power_years",
        gettext_lazy("Durée la plus longue d'une procuration, années"),
        "years",
        lambda before, after: after > before,
        least=1,
        most=10,
    ),
)
BY_KEY: Final = {rule.key: rule for rule in RULES}


def value_of(insurer: Insurer, key: str) -> Any:
    """The rule as it holds now."""
    if key.startswith(f"{_RETENTION}."):
        return int(insurer.setting(_RETENTION)[key.removeprefix(f"{_RETENTION}.")])
    return insurer.setting(key)


def with_value(configuration: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The configuration with one rule changed."""
    if key.startswith(f"{_RETENTION}."):
        months = configuration.get(_RETENTION, DEFAULTS[_RETENTION])
        return configuration | {_RETENTION: months | {key.removeprefix(f"{_RETENTION}."): value}}
    return configuration | {key: value}


def value_words(key: str, value: Any) -> str:
    """« CHF 5'000.00 », « jamais », « oui », « 60 mois »."""
    match BY_KEY[key].kind:
        case "amount":
            return _("jamais") if value is None else money.format_chf(value)
        case "switch":
            return _("oui") if value else _("non")
        case "choice":
            return str(power_words()[value])
        case "months":
            return _("{n} mois").format(n=value)
        case _:
            return _("{n} ans").format(n=value)


def power_words() -> dict[str, str]:
    """When a missing power is asked about."""
    return {
        "always": _("pour chaque facture sans procuration"),
        "first": _("pour la première facture d'une personne"),
        "never": _("jamais"),
    }
