"""Login, company, staff."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_ASKED = {"affiliation_id": "affiliation_id"}

ROUTES: Final[dict[str, Route]] = {
    "accounts:login": Route(post=422),
    "accounts:code": Route(get=302, post=302),
    "accounts:resend": Route(get=None, post=302),
    "accounts:logout": Route(get=None, post=302, owner="colleague"),
    "accounts:keepalive": Route(owner="colleague", get=None, post=204),
    "accounts:forgotten": Route(post=422),
    "accounts:reset": Route(fixed={"token": "unknown"}, get=404, post=404),
    "accounts:confirm_address": Route(fixed={"token": "unknown"}, get=404, post=404),
    "accounts:register": Route(post=422),
    "accounts:registered": Route(object={"number": "number"}),
    "accounts:terms": Route(),
    "accounts:accept_terms": Route(owner="manager", get=302, post=302),
    "accounts:invitation": Route(fixed={"token": "unknown"}, get=404, post=404),
    "accounts:vetting": Route(owner="agent", shows=True),
    "accounts:vetting_one": Route(owner="agent", object=_ASKED, shows=True),
    "accounts:vetting_accept": Route(owner="agent", object=_ASKED, get=None, post=302),
    "accounts:vetting_refuse": Route(owner="agent", object=_ASKED, get=None, post=302, data={"reason": "Non"}),
    "accounts:me": Route(owner="manager"),
    "accounts:password": Route(owner="manager", post=422),
    "accounts:language": Route(owner="manager", get=None, post=302, data={"language": "de"}),
    "accounts:mobile": Route(owner="manager", post=422),
    "accounts:mobile_code": Route(owner="manager", get=302, post=302),
    "accounts:end_others": Route(owner="manager", get=None, post=302),
    "accounts:end_session": Route(owner="manager", get=None, post=302, object={"session_id": "session_id"}, mine=True),
    "accounts:step_up": Route(owner="manager", post=422),
    "accounts:step_up_code": Route(owner="manager", get=302, post=302),
    "accounts:company": Route(owner="manager", shows=True),
    "accounts:member_add": Route(owner="manager", post=422),
    "accounts:member_edit": Route(owner="manager", object={"member_id": "member_id"}, post=422, shows=True),
    "accounts:member_remove": Route(owner="manager", object={"member_id": "member_id"}, post=302, shows=True),
    "accounts:invitation_resend": Route(owner="manager", object={"invitation_id": "invitation_id"}, get=None, post=302),
    "accounts:invitation_revoke": Route(owner="manager", object={"invitation_id": "invitation_id"}, get=None, post=302),
    "accounts:account_add": Route(owner="manager", post=422, shows=True),
    "accounts:account_edit": Route(owner="manager", object={"account_id": "account_id"}, get=302, post=302),
    "accounts:account_archive": Route(owner="manager", object={"account_id": "account_id"}, post=302, shows=True),
    "accounts:staff": Route(owner="administrator", shows=True),
    "accounts:staff_add": Route(owner="administrator", post=422),
    "accounts:staff_edit": Route(owner="administrator", object={"member_id": "staff_id"}, post=422, shows=True),
    "accounts:staff_remove": Route(owner="administrator", object={"member_id": "staff_id"}, post=302, shows=True),
    "accounts:staff_resend": Route(
        owner="administrator", object={"invitation_id": "staff_invitation_id"}, get=None, post=302
    ),
    "accounts:staff_revoke": Route(
        owner="administrator", object={"invitation_id": "staff_invitation_id"}, get=None, post=302
    ),
    "accounts:undelivered": Route(owner="administrator"),
    "accounts:undelivered_retry": Route(owner="administrator", object={"item_id": "item_id"}, get=None, post=303),
}
