"""An archived recording of somebody called like the canary, opened, heard, marked, complained about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.recordings.actions import grants, listening, listening_access, listening_marks
from guichet.recordings.models import Listening
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import NOBODY, begun, wanted

if TYPE_CHECKING:
    from tests.adversarial.world import World

CANARY = "Zqcanary"


def build(world: World) -> None:
    """Everything of it by the real actions."""
    office, hearer = world.actors["administrator"], world.actors["listener_agent"]
    doctor = factories.expert(world.vs, f"Dr {CANARY}")
    named = {"last_name": CANARY, "first_name": CANARY}
    recording = factories.archived(by=doctor, agent=office, **named)
    heard, _token = begun(recording, hearer, case=CANARY)
    marker = listening_marks.set_marker(heard, at_ms=1000, text=CANARY, shared=True, by=hearer)
    asked = {"name": CANARY, "case_reference": CANARY, "email": "zqcanary.grant@personne.example"}
    given = grants.give(
        recording, wanted=wanted(kind="authorised", **asked), document=factories.signed_paper(), by=office
    )
    by_link, _token = listening.begin_on_grant(given, visitor=NOBODY)
    report = listening_marks.report_defect(by_link, at_ms=2000, text=CANARY)
    token = "k" * grants.TOKEN_LENGTH
    linked = grants.give(recording, wanted=wanted(**asked), by=office)
    type(linked).objects.filter(pk=linked.pk).update(token_hash=listening_access.token_hash(token))
    world.ids |= {
        "recording_id": recording.pk,
        "sent_recording_id": factories.sent(by=doctor, **named).pk,
        "listening_id": heard.pk,
        "listener_listening_id": Listening.objects.get(grant=given).pk,
        "marker_id": marker.pk,
        "grant_id": given.pk,
        "report_id": report.pk,
        "listening_token": token,
    }
