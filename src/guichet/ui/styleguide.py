"""What the style guide shows: every component with invented content."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from guichet.ui.forms import Choice, ErrorLink, FieldView, error_links
from guichet.ui.parts import Event

_AVS: Final = "756.9999.0042.13"

STATUSES: Final = (
    ("draft", "Brouillon"),
    ("in_review", "En traitement"),
    ("to_correct", "À corriger"),
    ("accepted", "Accepté"),
    ("transmitted", "Transmis pour paiement"),
    ("paid", "Payé"),
    ("rejected", "Rejeté par la Centrale"),
    ("refused", "Refusé"),
    ("withdrawn", "Retiré"),
)

_KINDS: Final = (
    Choice("insured", "Assuré·e", "Vous envoyez vos propres frais, par exemple de voyage."),
    Choice(
        "institution", "Organisme / entreprise", "Vous facturez des prestations pour des assurés. Il vous faut un GLN."
    ),
    Choice("representative", "Représentant légal", "Vous agissez pour une personne mineure ou sous curatelle."),
)


def _person_fields() -> list[FieldView]:
    return [
        FieldView(name="last_name", label="Nom", value="Zufferey-Imboden", autocomplete="family-name", width="medium"),
        FieldView(
            name="avs",
            label="N° assuré",
            kind="avs",
            value=_AVS,
            hint="13 chiffres, par exemple sur la carte d'assurance-maladie",
        ),
        FieldView(
            name="birth",
            label="Date de naissance",
            kind="date",
            value="31.02.2024",
            errors=("Saisissez une date qui existe, par exemple 05.11.2026.",),
        ),
        FieldView(name="npa", label="NPA", value="1950", width="npa", inputmode="numeric", autocomplete="postal-code"),
        FieldView(name="town", label="Localité", value="Sion", width="medium", autocomplete="address-level2"),
    ]


def _invoice_fields() -> list[FieldView]:
    return [
        FieldView(
            name="iban",
            label="IBAN",
            kind="iban",
            value="CH93 0076 2011 6238 5295 7",
            hint="Le compte sur lequel le remboursement est versé",
        ),
        FieldView(
            name="amount",
            label="Montant",
            kind="amount",
            prefix="CHF",
            value="1'234.50",
            previous="1'324.50",
            note="Le montant ne correspond pas au justificatif joint.",
        ),
        FieldView(
            name="decision",
            label="N° de décision",
            value="323-2026-004711",
            required=False,
            locked=True,
            width="medium",
        ),
        FieldView(
            name="responsible",
            label="Responsable",
            kind="select",
            width="medium",
            choices=(Choice("", "Tous"), Choice("1", "Jean D."), Choice("2", "Sandra K.")),
            value="1",
        ),
        FieldView(name="remark", label="Remarque", kind="textarea", required=False, hint="1000 caractères au plus"),
        FieldView(name="save", label="Enregistrer le numéro de décision", kind="checkbox", required=False, value=True),
        FieldView(
            name="sex",
            label="Sexe",
            kind="radio",
            hint="Selon le registre de l'AVS",
            choices=(Choice("f", "Féminin"), Choice("m", "Masculin")),
            value="f",
        ),
        FieldView(
            name="as",
            label="Je veux utiliser la plateforme en tant que",
            kind="radio",
            cards=True,
            choices=_KINDS,
            value="institution",
        ),
    ]


def _rows() -> list[dict[str, Any]]:
    names = ("Rey Barbara", "Zufferey-Imboden Marie-Madeleine", "Bonvin John", "Ćosić Željka", "Müller Jürg")
    forms = ("Facture 01.05.2024 - 31.05.2024", "Frais de voyage 21.08.2024", "Facture 05.08.2024")
    return [
        {
            "number": f"VS-2026-{1234 - index:06}",
            "beneficiary": names[index % len(names)],
            "avs": _AVS,
            "form": forms[index % len(forms)],
            "status": STATUSES[index % len(STATUSES)],
            "amount": Decimal("1234.50") * (index + 1) / 3,
            "at": datetime(2026, 11, 22 - index, 13, 32, tzinfo=UTC),
        }
        for index in range(8)
    ]


def _lines() -> list[dict[str, Any]]:
    written = (
        ("05.11.2026", "Séance d'ergothérapie", "2", "97.20"),
        ("12.11.2026", "Séance, déplacement compris", "1", "121.40"),
    )
    return [
        {
            "number": index + 1,
            "sum": Decimal(quantity) * Decimal(price),
            "fields": [
                FieldView(name=f"lines-{index}-date", label="Date", kind="date", value=day),
                FieldView(name=f"lines-{index}-text", label="Prestation", value=text),
                FieldView(name=f"lines-{index}-quantity", label="Nombre", kind="integer", value=quantity),
                FieldView(name=f"lines-{index}-price", label="Prix", kind="amount", value=price),
            ],
        }
        for index, (day, text, quantity, price) in enumerate(written)
    ]


def _events() -> list[Event]:
    return [
        Event(at=datetime(2026, 11, 22, 13, 32, tzinfo=UTC), title="Demande de correction", who="Office AI, M. Dupont",
              text="Veuillez joindre le justificatif du 12 novembre.", tone="attention"),
        Event(at=datetime(2026, 11, 20, 8, 5, tzinfo=UTC), title="Prise en charge", who="Office AI"),
        Event(at=datetime(2026, 11, 19, 15, 44, tzinfo=UTC), title="Demande envoyée", who="Jean D.", tone="success"),
    ]  # fmt: skip


def examples() -> dict[str, Any]:
    """The context of the page."""
    person = _person_fields()
    return {
        "statuses": STATUSES,
        "person": person,
        "invoice": _invoice_fields(),
        "errors": [*error_links(person), ErrorLink("id_amount", "Saisissez le montant.")],
        "rows": _rows(),
        "lines": _lines(),
        "total": Decimal("315.80"),
        "events": _events(),
        "steps": ["Saisie", "Contrôle", "Envoi", "Confirmation"],
        "filters": [
            FieldView(name="responsible", id="f_resp", label="Responsable", kind="select", required=False,
                      choices=(Choice("", "Tous"), Choice("1", "Jean D."))),
            FieldView(name="q", id="f_q", label="Bénéficiaire", kind="search", required=False,
                      placeholder="Nom, n° assuré"),
            FieldView(name="status", id="f_status", label="Statut", kind="select", required=False,
                      choices=(Choice("", "Tous"), *(Choice(value, word) for value, word in STATUSES))),
        ],
        "facts": [("Bénéficiaire", "Rey Barbara"), ("N° assuré", _AVS), ("Compte", "CH93 0076 2011 6238 5295 7"),
                  ("N° de décision", "323-2026-004711")],
    }  # fmt: skip
