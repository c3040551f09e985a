"""Invented receipts, from the smallest to the unreasonable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guichet.printing.receipt import Group, Receipt, Table

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 44">'
    '<rect width="44" height="44" fill="#7a1f2b"/>'
    '<path d="M12 34 22 10l10 24" fill="none" stroke="#fff" stroke-width="5"/>'
    '<path d="M56 34 66 10l10 24M92 10v24" fill="none" stroke="#7a1f2b" stroke-width="5"/></svg>'
)
HASH = "3f9a5c1e77b04d2896e1f0ab5c3d7e9a0b1c2d3e4f5061728394a5b6c7d8e9f0"


def travel_lines(count: int) -> Table:
    """`count` journeys by private car, as 318.632.1 prints them."""
    rows = [
        [
            f"{day % 28 + 1:02d}.10.2026",
            "Sierre, 3960 – Sion, Centre de réadaptation",
            "Aller-retour",
            "Véhicule privé",
            "32.4",
            "19.00",
            "33.58",
        ]
        for day in range(count)
    ]
    return {
        "title": "Trajets et repas",
        "columns": [
            {"label": "Date", "align": "left"},
            {"label": "Trajet", "align": "left"},
            {"label": "Genre", "align": "left"},
            {"label": "Moyen de transport", "align": "left"},
            {"label": "Kilomètres", "align": "right"},
            {"label": "Repas CHF", "align": "right"},
            {"label": "Montant CHF", "align": "right"},
        ],
        "rows": rows,
        "footer": ["Total", "", "", "", f"{32.4 * count:.1f}", f"{19 * count}.00", f"{33.58 * count:.2f}"],
    }


GROUPS: list[Group] = [
    {
        "title": "Bénéficiaire",
        "facts": [
            {"label": "Nom et prénom", "value": "Favre Lucien"},
            {"label": "N° assuré", "value": "756.9999.0000.24"},
            {"label": "Date de naissance", "value": "14.03.1998"},
            {"label": "Adresse", "value": "Rue du Bourg 4\n3960 Sierre"},
        ],
    },
    {
        "title": "Paiement",
        "facts": [
            {"label": "IBAN", "value": "CH93 0076 2011 6238 5295 7"},
            {"label": "Titulaire", "value": "Fondation Les Mélèzes"},
            {"label": "Numéro de décision", "value": "323 2026 0001234"},
            {"label": "Référence", "value": "Octobre 2026"},
        ],
    },
    {
        "title": "Prestations",
        "facts": [
            {"label": "Période", "value": "01.10.2026 – 31.10.2026"},
            {"label": "Motif", "value": "Réadaptation professionnelle"},
        ],
    },
]


def receipt(lines: int = 1) -> Receipt:
    """A travel invoice of an invented institution with `lines` journeys."""
    return {
        "insurer": {
            "name": "Office cantonal AI du Valais",
            "address_lines": ["Avenue de la Gare 15", "1950 Sion"],
            "phone": "027 000 00 00",
            "hours": "lu–ve 8–12, 13–17",
            "accent": "#7a1f2b",
            "logo_svg": LOGO,
        },
        "title": "Facture pour frais de voyage et nourriture",
        "form_no": "318.632.1",
        "edition": "01.2026",
        "number": "VS-2026-000123",
        "receipt_code": "K7QF-2M9X-PD4T",
        "verify_url": "https://guichet.example/vs/verification/K7QF-2M9X-PD4T/",
        "sent_at": "2026-11-05T13:32:10+00:00",
        "sent_by": "Chantal Rey",
        "company": "Fondation Les Mélèzes, Sierre",
        "groups": GROUPS,
        "tables": [travel_lines(lines)],
        "totals": [
            {"label": "Trajets", "value": f"{14.58 * lines:.2f}", "strong": False},
            {"label": "Repas", "value": f"{19 * lines}.00", "strong": False},
            {"label": "Total CHF", "value": f"{33.58 * lines:.2f}", "strong": True},
        ],
        "remark": (
            "Les trajets du matin ont été partagés avec un autre participant.\n"
            "Merci de verser le montant avant la fin du mois."
        ),
        "attachments": [
            {"name": "justificatifs-octobre.pdf", "note": "184 Ko · 3 pages · SHA-256 9f2c41aa…"},
            {"name": "attestation de présence.jpg", "note": "612 Ko · 1 page · SHA-256 04be77d1…"},
        ],
        "small_print": (
            "Cette quittance confirme la réception de votre demande et son contenu. Elle ne vaut pas acceptation du "
            "paiement. Le code QR mène à la page qui confirme son authenticité sans en montrer le contenu."
        ),
        "content_hash": HASH,
    }
