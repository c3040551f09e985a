"""318.635 to 318.639, « Moyens auxiliaires »: the supplier's bill, by the position of the list."""

import pytest

from tests.journeys.steps import aids, beneficiaries, invoices

pytestmark = pytest.mark.journey

BILL = {
    "purpose": "acquisition",
    "period_from": "02.11.2026",
    "supplier": "Ortho-Soins Valais SA",
    "supplier_number": "F-8820",
    "lines-0-quantity": "2",
    "lines-0-price": "600",
}


@pytest.mark.proves("INV-05", "FRM-04")
@pytest.mark.parametrize(
    ("code", "title", "position", "label"),
    [
        ("318.635", "Moyens auxiliaires servant à l'aménagement du poste de travail", "13.03", "Table réglable"),
        ("318.636", "Travaux de transformation et véhicules à moteur", "10.05", "Accélérateur au volant"),
        ("318.637", "Moyens auxiliaires pour le crâne et le visage", "5.06", "Perruque"),
        ("318.638", "Moyens auxiliaires pour aveugles et handicapés graves de la vue", "11.06", "Plage braille"),
        ("318.639", "Moyens auxiliaires servant à développer l'autonomie personnelle", "14.03", "Lit électrique"),
    ],
)
def test_aids(sandra, code, title, position, label):
    loane = beneficiaries.add(sandra)
    aids.opened(sandra, loane, code)
    aids.types(sandra, BILL | {"position": position, "lines-0-description": label, "participation": "1200"})
    invoices.attach(sandra)
    sandra.presses("Envoyer ma demande")
    assert sandra.is_told() == [
        "La participation doit rester inférieure au total des lignes (CHF 1'200.00). Corrigez-la."
    ]

    aids.types(sandra, {"participation": "150"})
    aids.is_ready(sandra, "1'050.00")
    sandra.sees(title)
    if code == "318.639":
        aids.pictured(sandra, "aids")
    aids.sends(sandra, title, label, "2 × 600.00", "Participation de l'assuré", "1'050.00")
    sandra.goes_to(f"/guichet/?beneficiaire={loane.avs_number}")
    sandra.reads("Moyens auxiliaires 02.11.2026")
