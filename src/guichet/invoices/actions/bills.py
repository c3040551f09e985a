"""What a generalInvoiceRequest says of an accepted invoice: frozen at acceptance, written with the batch (INV-25)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from guichet.invoices import general_invoice
from guichet.invoices.actions.assessing import asked_lines
from guichet.invoices.general_invoice import Claim, Party, Patient, Service
from guichet.kernel.address import NamedAddress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from guichet.invoices.models import Invoice, InvoiceVersion, Transmission
    from guichet.tenancy.models import Insurer

_OLD = "claim.old"
_ADDRESS = ("street", "house_no", "postcode", "town", "country")


def facts(invoice: Invoice, version: InvoiceVersion, accepted: Mapping[str, Decimal]) -> dict[str, Any]:
    """For the immutable record: the biller as it is now, the person's sex, the lines as accepted (CHF, by place)."""
    partner = invoice.affiliation.partner
    beneficiary = invoice.beneficiary
    return {
        "biller": {
            "name": partner.name,
            "gln": partner.gln,
            "zsr": partner.zsr,
            "uid": partner.uid,
            "nif": partner.nif,
            **{part: getattr(partner, part) for part in _ADDRESS},
        },
        "female": beneficiary is not None and beneficiary.sex == "f",
        "language": version.language,
        "sent_at": version.sent_at.isoformat(),
        "from": str(invoice.period_from),
        "to": str(invoice.period_to),
        "lines": [
            {
                "label": line["label"],
                "amount": str(accepted.get(asked.key, asked.amount)),
                "tariff": line.get("tariff", ""),
            }
            for asked, line in zip(asked_lines(version), version.computed["lines"], strict=True)
        ],
    }


def archive(insurer: Insurer, transmissions: Iterable[Transmission]) -> tuple[bytes, dict[str, str]]:
    """A ZIP of one file per transmission, and the codes of those that went without, by number."""
    made = io.BytesIO()
    without: dict[str, str] = {}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as box:
        for one in transmissions:
            claim = _claim(insurer, one)
            code = general_invoice.fault(claim) if claim else _OLD
            if claim is None or code:
                without[one.end_to_end_id] = code
            else:
                box.writestr(f"{one.end_to_end_id}.xml", general_invoice.write(claim))
    return made.getvalue(), without


def _claim(insurer: Insurer, transmission: Transmission) -> Claim | None:
    record: dict[str, Any] = transmission.record
    bill = record.get("bill")
    if not bill:
        return None
    centrale = insurer.setting("centrale")
    person = record["beneficiary"]
    begin, end = date.fromisoformat(bill["from"]), date.fromisoformat(bill["to"])
    biller = bill["biller"]
    return Claim(
        number=transmission.end_to_end_id,
        sent_at=datetime.fromisoformat(bill["sent_at"]),
        language=bill["language"],
        decision=record["decision"],
        biller=Party(_at(biller), biller["gln"], biller["zsr"], biller["uid"], biller["nif"]),
        debitor=Party(_at(centrale | {"name": insurer.setting("debtor")["name"]}), centrale.get("gln", "")),
        via=centrale.get("via", ""),
        office=Party(_at(insurer.address | {"name": insurer.name_fr}), centrale.get("office_gln", "")),
        patient=Patient(
            last_name=person["last_name"],
            first_name=person["first_name"],
            at=_at(person | {"name": person["last_name"]}),
            birth_date=date.fromisoformat(person["birth_date"]),
            female=bill["female"],
            avs_number=person["avs_number"],
        ),
        canton=insurer.canton,
        iban=record["account"]["iban"],
        reference=record["reference"],
        creditor=_at(record["account"]["address"] | {"name": record["account"]["holder"]}),
        services=tuple(
            Service(line["label"], Decimal(line["amount"]), begin, end, line["tariff"])
            for line in bill["lines"]
            if Decimal(line["amount"])
        ),
    )


def _at(said: Mapping[str, Any]) -> NamedAddress:
    parts = {part: str(said.get(part, "")) for part in (*_ADDRESS, "name")}
    return NamedAddress(**parts)
