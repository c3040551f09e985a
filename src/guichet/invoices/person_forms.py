"""The questions about powers of attorney and persons represented (INV-16, INV-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.accounts.fields import KernelField, line
from guichet.accounts.forms import Questions
from guichet.formspec import registry
from guichet.invoices import formtypes
from guichet.invoices.models import PowerHow, Sex
from guichet.kernel import bank, dates, identifiers

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


def _day(text: str) -> str:
    return dates.parse_date(text, today=timezone.localdate(), ahead=10).isoformat()


def _born(text: str) -> str:
    return dates.parse_birth_date(text, today=timezone.localdate()).isoformat()


class PowerForm(Questions):
    """How, from when to when, for which forms."""

    how = forms.ChoiceField(
        label=_("Comment la personne donne-t-elle procuration ?"),
        widget=forms.RadioSelect,
        choices=(
            (PowerHow.SIGNED, _("Elle signe électroniquement, avec son compte")),
            (PowerHow.SCANNED, _("J'ai le papier signé, numérisé")),
        ),
        error_messages={"required": _("Choisissez une réponse."), "invalid_choice": _("Choisissez une réponse.")},
    )
    valid_from = KernelField(
        _day,
        kind="date",
        label=_("Pour les prestations dès le"),
        missing=_("Saisissez le premier jour."),
        attrs={"data-width": "date"},
    )
    valid_to = KernelField(
        _day,
        kind="date",
        label=_("Jusqu'au"),
        missing=_("Saisissez le dernier jour."),
        attrs={"data-width": "date"},
    )
    form_codes = forms.MultipleChoiceField(
        label=_("Formulaires"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sans choix, la procuration vaut pour tous."),
        error_messages={"invalid_choice": _("Choisissez des formulaires de la liste.")},
    )

    def __init__(self, *args: Any, insurer: Insurer, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = formtypes.offered(insurer.setting("invoice_forms"))
        self.fields["form_codes"].choices = [  # type: ignore[attr-defined]
            (code, f"{registry.current(code).title} ({code})") for code in codes
        ]


class RepresentationForm(Questions):
    """A further person somebody represents."""

    last_name = line(_("Nom de la personne représentée"), _("Saisissez le nom."), autocomplete="off")
    first_name = line(_("Prénom de la personne représentée"), _("Saisissez le prénom."), autocomplete="off")
    avs_number = KernelField(
        identifiers.parse_avs,
        kind="avs",
        label=_("N° AVS"),
        attrs={"autocomplete": "off"},
        help_text=_("Sur la carte d'assuré, par exemple 756.9999.1234.54"),
    )
    birth_date = KernelField(_born, kind="date", label=_("Date de naissance"), attrs={"data-width": "date"})
    sex = forms.ChoiceField(
        label=_("Sexe"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        help_text=_("Comme au registre de l'AVS"),
        error_messages={"required": _("Choisissez une réponse."), "invalid_choice": _("Choisissez une réponse.")},
    )
    iban = KernelField(
        bank.parse_iban,
        kind="iban",
        label="IBAN",
        attrs={"autocomplete": "off"},
        help_text=_("Le compte sur lequel les remboursements sont versés"),
    )
