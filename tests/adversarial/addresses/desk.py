"""What the desk arranges around an invoice."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_SENT = {"invoice_id": "sent_id"}

ROUTES: Final[dict[str, Route]] = {
    "invoices:take": Route(owner="agent", get=None, post=303),
    "invoices:bulk": Route(owner="agent", get=None, post=303),
    "invoices:note": Route(owner="agent", object=_SENT, get=None, post=303, data={"note": "Zqcanary"}),
    "invoices:notice": Route(owner="colleague", object={"invoice_id": "partly_id"}),
    "invoices:substitutes": Route(owner="agent", post=422, shows=True),
    "invoices:substitute_end": Route(
        owner="administrator", object={"substitution_id": "substitution_id"}, get=None, post=303
    ),
    "invoices:reasons": Route(owner="administrator", shows=True),
    "invoices:reason_add": Route(owner="administrator", post=422),
    "invoices:reason": Route(owner="administrator", object={"code": "reason_code"}, post=422, shows=True),
    "invoices:figures": Route(owner="agent", shows=True),
    "invoices:figures_file": Route(owner="agent", shows=True),
}
