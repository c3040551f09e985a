"""The archive, the player and the listeners. A player's own addresses ask for the cookie of a listening: else 403."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

_RECORDING = {"recording_id": "recording_id"}
_GRANT = {"grant_id": "grant_id"}
_HEARING = {"listening_id": "listening_id"}
_BY_LINK = {"listening_id": "listener_listening_id"}
_YES = {"sure": "1"}  # to « Are you sure? »
_COOKIE = {"ticket": "s"}

ROUTES: Final[dict[str, Route]] = {
    "recordings:archive": Route(owner="administrator", shows=True),
    "recordings:recording": Route(owner="administrator", object=_RECORDING, shows=True),
    "recordings:receive": Route(
        owner="administrator", object={"recording_id": "sent_recording_id"}, get=None, post=303
    ),
    "recordings:redecode": Route(owner="administrator", object=_RECORDING, get=None, post=409),
    "recordings:listen": Route(owner="listener_agent", object=_RECORDING, post=422, shows=True),
    "recordings:grant_give": Route(owner="administrator", object=_RECORDING, post=422, shows=True),
    "recordings:defect_settle": Route(owner="administrator", object={"report_id": "report_id"}, get=None, post=422),
    "recordings:grant": Route(owner="administrator", object=_GRANT, shows=True),
    "recordings:grant_renew": Route(owner="administrator", object=_GRANT, get=None, post=422),
    "recordings:grant_revoke": Route(owner="administrator", object=_GRANT, get=None, post=303, data=_YES),
    "recordings:grant_link": Route(owner="administrator", object=_GRANT, get=None, post=302),
    "recordings:grant_document": Route(owner="administrator", object=_GRANT),
    "recordings:player": Route(owner="listener_agent", object=_HEARING, get=410),
    "recordings:marker_set": Route(owner="listener_agent", object=_HEARING, get=None, post=422),
    "recordings:marker_remove": Route(owner="listener_agent", object={"marker_id": "marker_id"}, get=None, post=302),
    "recordings:playlist": Route(object=_HEARING, fixed=_COOKIE, get=403),
    "recordings:key": Route(object=_HEARING, fixed=_COOKIE, get=403),
    "recordings:segment": Route(object=_HEARING, fixed={**_COOKIE, "number": 1}, get=403),
    "recordings:wave": Route(object=_HEARING, get=403),
    "recordings:heard": Route(object=_HEARING, get=None, post=403),
    "recordings:finish": Route(object=_HEARING, get=None, post=403),
    "recordings:pass": Route(object=_HEARING, get=None, post=403),
    "recordings:listen_link": Route(object={"token": "listening_token"}, post=302, shows=True),
    "recordings:listen_code": Route(get=410, post=410),
    "recordings:listen_code_again": Route(get=None, post=410),
    "recordings:listener_player": Route(object=_BY_LINK, get=410),
    "recordings:defect_report": Route(object=_BY_LINK, get=None, post=410),
}
