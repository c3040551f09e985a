"""What the bank answers: pain.002 (status of an order) and camt.054 (what was booked), in any of their versions.

Only what Guichet acts upon is read: which transfer, what became of it, why. Sources: SIX Implementation Guidelines
Status Report (pain.002) and Cash Management (camt.052–054), Swiss Payment Standards 2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from guichet.kernel.findings import Invalid
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.readers import Node

REJECTED: Final = "rejected"  # the bank or the Centrale did not execute it
PAID: Final = "paid"  # booked on the debtor's account
RETURNED: Final = "returned"  # booked, and come back
NOTED: Final = "noted"  # accepted for execution: nothing to do yet

_REJECTING: Final = frozenset({"RJCT", "CANC"})
_LONGEST_REASON: Final = 200
_LONGEST: Final = 140  # of an identifier


@dataclass(frozen=True)
class Outcome:
    """What became of one transfer. `amount` in CHF; None where the message does not say."""

    end_to_end_id: str
    kind: str
    amount: Decimal | None = None
    on: date | None = None
    iban: str = ""
    reference: str = ""
    reason_code: str = ""
    reason_text: str = ""


@dataclass(frozen=True)
class BankReport:
    """One message. `order_id` is the order a whole rejection concerns; then there are no outcomes."""

    kind: str  # "pain.002" or "camt.054"
    message_id: str
    outcomes: tuple[Outcome, ...] = ()
    order_id: str = ""
    order_rejected: bool = False
    reason_code: str = ""
    reason_text: str = ""


def read(document: Node) -> BankReport:
    """The message in a `Document`. Raises Invalid: bank_message.kind, bank_message.damaged."""
    body = document.children[0] if document.name == "Document" and document.children else None
    try:
        if body is not None and body.name == "CstmrPmtStsRpt":
            return _status_report(body)
        if body is not None and body.name == "BkToCstmrDbtCdtNtfctn":
            return _notification(body)
    except (ValueError, InvalidOperation):
        raise Invalid("bank_message.damaged") from None
    raise Invalid("bank_message.kind")


def _status_report(body: Node) -> BankReport:
    group = body.first("OrgnlGrpInfAndSts")
    report = BankReport(
        kind="pain.002",
        message_id=_text(body, "GrpHdr", "MsgId"),
        order_id=_text(body, "OrgnlGrpInfAndSts", "OrgnlMsgId"),
        outcomes=tuple(_statuses(body)),
    )
    if group is None or report.outcomes or not _rejects_all(body, group):
        return report
    code, text = _reason(group, "StsRsnInf")
    if not code and not text:
        code, text = next((_reason(block, "StsRsnInf") for block in body.all("OrgnlPmtInfAndSts")), ("", ""))
    return BankReport(
        report.kind, report.message_id, (), report.order_id, order_rejected=True, reason_code=code, reason_text=text
    )


def _rejects_all(body: Node, group: Node) -> bool:
    """The group, or each of its blocks, was rejected without a word on single transfers."""
    if _text(group, "GrpSts") in _REJECTING:
        return True
    blocks = [_text(block, "PmtInfSts") for block in body.all("OrgnlPmtInfAndSts")]
    return bool(blocks) and all(status in _REJECTING for status in blocks)


def _statuses(body: Node) -> Iterator[Outcome]:
    for block in body.all("OrgnlPmtInfAndSts"):
        for one in block.all("TxInfAndSts"):
            code, text = _reason(one, "StsRsnInf")
            rejected = _text(one, "TxSts") in _REJECTING
            yield Outcome(
                end_to_end_id=_text(one, "OrgnlEndToEndId"),
                kind=REJECTED if rejected else NOTED,
                reason_code=code,
                reason_text=text,
            )


def _notification(body: Node) -> BankReport:
    outcomes = [
        outcome
        for notification in body.all("Ntfctn")
        for entry in notification.all("Ntry")
        for outcome in _booked(entry)
    ]
    return BankReport(kind="camt.054", message_id=_text(body, "GrpHdr", "MsgId"), outcomes=tuple(outcomes))


def _booked(entry: Node) -> Iterator[Outcome]:
    """Debits are payments; a credit, or a reversed debit, is one that came back. What is only announced is skipped."""
    status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    if status not in {"BOOK", ""}:
        return
    reversal = _text(entry, "RvslInd") == "true"
    day = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")[:10]
    details = [one for block in entry.all("NtryDtls") for one in block.all("TxDtls")]
    for one in details:
        debit = (_text(one, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "DBIT"
        amount = (
            one.first("Amt")
            or one.first("AmtDtls", "TxAmt", "Amt")
            or (entry.first("Amt") if len(details) == 1 else None)
        )
        code, text = _reason(one, "RtrInf")
        yield Outcome(
            end_to_end_id=_text(one, "Refs", "EndToEndId"),
            kind=PAID if debit and not reversal else RETURNED,
            amount=_chf(amount),
            on=date.fromisoformat(day) if day else None,
            iban=_text(one, "RltdPties", "CdtrAcct", "Id", "IBAN"),
            reference=_text(one, "RmtInf", "Strd", "CdtrRefInf", "Ref"),
            reason_code=code,
            reason_text=text or clean_line(_text(one, "AddtlTxInf")[:_LONGEST_REASON], _LONGEST_REASON),
        )


def _chf(amount: Node | None) -> Decimal | None:
    if amount is None or amount.attributes.get("Ccy", "CHF") != "CHF":
        return None
    value = Decimal(amount.text)
    if not value.is_finite() or not Decimal(0) <= value < Decimal("1e12"):
        raise ValueError(amount.text)
    return value.quantize(Decimal("0.01"))


def _reason(parent: Node, name: str) -> tuple[str, str]:
    """Code of the external list (AC01, AM04, …) and the words beside it."""
    information = parent.first(name)
    if information is None:
        return "", ""
    code = _text(information, "Rsn", "Cd") or _text(information, "Rsn", "Prtry")
    words = " ".join(node.text for node in information.all("AddtlInf"))
    return clean_line(code[:35], 35), clean_line(words[:_LONGEST_REASON], _LONGEST_REASON)


def _text(parent: Node, *names: str) -> str:
    return parent.words(*names)[:_LONGEST]
