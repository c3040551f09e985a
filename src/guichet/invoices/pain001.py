"""Payment orders as pain.001.001.09, Swiss Payment Standards 2025 (IG Credit Transfer 2.2, valid from 22.11.2025).

Type D, domestic in CHF. Addresses are structured: unstructured ones are refused by SIC since 20.11.2026. A QR-IBAN goes
with a QRR reference, any other account with a creditor reference (SCOR) or an unstructured text; `check_reference`
refuses the rest before a byte is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lxml import etree

from guichet.kernel import bank, sepa_text
from guichet.kernel.bank import ReferenceKind
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from guichet.kernel.address import Address

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_LONGEST_NAME = 70
_LONGEST_TEXT = 140


@dataclass(frozen=True)
class Payment:
    """One transfer. `text` is said only where no reference is allowed or given."""

    end_to_end_id: str
    amount: Decimal  # CHF, 0.01 and more
    creditor: str
    address: Address
    iban: str
    reference: str
    text: str


@dataclass(frozen=True)
class Order:
    """One message with one debit account and one execution date."""

    message_id: str
    created_at: datetime
    execution_date: date
    debtor: str
    debtor_iban: str
    debtor_bic: str
    payments: Sequence[Payment]

    @property
    def control_sum(self) -> Decimal:
        """CHF."""
        return sum((payment.amount for payment in self.payments), Decimal("0.00"))


def fault(payment: Payment) -> str:
    """Why no Swiss bank would take this transfer, as a code; nothing if it may go into a file.

    Foreign accounts need a bank's BIC, which nobody asked for: they are paid by hand (IG 2.2, type X).
    """
    if not bank.iid(payment.iban):
        return "iban.foreign"
    if not (payment.address.town.strip() and payment.address.country.strip()):
        return "address.town"
    try:
        bank.check_reference(payment.iban, payment.reference)
        sepa_text.check_id(payment.end_to_end_id)
    except Invalid as invalid:
        return invalid.code
    return ""


def write(order: Order) -> bytes:
    """The file, UTF-8 without BOM. Raises Invalid for an account and a reference that do not go together."""
    namespaces = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap=namespaces)  # type: ignore[arg-type]  # a default namespace
    message = _add(root, "CstmrCdtTrfInitn")
    _header(_add(message, "GrpHdr"), order)
    block = _add(message, "PmtInf")
    _debit(block, order)
    for payment in order.payments:
        _transfer(_add(block, "CdtTrfTxInf"), payment)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _said(text: str, longest: int) -> str:
    """In the banks' alphabet and length; one character more than the bank takes rejects the whole message."""
    return sepa_text.transliterate(text)[:longest].strip() or "-"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _header(header: etree._Element, order: Order) -> None:
    _add(header, "MsgId", order.message_id)
    _add(header, "CreDtTm", order.created_at.replace(microsecond=0).isoformat())
    _add(header, "NbOfTxs", str(len(order.payments)))
    _add(header, "CtrlSum", f"{order.control_sum:.2f}")
    _add(_add(header, "InitgPty"), "Nm", _said(order.debtor, _LONGEST_NAME))


def _debit(block: etree._Element, order: Order) -> None:
    _add(block, "PmtInfId", f"{order.message_id}-1")
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "true")
    _add(block, "NbOfTxs", str(len(order.payments)))
    _add(block, "CtrlSum", f"{order.control_sum:.2f}")
    _add(_add(block, "ReqdExctnDt"), "Dt", order.execution_date.isoformat())
    _add(_add(block, "Dbtr"), "Nm", _said(order.debtor, _LONGEST_NAME))
    _add(_add(_add(block, "DbtrAcct"), "Id"), "IBAN", order.debtor_iban)
    _agent(_add(_add(block, "DbtrAgt"), "FinInstnId"), order)


def _agent(institution: etree._Element, order: Order) -> None:
    """BIC, or the clearing number that the IBAN holds (IG 2.2, DbtrAgt)."""
    if order.debtor_bic:
        _add(institution, "BICFI", order.debtor_bic)
        return
    member = _add(institution, "ClrSysMmbId")
    _add(_add(member, "ClrSysId"), "Cd", "CHBCC")
    _add(member, "MmbId", str(bank.iid(order.debtor_iban)))


def _transfer(transfer: etree._Element, payment: Payment) -> None:
    reference = bank.check_reference(payment.iban, payment.reference)
    ids = _add(transfer, "PmtId")
    _add(ids, "InstrId", payment.end_to_end_id)
    _add(ids, "EndToEndId", payment.end_to_end_id)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", f"{payment.amount:.2f}")
    amount.set("Ccy", "CHF")
    creditor = _add(transfer, "Cdtr")
    _add(creditor, "Nm", _said(payment.creditor, _LONGEST_NAME))
    _address(_add(creditor, "PstlAdr"), payment.address)
    _add(_add(_add(transfer, "CdtrAcct"), "Id"), "IBAN", payment.iban)
    information = _add(transfer, "RmtInf")
    if reference.kind is ReferenceKind.NON:
        _add(information, "Ustrd", _said(payment.text, _LONGEST_TEXT))
        return
    numbered = _add(_add(information, "Strd"), "CdtrRefInf")
    kind = _add(numbered, "Tp")
    if reference.kind is ReferenceKind.QRR:
        _add(_add(kind, "CdOrPrtry"), "Prtry", "QRR")
    else:
        _add(_add(kind, "CdOrPrtry"), "Cd", "SCOR")
        _add(kind, "Issr", "ISO")
    _add(numbered, "Ref", reference.value)


def _address(postal: etree._Element, address: Address) -> None:
    """Structured only: town and country are mandatory, the order is the schema's."""
    for name, value, longest in (
        ("StrtNm", address.street, 70),
        ("BldgNb", address.house_no, 16),
        ("PstCd", address.postcode, 16),
        ("TwnNm", address.town, 35),
        ("Ctry", address.country, 2),
    ):
        if value:
            _add(postal, name, _said(value, longest))
