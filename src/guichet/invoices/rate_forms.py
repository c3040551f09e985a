"""The form of a rate."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.accounts.fields import KernelField, line, words
from guichet.kernel import dates, money

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from guichet.kernel.findings import Invalid
    from guichet.kernel.tariffs import Rate

_LARGEST: Final = Decimal("99999.99")
_SMALLEST: Final = Decimal("0.01")
_FAR: Final = Decimal("0.20")  # a change beyond this is asked again


def _date(text: str) -> Any:
    return dates.parse_date(text, today=timezone.localdate())


def _amount(text: str) -> Any:
    return money.parse_amount(text, smallest=_SMALLEST, largest=_LARGEST)


class RateForm(forms.Form):
    """From when, how much, by which text. `sure` is asked for if the amount is far from its predecessor's."""

    valid_from = KernelField(
        _date,
        kind="date",
        label=gettext_lazy("Valable dès le"),
        help_text=gettext_lazy("Le jour de la prestation décide : 01.01.2027 vaut pour les prestations de 2027."),
        missing=gettext_lazy("Saisissez le premier jour de validité."),
    )
    amount = KernelField(
        _amount,
        kind="amount",
        label=gettext_lazy("Montant CHF"),
        missing=gettext_lazy("Saisissez le montant en francs."),
    )
    source = line(
        gettext_lazy("Source"),
        gettext_lazy("Citez la source : ordonnance, circulaire ou lettre, avec sa date."),
        limit=200,
        help_text=gettext_lazy("Par exemple « RAI 39f al. 1, RO 2026 512 »."),
        width="full",
        autocomplete="off",
    )
    sure = forms.BooleanField(label=gettext_lazy("Le montant est juste, je l'ai vérifié"), required=False)

    def __init__(self, *args: Any, before: Callable[[date], Rate | None], **options: Any) -> None:
        super().__init__(*args, **options)
        self._before = before
        self.asks_again = False

    def clean(self) -> dict[str, Any]:
        """An amount more than 20 % from its predecessor's is probably a slip of the keys."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, amount = cleaned.get("valid_from"), cleaned.get("amount")
        if day is None or amount is None:
            return cleaned
        before = self._before(day)
        self.asks_again = before is not None and abs(amount - before.amount) > before.amount * _FAR
        if self.asks_again and before is not None and not cleaned.get("sure"):
            self.add_error(
                "sure",
                _("Le tarif précédent est de {amount}, dès le {day} : confirmez un changement de plus de 20 %.").format(
                    amount=money.format_chf(before.amount), day=dates.format_date(before.valid_from)
                ),
            )
        return cleaned

    def refuse(self, invalid: Invalid) -> None:
        """What the act refused, at the field it is about."""
        self.add_error("valid_from", _REFUSED.get(invalid.code) or words(invalid.code, invalid.params))


_REFUSED: Final = {
    "rate.taken": gettext_lazy("Un tarif saisi commence déjà ce jour-là : corrigez-le."),
    "rate.published": gettext_lazy("Un tarif publié commence ce jour-là ou plus tard : choisissez une date suivante."),
}
