"""What custody adds: packages for a court, requests of destruction, a hold, a recording of the insured person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.accounts.models import Identity, StaffRole
from guichet.recordings.actions import court, court_making, destruction, withdrawal
from guichet.recordings.tests import factories

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.recordings.models import DestructionRequest, Recording
    from tests.adversarial.world import World

CANARY = "Zqcanary"


def build(world: World) -> None:
    """Everything of it by the real actions."""
    office, records = world.actors["administrator"], world.actors["records"]
    clerk = world.actors["clerk"] = factories.staff(world.vs, StaffRole.AGENT, "court")
    doctor = factories.expert(world.vs, f"Dr {CANARY}")

    def archived(**more: str) -> Recording:
        return factories.archived(by=doctor, agent=office, last_name=CANARY, first_name=CANARY, **more)

    def asked(by: Actor) -> DestructionRequest:
        of = archived()
        paper, today = factories.signed_paper(), of.interview_on
        said = destruction.Declaration(declared_on=today, document=paper, interview_on=today)
        return destruction.ask(of.mandate, said=said, by=by)

    of_her = Identity.objects.get(affiliation=world.actors["insured"].affiliation)
    recording = archived(avs_number=of_her.avs_number)
    wanted = court.Wanted(ground="appeal", court=f"Tribunal {CANARY}", court_reference=CANARY, receiver=CANARY)
    package = court.ask(recording, wanted=wanted, by=clerk)
    made = court.ask(archived(), wanted=wanted, by=clerk)
    court.approve(made, by=office)
    court_making.make(made.pk)
    done = asked(records)
    destruction.execute(done, by=office)
    back = withdrawal.withdraw(
        asked(records),
        said=withdrawal.TakenBack(reason="person", declared_on=timezone.localdate(), document=factories.signed_paper()),
        by=office,
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    before = factories.archived(
        by=doctor, agent=office, last_name=CANARY, avs_number=of_her.avs_number, interview_on=yesterday
    )
    before.mandate_id = recording.mandate_id
    before.save(update_fields=["mandate"])
    own = destruction.Declaration(declared_on=timezone.localdate(), document=None, interview_on=yesterday)
    hers = destruction.ask(recording.mandate, said=own, by=world.actors["insured"])
    claimed = asked(records)
    withdrawal.claim(claimed, reason="typing", note=CANARY, by=records)
    held = archived()
    destruction.hold(held.mandate, reason=CANARY, by=office)
    world.ids |= {
        "cust_recording_id": recording.pk,
        "cust_mandate_id": recording.mandate_id,
        "cust_package_id": package.pk,
        "cust_made_id": made.pk,
        "cust_request_id": asked(records).pk,
        "cust_done_id": done.pk,
        "cust_back_id": back.pk,
        "cust_hers_id": hers.pk,
        "cust_claimed_id": claimed.pk,
    }
