"""The form of a beneficiary (INV-04), read by the kernel's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.accounts.fields import KernelField, iban, line, words
from guichet.invoices.models import Sex
from guichet.kernel import bank, dates, decisions, identifiers
from guichet.kernel.address import parse_address
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from datetime import date

_ADULT = 18  # years; below, somebody represents the person (CC art. 14)


def _required(label: Any) -> Any:
    return format_lazy(gettext_lazy("Le champ {label} est obligatoire."), label=label)


def _line(
    label: Any, *, limit: int = 80, required: bool = True, width: str = "", autocomplete: str = "off"
) -> KernelField:
    return line(label, _required(label), limit=limit, required=required, width=width, autocomplete=autocomplete)


class BeneficiaryForm(forms.Form):
    """Personal data, representative, bank, power of attorney; the groups are those of the guide (4.3.1)."""

    last_name = _line(gettext_lazy("Nom"))
    first_name = _line(gettext_lazy("Prénom"))
    street = _line(gettext_lazy("Rue"), limit=70)
    house_no = _line(gettext_lazy("N°"), limit=16, required=False, width="npa")
    postcode = _line(gettext_lazy("NPA"), limit=16, width="npa")
    town = _line(gettext_lazy("Localité"), limit=35)
    country = _line(gettext_lazy("Pays"), limit=2, required=False, width="npa")
    birth_date = KernelField(
        lambda text: dates.parse_birth_date(text, today=timezone.localdate()),  # type: ignore[arg-type,return-value]
        kind="date",
        label=gettext_lazy("Date de naissance"),
        missing=_required(gettext_lazy("Date de naissance")),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sexe"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Comme au registre AVS."),
        error_messages={
            "required": gettext_lazy("Choisissez le sexe inscrit au registre AVS."),
            "invalid_choice": gettext_lazy("Choisissez le sexe inscrit au registre AVS."),
        },
    )
    avs_number = KernelField(
        identifiers.parse_avs,
        kind="avs",
        label=gettext_lazy("N° assuré"),
        help_text=gettext_lazy("756.XXXX.XXXX.XX, sur la carte d'assuré."),
        missing=_required(gettext_lazy("N° assuré")),
    )
    representative_name = line(
        gettext_lazy("Nom et prénom du représentant légal"), limit=120, required=False, autocomplete="off"
    )
    representative_address = line(
        gettext_lazy("Adresse du représentant légal"), limit=140, required=False, autocomplete="off"
    )
    payment_reference = KernelField(
        lambda text: bank.parse_qrr(text) if text.strip() else "",
        kind="text",
        label=gettext_lazy("N° de référence de paiement"),
        help_text=gettext_lazy(
            "Transmis lors du paiement si le remboursement va sur un compte QR-IBAN de votre société."
        ),
        required=False,
        attrs={"data-width": "full"},
    )
    iban = iban(
        required=False, help_text=gettext_lazy("Compte bancaire du bénéficiaire, pour un remboursement direct.")
    )
    holder = line(gettext_lazy("Titulaire du compte"), limit=70, required=False, autocomplete="off")

    GROUPS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (
            gettext_lazy("Informations personnelles"),
            (
                "last_name",
                "first_name",
                "street",
                "house_no",
                "postcode",
                "town",
                "country",
                "birth_date",
                "avs_number",
                "sex",
            ),
        ),
        (gettext_lazy("Représentant légal"), ("representative_name", "representative_address")),
        (gettext_lazy("Informations bancaires"), ("payment_reference", "iban", "holder")),
    )

    def clean(self) -> dict[str, Any]:
        """What concerns several fields."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["country"] = (cleaned.get("country") or "CH").upper()
        self._check_address(cleaned)
        self._check_account(cleaned)
        born: date | None = cleaned.get("birth_date")
        if born and _is_minor(born, timezone.localdate()) and not cleaned.get("representative_name"):
            self.add_error("representative_name", _("Indiquez le représentant légal de cette personne mineure."))
        return cleaned

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        if not (cleaned.get("town") and cleaned.get("postcode")):
            return
        try:
            parse_address(
                street=cleaned.get("street") or "",
                house_no=cleaned.get("house_no") or "",
                postcode=cleaned["postcode"],
                town=cleaned["town"],
                country=cleaned["country"],
            )
        except Invalid as invalid:
            place = {"address.postcode": "postcode", "address.country": "country"}.get(invalid.code, "town")
            self.add_error(place, words(invalid.code, invalid.params))

    def _check_account(self, cleaned: dict[str, Any]) -> None:
        number = cleaned.get("iban")
        if number and bank.is_qr_iban(number):
            self.add_error(
                "iban", _("Un QR-IBAN ne convient pas à une personne : saisissez l'IBAN ordinaire du compte.")
            )


def _is_minor(born: date, today: date) -> bool:
    return (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < _ADULT


class DecisionForm(forms.Form):
    """A decision number with its description."""

    number = KernelField(
        lambda text: decisions.parse_decision(text) if text.strip() else "",
        kind="text",
        label=gettext_lazy("Numéro de décision"),
        required=False,
        attrs={"data-width": "medium", "autocomplete": "off"},
    )
    description = line(gettext_lazy("Description du numéro de décision"), limit=120, required=False, autocomplete="off")
