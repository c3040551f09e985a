"""Insured persons, who may act for them, and who answers them."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_POWER = {"power_id": "power_id"}
_GIVEN = {"power_id": "given_power_id"}
_ASKED = {"representation_id": "representation_id"}

ROUTES: Final[dict[str, Route]] = {
    "invoices:power_add": Route(owner="colleague", object={"beneficiary_id": "beneficiary_id"}, post=422, shows=True),
    "invoices:power_give_back": Route(owner="colleague", object=_POWER, get=None, post=303),
    "invoices:power_file": Route(owner="colleague", object=_POWER),
    "invoices:powers": Route(owner="insured", shows=True),
    "invoices:power": Route(owner="insured", object=_GIVEN, post=303, data={"do": "refuse"}, shows=True),
    "invoices:in_name": Route(owner="insured", shows=True),
    "invoices:one_in_name": Route(owner="insured", object={"invoice_id": "in_name_id"}, post=422, shows=True),
    "invoices:my_data": Route(owner="insured"),
    "invoices:represent": Route(owner="representative", post=422),
    "invoices:representations": Route(owner="agent", shows=True),
    "invoices:representation": Route(
        owner="agent", object=_ASKED, post=303, data={"do": "refuse", "reason": "Acte illisible."}, shows=True
    ),
    "invoices:representation_proof": Route(owner="agent", object=_ASKED),
    "invoices:objection_answer": Route(
        owner="agent",
        object={"invoice_id": "contested_id", "objection_id": "objection_id"},
        get=None,
        post=303,
        data={"do": "dismiss", "answer": "Le rapport le montre."},
    ),
    "accounts:own_data": Route(owner="insured", get=302, post=302),
}
