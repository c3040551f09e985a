"""An expert with mandates and deposits in several states; whatever belongs to him carries the canary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.accounts.models import StaffRole
from guichet.recordings.tests import factories
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.recordings.models import Waiver
    from tests.adversarial.world import World

CANARY = "Zqcanary"


def build(world: World) -> None:
    """Mandates, an upload under way, a deposit, a recording that was sent, a waiver."""
    world.vs.systems = [*world.vs.systems, "recordings"]
    Insurer.objects.filter(pk=world.vs.pk).update(systems=world.vs.systems)
    expert = world.actors.setdefault("expert", factories.expert(world.vs, f"Dr {CANARY}"))
    office = world.actors.setdefault("records", factories.staff(world.vs, StaffRole.AGENT, "records", "listen"))
    world.actors.setdefault("other_expert", factories.expert(world.vs, "Dr Autre"))
    named = {"last_name": CANARY, "first_name": CANARY}
    begun = factories.begun(by=expert, **named)
    upload = factories.uploading(begun, by=expert, name=f"{CANARY}.mp3")
    sent = factories.sent(by=expert, **named)
    waiver: Waiver = factories.waived(by=expert, agent=office, **named)
    world.ids |= {
        "dep_mandate_id": begun.mandate_id,
        "dep_ready_id": factories.deposited(by=expert, **named).pk,
        "dep_begun_id": begun.pk,
        "dep_upload_id": upload.pk,
        "dep_sent_id": sent.pk,
        "dep_sent_mandate_id": sent.mandate_id,
        "dep_waiver_id": waiver.pk,
        "dep_waived_mandate_id": waiver.mandate_id,
    }
