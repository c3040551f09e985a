"""Versements, and the bank's answers at the office."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_REJECTED = {"invoice_id": "rejected_id"}

ROUTES: Final[dict[str, Route]] = {
    "invoices:payments": Route(owner="colleague", shows=True),
    "invoices:payments_export": Route(owner="colleague", fixed={"kind": "csv"}, shows=True),
    "invoices:payments_digest": Route(owner="colleague", get=None, post=303, data={"wanted": "1"}),
    "invoices:batch_bills": Route(owner="administrator", object={"batch_id": "batch_with_bills_id"}),
    "invoices:bank_messages": Route(owner="administrator"),
    "invoices:bank_message_read": Route(owner="administrator", get=None, post=422),
    "invoices:bank_message": Route(owner="administrator", object={"message_id": "bank_message_id"}),
    "invoices:transmit_again": Route(owner="administrator", object=_REJECTED, get=None, post=303),
    "invoices:correct_rejected": Route(
        owner="administrator", object=_REJECTED, get=None, post=303, data={"message": "Autre compte"}
    ),
}
