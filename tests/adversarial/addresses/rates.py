"""Rates an office enters."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_ROW = {"rate_id": "rate_id"}

ROUTES: Final[dict[str, Route]] = {
    "invoices:rates": Route(owner="administrator", shows=True),
    "invoices:rate_add": Route(owner="administrator", fixed={"code": "KM_AUTO"}, post=422),
    "invoices:rate": Route(owner="administrator", object=_ROW, post=422, shows=True),
    "invoices:rate_withdraw": Route(owner="administrator", object=_ROW, get=None, post=303),
}
