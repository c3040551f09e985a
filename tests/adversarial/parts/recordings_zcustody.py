"""What custody adds: packages for a court, requests of destruction, a hold, a recording of the insured person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

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
    world.actors["clerk"] = factories.staff(world.vs, StaffRole.AGENT, "court")
    doctor = factories.expert(world.vs, f"Dr {CANARY}")
    of_her = Identity.objects.get(affiliation=world.actors["insured"].affiliation)
    recording = _archived(world, doctor, avs_number=of_her.avs_number)
    world.ids |= {"cust_recording_id": recording.pk, "cust_mandate_id": recording.mandate_id}
    _packages(world, doctor, recording)
    _requests(world, doctor)
    _hers(world, doctor, recording)
    held = _archived(world, doctor)
    destruction.hold(held.mandate, reason=CANARY, by=world.actors["administrator"])


def _archived(world: World, doctor: Actor, **more: Any) -> Recording:
    office = world.actors["administrator"]
    return factories.archived(by=doctor, agent=office, last_name=CANARY, first_name=CANARY, **more)


def _packages(world: World, doctor: Actor, recording: Recording) -> None:
    """One that is asked for, one that was made."""
    wanted = court.Wanted(ground="appeal", court=f"Tribunal {CANARY}", court_reference=CANARY, receiver=CANARY)
    package, made = (
        court.ask(of, wanted=wanted, by=world.actors["clerk"]) for of in (recording, _archived(world, doctor))
    )
    court.approve(made, by=world.actors["administrator"])
    court_making.make(made.pk)
    world.ids |= {"cust_package_id": package.pk, "cust_made_id": made.pk}


def _requests(world: World, doctor: Actor) -> None:
    """One that waits, one that was executed, one that was taken back, one that was said to be a mistake."""
    office, records, today = world.actors["administrator"], world.actors["records"], timezone.localdate()

    def asked() -> DestructionRequest:
        of = _archived(world, doctor)
        paper = factories.signed_paper()
        said = destruction.Declaration(declared_on=today, document=paper, interview_on=of.interview_on)
        return destruction.ask(of.mandate, said=said, by=records)

    done, back, waiting, claimed = asked(), asked(), asked(), asked()
    destruction.execute(done, by=office)
    in_writing = withdrawal.TakenBack(reason="person", declared_on=today, document=factories.signed_paper())
    withdrawal.withdraw(back, said=in_writing, by=office)
    withdrawal.claim(claimed, reason="typing", note=CANARY, by=records)
    world.ids |= {
        "cust_request_id": waiting.pk,
        "cust_done_id": done.pk,
        "cust_back_id": back.pk,
        "cust_claimed_id": claimed.pk,
    }


def _hers(world: World, doctor: Actor, recording: Recording) -> None:
    """What the insured person asked for in her account: another interview of the same mandate."""
    yesterday = timezone.localdate() - timedelta(days=1)
    before = _archived(world, doctor, avs_number=recording.mandate.avs_number, interview_on=yesterday)
    before.mandate_id = recording.mandate_id
    before.save(update_fields=["mandate"])
    own = destruction.Declaration(declared_on=timezone.localdate(), document=None, interview_on=yesterday)
    hers = destruction.ask(recording.mandate, said=own, by=world.actors["insured"])
    world.ids |= {"cust_hers_id": hers.pk}
