"""Accepted invoices as generalInvoiceRequest 4.5 (Forum Datenaustausch, 2016), law IVG, tiers garant.

The Centrale de compensation reads this form of bill from electronic providers. What the schema demands and nobody can
know stays visible as such: the bank's address is « - », the reason of treatment « unknown ». Where an identifier is
missing, `fault` says which, and the record goes by pain.001 alone (INV-25).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from lxml import etree

from guichet.kernel import bank
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guichet.kernel.address import NamedAddress

NAMESPACE: Final = "http://www.forum-datenaustausch.ch/invoice"
_GLN: Final = re.compile(r"[0-9]{13}")
_ZSR: Final = re.compile(r"[A-Z][0-9]{6}")
_CASE: Final = re.compile(r"[0-9]{14}|[0-9]{10}|[0-9]{9}|[0-9]{6}")
_IBAN: Final = re.compile(r"(LI|CH)[0-9]{7}[0-9A-Z]{12}")
_CANTONS: Final = frozenset({
    "AG", "AI", "AR", "BE", "BL", "BS", "FR", "GE", "GL", "GR", "JU", "LU", "NE", "NW", "OW", "SG", "SH", "SO", "SZ",
    "TI", "TG", "UR", "VD", "VS", "ZG", "ZH", "LI",
})  # fmt: skip
_UNKNOWN: Final = "-"
_TARIFF_FREE: Final = "999"  # a service without an official tariff
_LANGUAGES: Final = frozenset({"de", "fr", "it"})


@dataclass(frozen=True)
class Party:
    """A company or person with the numbers the schema asks for."""

    at: NamedAddress
    gln: str = ""
    zsr: str = ""
    uid: str = ""
    nif: str = ""


@dataclass(frozen=True)
class Patient:
    """The insured person."""

    last_name: str
    first_name: str
    at: NamedAddress
    birth_date: date
    female: bool
    avs_number: str


@dataclass(frozen=True)
class Service:
    """One line of the bill. `tariff` is an official number such as 909.01, or nothing."""

    name: str
    amount: Decimal  # CHF
    begin: date
    end: date
    tariff: str = ""


@dataclass(frozen=True)
class Claim:
    """One accepted invoice. `via` is the GLN of the transport's first station."""

    number: str
    sent_at: datetime
    language: str
    decision: str
    biller: Party
    debitor: Party
    via: str
    office: Party | None
    patient: Patient
    canton: str
    iban: str
    reference: str
    creditor: NamedAddress
    services: Sequence[Service]

    @property
    def total(self) -> Decimal:
        """CHF."""
        return sum((service.amount for service in self.services), Decimal("0.00"))


def fault(claim: Claim) -> str:
    """Why the claim cannot be written in this form, as a code; nothing if it can."""
    checks = (
        ("claim.biller_gln", _GLN.fullmatch(claim.biller.gln)),
        ("claim.biller_zsr", _ZSR.fullmatch(claim.biller.zsr)),
        ("claim.debitor_gln", _GLN.fullmatch(claim.debitor.gln) and _GLN.fullmatch(claim.via)),
        ("claim.decision", _CASE.fullmatch(claim.decision)),
        ("claim.iban", _IBAN.fullmatch(claim.iban)),
        ("claim.canton", claim.canton in _CANTONS),
        ("claim.services", claim.services),
    )
    return next((code for code, holds in checks if not holds), "")


def write(claim: Claim) -> bytes:
    """The bill, UTF-8, valid against generalInvoiceRequest_450.xsd. Raises ValueError for a claim with a `fault`."""
    if code := fault(claim):
        raise ValueError(code)
    root = etree.Element(f"{{{NAMESPACE}}}request", nsmap={"invoice": NAMESPACE})
    root.set("language", claim.language if claim.language in _LANGUAGES else "fr")
    transport = _add(_add(root, "processing"), "transport", {"from": claim.biller.gln, "to": claim.debitor.gln})
    _add(transport, "via", {"via": claim.via, "sequence_id": "1"})
    payload = _add(root, "payload", {"type": "invoice"})
    _add(
        payload,
        "invoice",
        {
            "request_timestamp": str(int(claim.sent_at.timestamp())),
            "request_date": _moment(claim.sent_at.date()),
            "request_id": claim.number,
        },
    )
    _body(_add(payload, "body", {"role": "other", "place": "company"}), claim)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _body(body: etree._Element, claim: Claim) -> None:
    _add(_add(body, "prolog"), "generator", {"name": "Guichet", "version": "450"})
    _garant(_add(body, "tiers_garant"), claim)
    _account(body, claim)
    law = {"case_id": claim.decision, "ssn": claim.patient.avs_number}
    _add(body, "ivg", law | ({"nif": claim.biller.nif} if claim.biller.nif else {}))
    begin = min(service.begin for service in claim.services)
    end = max(service.end for service in claim.services)
    about = {"date_begin": _moment(begin), "date_end": _moment(end), "canton": claim.canton, "reason": "unknown"}
    _add(body, "treatment", about)
    services = _add(body, "services")
    for number, service in enumerate(claim.services, start=1):
        _service(services, number, service, claim.biller.gln)


def _garant(garant: etree._Element, claim: Claim) -> None:
    biller = claim.biller
    ids = {"ean_party": biller.gln, "zsr": biller.zsr}
    _company(_add(garant, "biller", ids | ({"uid_number": biller.uid} if biller.uid else {})), biller.at)
    _company(_add(garant, "debitor", {"ean_party": claim.debitor.gln}), claim.debitor.at)
    _company(_add(garant, "provider", ids), biller.at)
    if claim.office and _GLN.fullmatch(claim.office.gln):
        _company(_add(garant, "insurance", {"ean_party": claim.office.gln}), claim.office.at)
    patient = claim.patient
    facts = {
        "gender": "female" if patient.female else "male",
        "birthdate": _moment(patient.birth_date),
        "ssn": patient.avs_number,
    }
    _person(_add(garant, "patient", facts), patient)
    _person(_add(garant, "guarantor"), patient)
    sums = {"currency": "CHF", "amount": f"{claim.total:.2f}", "amount_due": f"{claim.total:.2f}"}
    vat = _add(_add(garant, "balance", sums), "vat", {"vat": "0.00"})
    _add(vat, "vat_rate", {"vat_rate": "0", "amount": f"{claim.total:.2f}", "vat": "0.00"})


def _account(body: etree._Element, claim: Claim) -> None:
    reference = bank.check_reference(claim.iban, claim.reference)
    ids = {"iban": claim.iban, "type": "esrQR"}
    slip = _add(body, "esrQR", ids | ({"reference_number": reference.value} if reference.value else {}))
    institution = _add(_add(slip, "bank"), "company")
    _text(institution, "companyname", _said(bank.bank_name(claim.iban) or f"IID {bank.iid(claim.iban)}", 35))
    _postal(institution, street="", postcode=_UNKNOWN, town=_UNKNOWN, country="CH")
    _company(_add(slip, "creditor"), claim.creditor)


def _service(services: etree._Element, number: int, service: Service, gln: str) -> None:
    tariff, _, code = service.tariff.partition(".")
    _add(
        services,
        "service",
        {
            "record_id": str(number),
            "tariff_type": tariff if code else _TARIFF_FREE,
            "code": service.tariff or str(number),
            "name": _said(service.name, 350),
            "quantity": "1",
            "date_begin": _moment(service.begin),
            "date_end": _moment(service.end),
            "provider_id": gln,
            "responsible_id": gln,
            "unit": f"{service.amount:.2f}",
            "amount": f"{service.amount:.2f}",
        },
    )


def _company(parent: etree._Element, at: NamedAddress) -> None:
    company = _add(parent, "company")
    _text(company, "companyname", _said(at.name, 35))
    _postal(
        company, street=f"{at.street} {at.house_no}".strip(), postcode=at.postcode, town=at.town, country=at.country
    )


def _person(parent: etree._Element, patient: Patient) -> None:
    person = _add(parent, "person")
    _text(person, "familyname", _said(patient.last_name, 35))
    _text(person, "givenname", _said(patient.first_name, 35))
    at = patient.at
    _postal(person, street=f"{at.street} {at.house_no}".strip(), postcode=at.postcode, town=at.town, country=at.country)


def _postal(parent: etree._Element, *, street: str, postcode: str, town: str, country: str) -> None:
    postal = _add(parent, "postal")
    if street:
        _text(postal, "street", _said(street, 35))
    _text(postal, "zip", _said(postcode, 9)).set("countrycode", country or "CH")
    _text(postal, "city", _said(town, 35))


def _add(parent: etree._Element, name: str, attributes: Mapping[str, str] | None = None) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", dict(attributes or {}))


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = _add(parent, name)
    child.text = text
    return child


def _said(text: str, longest: int) -> str:
    return clean_line(text[:longest], longest) or _UNKNOWN


def _moment(day: date) -> str:
    """A day as the schema's dateTime."""
    return datetime.combine(day, time(), tzinfo=UTC).replace(tzinfo=None).isoformat()
