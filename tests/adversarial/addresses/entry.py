"""Quick entry, files, keys, and the interface: without a key nobody gets anything there."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from tests.adversarial.route import Route

_RUN = {"run_id": "entry_run_id"}
_NOBODY_S = {"invoice_id": UUID("00000000-0000-4000-8000-00000000000a")}

_PAGES: Final[dict[str, Route]] = {
    "invoices:duplicate": Route(owner="colleague", object={"invoice_id": "sent_id"}, get=None, post=303),
    "invoices:duplicate_last": Route(
        owner="colleague", object={"beneficiary_id": "beneficiary_id"}, get=None, post=303
    ),
    "invoices:taken": Route(owner="colleague", object={"invoice_id": "entry_xml_id"}, shows=True),
    "invoices:paste": Route(owner="colleague", object={"invoice_id": "draft_id"}, fixed={"table": "lines"}, post=422),
    "invoices:imports": Route(owner="colleague", post=422, shows=True),
    "invoices:import_template": Route(owner="colleague", fixed={"code": "beneficiaires"}),
    "invoices:import": Route(owner="colleague", object=_RUN, post=422, shows=True),
    "invoices:import_marked": Route(owner="colleague", object=_RUN),
    "invoices:interface": Route(owner="manager", post=422, shows=True),
    "invoices:interface_revoke": Route(owner="manager", object={"token_id": "entry_token_id"}, get=None, post=303),
}

# The adversary of the interface is `test_keys.py`; here everybody comes without a key.
_INTERFACE: Final[dict[str, Route]] = {
    "api:api-root": Route(get=404),
    "api:openapi-json": Route(),
    **{f"api:{name}": Route(get=401, head=False, post=None) for name in ("form_types", "accounts")},
    **{f"api:{name}": Route(get=401, head=False, post=401) for name in ("beneficiaries", "beneficiary_add")},
    **{f"api:{name}": Route(get=401, head=False, post=401) for name in ("invoices", "invoice_add")},
    **{
        f"api:{name}": Route(get=401, head=False, fixed=_NOBODY_S)
        for name in ("invoice", "invoice_check", "invoice_pdf")
    },
    **{
        f"api:{name}": Route(get=None, post=401, fixed=_NOBODY_S)
        for name in ("invoice_answers", "invoice_documents", "invoice_send")
    },
}

ROUTES: Final[dict[str, Route]] = _PAGES | _INTERFACE
