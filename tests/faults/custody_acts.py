"""What people do with one recording, beside a running demo: `python -m tests.faults.custody_acts ACT …`.

Prints one line of JSON. The environment is the demo's, or that of a restored backup.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.recordings.models import Recording

NOTE, REPORT, OUTCOME = "Zqnote-a-la-marge", "Zqdefaut-inaudible", "Zqsuite-convenue"


def live(recording_id: str) -> dict[str, Any]:
    """Sent, archived, heard, noted, reported on, packed for a court by the demo's own worker."""
    from guichet import storage
    from guichet.accounts.access import Actor
    from guichet.accounts.models import Membership
    from guichet.recordings.actions import court, listening, listening_marks, receiving, sending
    from guichet.recordings.holding import holder_of
    from guichet.recordings.models import CourtPackage, CourtState, Ingest
    from guichet.recordings.tests import factories, listening_scenes

    recording = _when(recording_id, lambda one: one.ingest == Ingest.READY)
    member = Membership.objects.filter(affiliation=recording.affiliation, removed_at=None).select_related("person")[0]
    expert = Actor(person=member.person, insurer=recording.insurer, role=member.role, affiliation=recording.affiliation)
    copy = storage.read(recording.copy, holder=holder_of(recording.affiliation_id))
    declared = factories.declared(spoken_end_ms=recording.duration_ms - 500)
    recording = sending.send(recording, declared=declared, by=expert)
    office = _staff(recording, "records", "listen", "court")
    receiving.archive(recording, by=office)
    recording = _recording(recording_id)
    heard, _token = listening_scenes.begun(recording, office)
    listening_marks.set_marker(heard, at_ms=1000, text=NOTE, shared=True, by=office)
    grant = listening_scenes.given(recording, office)
    by_link, _token = listening.begin_on_grant(grant, visitor=listening_scenes.NOBODY)
    report = listening_marks.report_defect(by_link, at_ms=2000, text=REPORT)
    listening_marks.settle_defect(report, outcome=OUTCOME, by=office)
    wanted = court.Wanted(ground="appeal", court="Tribunal d'essai", court_reference="S1", receiver="Jeanne Modèle")
    package = court.ask(recording, wanted=wanted, by=office)
    court.approve(package, by=_staff(recording, "court"))
    _until(lambda: CourtPackage.objects.get(pk=package.pk).state == CourtState.READY)
    return {"copy": [copy[place : place + 32].hex() for place in range(4000, len(copy) - 40, len(copy) // 5)]}


def destroy(recording_id: str) -> dict[str, Any]:
    """Asked by one person, executed by another."""
    from django.utils import timezone

    from guichet.recordings.actions import destruction
    from guichet.recordings.tests import factories

    recording = _recording(recording_id)
    first, second = _staff(recording, "records"), _staff(recording, "records")
    said = destruction.Declaration(
        declared_on=timezone.localdate(), document=factories.signed_paper(), interview_on=recording.interview_on
    )
    request = destruction.ask(recording.mandate, said=said, by=first)
    destruction.execute(request, by=second)
    return {"status": _recording(recording_id).status}


def look(recording_id: str) -> dict[str, Any]:
    """What somebody with this database, this store and these keys can still read of it."""
    from guichet import storage
    from guichet.recordings.models import CourtPackage, DefectReport, Marker

    recording = _recording(recording_id)
    package = CourtPackage.objects.select_related("image").get(recording=recording)
    found: dict[str, Any] = {"status": recording.status, "name": recording.file_name}
    for name, obj in (("original", recording.original), ("copy", recording.copy), ("image", package.image)):
        try:
            found[name] = len(storage.read(obj)) if obj else 0
        except storage.Destroyed:
            found[name] = 0
    related = "recording__original"
    found["notes"] = [one.words for one in Marker.objects.filter(recording=recording).select_related(related)]
    reports = DefectReport.objects.filter(recording=recording).select_related(related)
    found["reports"] = [words for one in reports for words in (one.words, one.outcome_words)]
    found["history"] = list(recording.events.order_by("at").values_list("act", flat=True))
    return found


def _staff(recording: Recording, *rights: str) -> Actor:
    """Somebody new at the office."""
    from guichet.accounts.models import Person, StaffRole
    from guichet.accounts.tests import invented

    name = uuid.uuid4().hex
    who = Person.objects.create(
        email=f"{name}@office.example", first_name="Nora", last_name="Exemple", mobile="+41790000001", password="!"
    )
    return invented.staff(recording.insurer, StaffRole.AGENT, *rights, who=who)


def _recording(recording_id: str) -> Recording:
    from guichet.recordings.models import Recording

    related = ("mandate__affiliation", "affiliation", "insurer", "original", "copy", "peaks")
    found: Recording = Recording.objects.select_related(*related).get(pk=recording_id)
    found.mandate.insurer = found.insurer
    return found


def _when(recording_id: str, is_ready: Any) -> Recording:
    _until(lambda: is_ready(_recording(recording_id)))
    return _recording(recording_id)


def _until(is_so: Any) -> None:
    end = time.monotonic() + timedelta(minutes=3).total_seconds()
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


def _main(act: str, *arguments: str) -> None:
    django.setup()
    from guichet.tenancy.context import tenant
    from guichet.tenancy.models import Insurer

    with tenant(Insurer.objects.get(slug="vs").pk):
        print(json.dumps({"live": live, "destroy": destroy, "look": look}[act](*arguments)))  # noqa: T201


if __name__ == "__main__":
    _main(*sys.argv[1:])
