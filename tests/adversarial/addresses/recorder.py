"""The recorder, of individual experts; its worker and manifest say nothing of anybody."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

ROUTES: Final[dict[str, Route]] = {
    "recordings:recorder": Route(owner="expert"),
    "recordings:recorder_worker": Route(),
    "recordings:recorder_manifest": Route(),
    "recordings:recorder_login": Route(owner="expert", get=302),
    "recordings:recorder_data": Route(owner="expert", shows=True),
    "recordings:recorder_begin": Route(owner="expert", get=None, post=422),
}
