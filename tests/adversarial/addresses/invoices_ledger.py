"""Decisions of the office, and what is kept for how long."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_DECISION = {"decision_id": "office_decision_id"}

ROUTES: Final[dict[str, Route]] = {
    "invoices:decisions": Route(owner="agent", shows=True),
    "invoices:decision_add": Route(owner="agent", post=422),
    "invoices:decision_import": Route(owner="agent", post=422),
    "invoices:decision": Route(owner="agent", object=_DECISION, post=422, shows=True),
    "invoices:decision_archive": Route(owner="agent", object=_DECISION, get=None, post=303),
    "invoices:retention": Route(owner="administrator", shows=True),
    "invoices:retention_export": Route(owner="administrator"),
    "invoices:retention_run": Route(owner="administrator", get=None, post=303),
    "invoices:hold": Route(
        owner="agent", object={"invoice_id": "held_id"}, post=409, data={"reason": "Recours"}, shows=True
    ),
}
