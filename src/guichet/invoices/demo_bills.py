"""Suppliers' bills of the demo, with a Swiss QR code (IG QR-bill 2.3), made on the spot."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import segno

from guichet import printing
from guichet.kernel import bank

TEMPLATE: Final = "invoices/demo_bill"
QR_IBAN: Final = "CH4431999123000889012"  # specimen of the QR-bill guidelines
_CREDITOR: Final = {"name": "Cabinet Les Tilleuls", "street": "Rue du Rhône 12", "town": "1950 Sion"}
_DEBTOR: Final = {"name": "Fondation Les Érables", "street": "Chemin du Verger 4", "town": "1950 Sion"}
_CROSS: Final = '<rect x="{a}" y="{a}" width="{b}" height="{b}" fill="#000" stroke="#fff" stroke-width=".6"/>'
_BAR: Final = '<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="#fff"/>'

printing.register(TEMPLATE, Path(__file__).with_name("print") / "bill.typ", dated_by="created_at")


@cache
def bill(*, amount: str, number: str, day: str, label: str, creditor: str = _CREDITOR["name"]) -> bytes:
    """A one-page PDF. `amount` in CHF as « 480.00 », `day` as « 05.11.2026 »; the reference carries `number`."""
    reference = bank.with_qrr_digit("21000000000" + "".join(sign for sign in number if sign.isdigit()).zfill(15))
    payload = _payload(creditor, amount, reference, number, day)
    year, month, date = day[6:], day[3:5], day[:2]
    data = {
        "title": f"Facture {number}",
        "creditor": {**_CREDITOR, "name": creditor},
        "debtor": _DEBTOR,
        "place": "Sion",
        "day": day,
        "lines": [{"label": label, "amount": amount}],
        "amount": amount,
        "iban": bank.format_iban(QR_IBAN),
        "reference": bank.format_qrr(reference),
        "code_svg": _drawn(payload),
        "words": {
            "service": "Prestation", "total": "Total", "part": "Section paiement", "code": "Code QR de la facture",
            "account": "Compte / Payable à", "reference": "Référence", "amount": "Montant",
        },
        "created_at": f"{year}-{month}-{date}T08:00:00+01:00",
    }  # fmt: skip
    return printing.pdf(TEMPLATE, data=data, language="fr")


def _payload(creditor: str, amount: str, reference: str, number: str, day: str) -> str:
    """The 31 lines of the guidelines, with Swico information for number and date."""
    swico = f"//S1/10/{number}/11/{day[8:]}{day[3:5]}{day[:2]}"
    party = ["S", creditor, "Rue du Rhône", "12", "1950", "Sion", "CH"]
    payer = ["S", _DEBTOR["name"], "Chemin du Verger", "4", "1950", "Sion", "CH"]
    lines = ["SPC", "0200", "1", QR_IBAN, *party, *[""] * 7, amount, "CHF", *payer, "QRR", reference, "", "EPD", swico]
    return "\n".join(lines)


def _drawn(payload: str) -> str:
    """SVG of 46 × 46 mm with the Swiss cross in the middle."""
    code = segno.make(payload, error="m", micro=False, boost_error=False, mask=3)  # weighing all eight costs 13 ms
    size = code.symbol_size(border=0)[0]
    drawn = str(code.svg_inline(border=0, omitsize=True))
    side = size * 7 / 46
    start = (size - side) / 2
    arm, half = side * 0.62, size / 2
    cross = (
        _CROSS.format(a=round(start, 2), b=round(side, 2))
        + _BAR.format(x=half - arm / 2, y=half - arm / 6, width=arm, height=arm / 3)
        + _BAR.format(x=half - arm / 6, y=half - arm / 2, width=arm / 3, height=arm)
    )
    return drawn.replace("</svg>", f"{cross}</svg>").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
