"""The rules of the office, and who admits what loosens one."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

ROUTES: Final[dict[str, Route]] = {
    "invoices:office_rules": Route(owner="administrator", post=422, shows=True),
    "invoices:office_rule_decide": Route(
        owner="administrator", object={"change_id": "setting_change_id"}, get=None, post=303, data={"do": "admit"}
    ),
}
