"""Custody: court, destruction, forwarding, care of the archive, the insured person's page."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_MANDATE = {"mandate_id": "cust_mandate_id"}
_RECORDING = {"recording_id": "cust_recording_id"}
_COURT = {"package_id": "cust_package_id"}
_MADE = {"package_id": "cust_made_id"}
_ASKED = {"request_id": "cust_request_id"}
_DONE = {"request_id": "cust_done_id"}
_CLAIMED = {"request_id": "cust_claimed_id"}
_BACK = {"request_id": "cust_back_id"}
_YES = {"sure": "1"}  # to « Are you sure? »
_HERS = {"request_id": "cust_hers_id"}

ROUTES: Final[dict[str, Route]] = {
    "recordings:court_packages": Route(owner="clerk", shows=True),
    "recordings:court_ask": Route(owner="clerk", object=_RECORDING, post=422),
    "recordings:court_package": Route(owner="clerk", object=_COURT, shows=True),
    "recordings:court_approve": Route(owner="clerk", object=_COURT, get=None, post=409),
    "recordings:court_refuse": Route(owner="clerk", object=_COURT, get=None, post=422),
    "recordings:court_hand": Route(owner="clerk", object=_COURT, get=None, post=422),
    "recordings:court_image": Route(owner="clerk", object=_MADE),
    "recordings:forward": Route(owner="administrator", object=_RECORDING, post=422),
    "recordings:mandate_expert": Route(owner="administrator", object=_MANDATE, get=None, post=409),
    "recordings:destruction_ask": Route(owner="administrator", object=_MANDATE, post=422),
    "recordings:destruction_final": Route(owner="administrator", object=_MANDATE, post=422),
    "recordings:hold": Route(owner="administrator", object=_MANDATE, get=None, post=303),
    "recordings:destructions": Route(owner="administrator", shows=True),
    "recordings:destruction": Route(owner="administrator", object=_ASKED, shows=True),
    "recordings:destruction_execute": Route(owner="administrator", object=_ASKED, get=None, post=303, data=_YES),
    "recordings:destruction_certificate": Route(owner="administrator", object=_DONE),
    "recordings:destruction_document": Route(owner="administrator", object=_ASKED),
    "recordings:destruction_withdraw": Route(owner="administrator", object=_ASKED, post=422, shows=True),
    "recordings:destruction_claim_confirm": Route(owner="administrator", object=_CLAIMED, get=None, post=303),
    "recordings:destruction_claim_dismiss": Route(owner="administrator", object=_CLAIMED, get=None, post=303),
    "recordings:destruction_withdrawal": Route(owner="administrator", object=_BACK),
    "recordings:care": Route(owner="administrator", shows=True),
    "recordings:security_state": Route(owner="administrator", post=422),
    "recordings:security": Route(),
    "recordings:other_ways": Route(),
    "recordings:other_ways_letter": Route(),
    "recordings:my_recordings": Route(owner="insured", shows=True),
    "recordings:my_news": Route(owner="insured", get=None, post=303),
    "recordings:my_recording": Route(owner="insured", object=_MANDATE, shows=True),
    "recordings:my_waiver": Route(owner="insured", object=_MANDATE, get=None, post=409),
    "recordings:my_waiver_revoke": Route(owner="insured", object=_MANDATE, get=None, post=409),
    "recordings:my_destruction": Route(owner="insured", object=_MANDATE, get=None, post=422),
    "recordings:my_destruction_withdraw": Route(owner="insured", object=_MANDATE | _HERS, get=None, post=303),
    "recordings:my_defect": Route(owner="insured", object=_MANDATE | _RECORDING, get=None, post=422),
}
