"""The invoice counter and its desk."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route


def _invoice(key: str) -> dict[str, str]:
    return {"invoice_id": key}


_FILE = {"invoice_id": "draft_id", "attachment_id": "attachment_id"}
_WHO = {"beneficiary_id": "beneficiary_id"}

ROUTES: Final[dict[str, Route]] = {
    "invoices:counter": Route(owner="colleague", shows=True),
    "invoices:new": Route(owner="colleague", fixed={"code": "318.632"}, get=None, post=302),
    "invoices:case": Route(owner="colleague", object=_invoice("sent_id"), shows=True),
    "invoices:entry": Route(owner="colleague", object=_invoice("draft_id"), post=409, shows=True),
    "invoices:autosave": Route(owner="colleague", object=_invoice("draft_id"), get=None, post=409),
    "invoices:confirm": Route(owner="colleague", object=_invoice("draft_id"), post=409, shows=True),
    "invoices:sent": Route(owner="colleague", object=_invoice("sent_id")),
    "invoices:pdf": Route(owner="colleague", object=_invoice("sent_id")),
    "invoices:withdraw": Route(owner="colleague", object=_invoice("sent_id"), get=None, post=302),
    "invoices:discard": Route(owner="colleague", object=_invoice("draft_id"), get=None, post=302),
    "invoices:attach": Route(owner="colleague", object=_invoice("draft_id"), get=None, post=422),
    "invoices:attachments": Route(owner="colleague", object=_invoice("draft_id"), shows=True),
    "invoices:attachment": Route(owner="colleague", object=_FILE),
    "invoices:preview": Route(owner="colleague", object=_FILE, fixed={"page": 1}),
    "invoices:detach": Route(owner="colleague", object=_FILE, get=None, post=303),
    "invoices:take_over": Route(owner="colleague", object=_FILE, get=None, post=303),
    "invoices:beneficiaries": Route(owner="colleague", shows=True),
    "invoices:beneficiary_add": Route(owner="colleague", post=422),
    "invoices:beneficiary": Route(owner="colleague", object=_WHO, post=422, shows=True),
    "invoices:beneficiary_remove": Route(owner="colleague", object=_WHO, post=409, shows=True),
    "invoices:power_of_attorney": Route(owner="colleague", object=_WHO),
    "invoices:desk_queue": Route(owner="agent", shows=True),
    "invoices:review": Route(owner="agent", object=_invoice("sent_id"), shows=True),
    "invoices:review_open": Route(owner="agent", object=_invoice("sent_id"), get=None, post=303),
    "invoices:decide": Route(
        owner="agent", object=_invoice("sent_id"), get=None, post=303, data={"do": "accept", "version": "1"}
    ),
    "invoices:batches": Route(owner="administrator"),
    "invoices:make_batch": Route(owner="administrator", get=None, post=303),
    "invoices:batch": Route(owner="administrator", object={"batch_id": "batch_id"}),
    "invoices:batch_file": Route(owner="administrator", object={"batch_id": "batch_id"}, shows=True),
    "invoices:verify_form": Route(),
    "invoices:verify": Route(object={"code": "receipt"}),
}
