"""A generalInvoiceRequest 4.4, 4.5 or 5.0 → answers of 318.632, and in words what could not be taken over (INV-12).

The three versions put the same facts at almost the same places; what is looked for is the fact, wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from guichet.kernel import bank, dates, identifiers, money
from guichet.kernel.findings import Invalid
from guichet.readers import Unreadable

if TYPE_CHECKING:
    from guichet.readers import Node

FORM: Final = "318.632"
_NAMESPACE: Final = "http://www.forum-datenaustausch.ch/invoice"
_LAWS: Final = ("ivg", "kvg", "vvg", "uvg", "mvg", "org")  # 4.4 and 4.5: an element per law
_MOST_LINES: Final = 100
_LONGEST: Final = 120
_TIERS: Final = ("tiers_garant", "tiers_payant", "tiers_soldant")
_DAY: Final = re.compile(r"^(\d{4}-\d{2}-\d{2})")
_SEXES: Final = {"male": "m", "female": "f"}


@dataclass
class Taken:
    """What the document says, as somebody would type it, and what stays behind."""

    raw: dict[str, Any] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)  # fields of a beneficiary's profile
    avs_number: str = ""
    iban: str = ""
    missing: list[str] = field(default_factory=list)  # in words


def read(root: Node) -> Taken:
    """Everything the form has a place for. Raises `Unreadable` if this is no such document."""
    payload = root.first("payload")
    body = payload.first("body") if payload else None
    if root.name != "request" or root.namespace != _NAMESPACE or payload is None or body is None:
        raise Unreadable("xml.other")
    taken = Taken()
    _read_kind(payload, taken)
    _read_invoice(payload, taken)
    _read_person(body, taken)
    _read_law(body, taken)
    _read_payment(body, taken)
    _read_period(body, taken)
    _read_lines(body, taken)
    _read_rest(body, taken)
    return taken


def _read_kind(payload: Node, taken: Taken) -> None:
    kind = payload.get("request_type") or payload.get("type")
    if kind and kind != "invoice":
        taken.missing.append(_("Le document n'est pas une facture, mais : {kind}.").format(kind=kind))
    if payload.get("storno") in ("1", "true") or payload.get("request_subtype") == "storno":
        taken.missing.append(_("Le document annule une facture : une annulation ne se saisit pas ici."))
    if payload.get("copy") in ("1", "true") or payload.get("request_subtype") == "copy":
        taken.missing.append(_("Le document est une copie : vérifiez que l'original n'a pas déjà été envoyé."))


def _read_invoice(payload: Node, taken: Taken) -> None:
    invoice = payload.first("invoice")
    if invoice is not None:
        taken.raw["supplier_number"] = invoice.get("request_id")[:_LONGEST]
        taken.raw["supplier_date"] = _swiss(invoice.get("request_date"))
    body = payload.first("body")
    if body is not None and (remark := body.words("remark")):
        taken.raw["remark"] = remark[:1000]


def _read_person(body: Node, taken: Taken) -> None:
    patient = next((found for tiers in _TIERS for found in body.all(tiers, "patient")), None)
    if patient is None:
        taken.missing.append(_("Aucune personne assurée n'est indiquée : choisissez le bénéficiaire."))
        return
    law = next(body.all("ivg"), None)
    number = patient.get("ssn") or (law.get("ssn") if law else "")
    try:
        taken.avs_number = identifiers.parse_avs(number)
    except Invalid:
        text = _("Le numéro AVS « {number} » du document n'est pas valable : choisissez le bénéficiaire.")
        taken.missing.append(text.format(number=number or "—"))
    street = patient.words("person", "postal", "street")
    name, house_no = _house_number(street)
    taken.person = {
        "last_name": patient.words("person", "familyname")[:80],
        "first_name": patient.words("person", "givenname")[:80],
        "street": name[:70],
        "house_no": house_no,
        "postcode": patient.words("person", "postal", "zip")[:16],
        "town": patient.words("person", "postal", "city")[:35],
        "country": _country(patient),
        "birth_date": _swiss(patient.get("birthdate")),
        "sex": _SEXES.get(patient.get("sex") or patient.get("gender"), ""),
        "avs_number": identifiers.format_avs(taken.avs_number) if taken.avs_number else "",
    }


def _country(patient: Node) -> str:
    country = patient.first("person", "postal", "country")
    return (country.get("country_code") if country else "")[:2] or "CH"


def _house_number(street: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*\S)\s+(\d{1,5}\s?[a-zA-Z]?\d?)", street)
    return (found[1], found[2]) if found else (street, "")


def _read_law(body: Node, taken: Taken) -> None:
    law = next(body.all("law"), None)
    kind = law.get("type").lower() if law else next((name for name in _LAWS if body.first(name)), "")
    if kind != "ivg":
        text = _("La loi indiquée n'est pas l'assurance-invalidité (LAI), mais : {law}.")
        taken.missing.append(text.format(law=kind.upper() or "—"))
        return
    holder = law or body.first("ivg")
    number = holder.get("case_id") if holder else ""
    taken.raw["decision"] = number[:40]
    if not number:
        taken.missing.append(_("Le document ne porte pas de numéro de décision."))


def _read_payment(body: Node, taken: Taken) -> None:
    for name in ("esrQR", "esrQRRed"):
        for slip in body.all(name):
            _read_slip(slip, taken)
            return
    if any(body.first(name) for name in ("esr9", "esrRed", "esr5")):
        taken.missing.append(
            _("Le document porte un bulletin orange (BVR), qui n'est plus payé : choisissez le compte.")
        )


def _read_slip(slip: Node, taken: Taken) -> None:
    try:
        taken.iban = bank.parse_iban(slip.get("iban"))
    except Invalid:
        taken.missing.append(_("L'IBAN du document n'est pas valable : choisissez le compte."))
    reference = slip.get("reference_number")
    try:
        if reference:
            taken.raw["payment_reference"] = (
                bank.parse_scor(reference) if reference.upper().startswith("RF") else bank.parse_qrr(reference)
            )
    except Invalid:
        text = _("La référence de paiement « {reference} » n'est pas valable.")
        taken.missing.append(text.format(reference=reference))


def _read_period(body: Node, taken: Taken) -> None:
    treatment = body.first("treatment")
    days = [_iso(service.get(name)) for service in _services(body) for name in ("date_begin", "date_end")]
    known = sorted(day for day in days if day)
    first = (treatment and _iso(treatment.get("date_begin"))) or (known[0] if known else "")
    last = (treatment and _iso(treatment.get("date_end"))) or (known[-1] if known else "")
    taken.raw["period_from"] = _swiss(first or "")
    taken.raw["period_to"] = _swiss(last) if last and last != first else ""
    taken.raw["service"] = "medical"


def _services(body: Node) -> list[Node]:
    services = body.first("services")
    return list(services.children) if services else []


def _read_lines(body: Node, taken: Taken) -> None:
    lines = []
    for number, service in enumerate(_services(body), start=1):
        line = _line(service)
        if line is not None:
            lines.append(line)
            continue
        text = _("Prestation {number} « {name} », montant {amount} : un montant nul ou négatif ne se saisit pas.")
        said = text.format(number=number, name=_name(service)[:60], amount=service.get("amount") or "—")
        taken.missing.append(said)
    if len(lines) > _MOST_LINES:
        text = _("Le document a {count} prestations ; seules les {most} premières sont reprises.")
        taken.missing.append(text.format(count=len(lines), most=_MOST_LINES))
    taken.raw["lines"] = lines[:_MOST_LINES]
    if not lines:
        taken.missing.append(_("Aucune prestation n'a pu être reprise."))


def _line(service: Node) -> dict[str, str] | None:
    """Quantity × price if that is the amount to the rappen; else once the amount, with the quantity in words."""
    amount = _decimal(service.get("amount"))
    quantity = _decimal(service.get("quantity")) or Decimal(1)
    if amount is None or amount <= 0:
        return None
    description = _name(service)
    price = money.round_to_rappen(amount / quantity)
    if quantity <= 0 or money.round_to_rappen(quantity * price) != money.round_to_rappen(amount):
        description = f"{description} ({money.format_number(quantity)} ×)"
        quantity, price = Decimal(1), money.round_to_rappen(amount)
    return {
        "on": _swiss(service.get("date_begin")),
        "description": description[:_LONGEST],
        "quantity": f"{quantity.normalize():f}",
        "unit": "lump" if quantity == 1 else "piece",
        "price": str(price),
        "tariff": " ".join(filter(None, (service.get("tariff_type"), service.get("code"))))[:_LONGEST],
    }


def _name(service: Node) -> str:
    return service.get("name") or service.get("code") or "—"


def _read_rest(body: Node, taken: Taken) -> None:
    places = (("balance",), *((tiers, "balance") for tiers in _TIERS))
    balance = next((found for place in places if (found := body.first(*place))), None)
    total = sum((Decimal(line["quantity"]) * Decimal(line["price"]) for line in taken.raw["lines"]), Decimal(0))
    due = _decimal(balance.get("amount_due") or balance.get("amount")) if balance else None
    if due is not None and abs(due - total) > Decimal("0.05"):
        text = _("Le document demande {due}, les lignes reprises font {total} (rappels, acomptes, arrondis, rabais).")
        lines = money.format_chf(money.round_to_rappen(total))
        taken.missing.append(text.format(due=money.format_chf(due), total=lines))
    if balance is not None and balance.get("currency") not in ("", "CHF"):
        text = _("Les montants sont en {currency}, et non en francs.")
        taken.missing.append(text.format(currency=balance.get("currency")))
    if body.first("documents") is not None:
        taken.missing.append(_("Le document contient des annexes : enregistrez-les et joignez-les sous « Documents »."))
    treatment = body.first("treatment")
    if treatment is not None and treatment.first("diagnosis") is not None:
        taken.missing.append(_("Les diagnostics ne sont pas repris : le formulaire n'en a pas besoin."))


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= money.LARGEST else None


def _iso(text: str) -> str:
    found = _DAY.match(text)
    return found[1] if found else ""


def _swiss(text: str) -> str:
    """« 2026-05-01T00:00:00 » as 01.05.2026; empty for what is no date."""
    try:
        return dates.format_date(date.fromisoformat(_iso(text)))
    except ValueError:
        return ""
