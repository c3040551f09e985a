"""Mandates and deposits, of the expert and of the office."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route


def _deposit(key: str) -> dict[str, str]:
    return {"recording_id": key}


_BEGUN = _deposit("dep_begun_id")
_READY = _deposit("dep_ready_id")
_MANDATE = {"mandate_id": "dep_sent_mandate_id"}
_WAIVER = {"mandate_id": "dep_waived_mandate_id", "waiver_id": "dep_waiver_id"}
_YES = {"sure": "1"}  # to « Are you sure? »
_UPLOAD = frozenset({"PATCH", "DELETE"})

ROUTES: Final[dict[str, Route]] = {
    "recordings:mandates": Route(owner="expert", shows=True),
    "recordings:mandate_open": Route(owner="expert", post=422),
    "recordings:mandate": Route(owner="expert", object={"mandate_id": "dep_mandate_id"}, post=422, shows=True),
    "recordings:deposit": Route(owner="expert", object=_READY, shows=True),
    "recordings:deposit_state": Route(owner="expert", object=_BEGUN),
    "recordings:deposit_sound": Route(owner="expert", object=_READY),
    "recordings:deposit_again": Route(owner="expert", object=_READY, get=None, post=303, data=_YES),
    "recordings:deposit_abandon": Route(owner="expert", object=_BEGUN, get=None, post=303, data=_YES),
    "recordings:deposit_send": Route(owner="expert", object=_READY, get=None, post=422),
    "recordings:deposit_sent": Route(owner="expert", object=_deposit("dep_sent_id"), shows=True),
    "recordings:tus_create": Route(owner="expert", object=_BEGUN, get=None, post=412),
    "recordings:tus": Route(owner="expert", object=_BEGUN | {"upload_id": "dep_upload_id"}, get=None, also=_UPLOAD),
    "recordings:desk_mandates": Route(owner="records", shows=True),
    "recordings:mandate_announce": Route(owner="records", post=422, shows=True),
    "recordings:mandate_import": Route(owner="records", post=422),
    "recordings:desk_mandate": Route(owner="records", object=_MANDATE, shows=True),
    "recordings:mandate_confirm": Route(owner="records", object=_MANDATE, get=None, post=303),
    "recordings:mandate_waive": Route(owner="records", object=_MANDATE, post=422),
    "recordings:waiver_revoke": Route(owner="records", object=_WAIVER, get=None, post=422),
    "recordings:waiver_document": Route(owner="records", object=_WAIVER),
    "recordings:redeposit": Route(owner="records", object=_deposit("dep_sent_id"), post=422),
}
