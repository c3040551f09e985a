"""What the edges of a declaration are: days that cannot be, papers that miss, whose word it is, what it reaches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guichet import storage
from guichet.recordings.actions import court, deposits, destruction, forwarding
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import Destroyed, Incomplete, NotPossible, TooLate
from guichet.recordings.models import DefectReport, DestructionRequest, Mandate, Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.test_destruction import asked, declaration
from guichet.recordings.tests.test_insured import insured
from guichet.storage.destruction_list import listed
from guichet.storage.models import StoredObject
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.proves("REC-15")


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


def refused(mandate, said, by):
    with pytest.raises(Incomplete) as found:
        destruction.ask(mandate, said=said, by=by)
    return found.value.missing


def test_declaration_is_neither_older_than_its_interview_nor_to_come(recording, desk):
    today, mandate = timezone.localdate(), recording.mandate
    with pytest.raises(TooLate):
        destruction.ask(mandate, said=declaration(today, declared_on=today - timedelta(days=1)), by=desk.records)
    late = declaration(today, declared_on=today + timedelta(days=1))
    assert refused(mandate, late, desk.records) == ["declared_on"]
    assert DestructionRequest.objects.count() == 0


def test_decision_in_force_is_the_offices_word_of_a_day_before_the_declaration(recording, desk, vs):
    today, mandate = timezone.localdate(), recording.mandate
    for said in (
        declaration(None, final_on=today + timedelta(days=1)),
        declaration(None, final_on=today, declared_on=today - timedelta(days=1)),
    ):
        assert refused(mandate, said, desk.records) == ["final_on"]
    lucie = insured(vs, mandate.avs_number)
    with pytest.raises(NotYours):  # in her account she has the ten days, and no decision to speak of
        destruction.ask(mandate, said=declaration(None, final_on=today, document=None), by=lucie)


def test_late_request_of_her_own_account_is_not_admitted_by_herself(doctor, desk, vs):
    day = timezone.localdate() - timedelta(days=20)
    mandate = factories.archived(by=doctor, agent=desk.records, interview_on=day).mandate
    said = declaration(day, document=None, admission="restitution", admission_note="Hôpital")
    with pytest.raises(TooLate):
        destruction.ask(mandate, said=said, by=insured(vs, mandate.avs_number))


def test_each_destruction_names_the_article_it_stands_on(recording, desk, vs, audited):
    final = declaration(None, final_on=timezone.localdate())
    request = destruction.ask(recording.mandate, said=final, by=desk.records)
    DefectReport.objects.create(
        insurer=vs, recording=recording, at_ms=0, text="x", reported_at=timezone.now(), person=desk.records.person
    )
    destruction.execute(request, by=factories.staff(vs, "agent", "records"))
    told = {one["action"]: one["legal_basis"] for one in audited if "destr" in one["action"]}
    assert told == {
        "mandate.destruction_asked": "OPGA 7l al. 3",
        "recording.destruction_asked": "OPGA 7l al. 3",
        "recording.destroyed": "OPGA 7l al. 3",
        "mandate.destruction_executed": "OPGA 7l al. 3",
    }
    assert DefectReport.objects.values_list("text", "outcome").get() == ("", "")


def test_destruction_reaches_original_copy_waveform_and_image(recording, desk, vs):
    image = storage.put(b"image", insurer=vs, limit=10)
    wanted = court.Wanted(ground="appeal", court="Tribunal", court_reference="S1", receiver="Jeanne")
    package = court.ask(recording, wanted=wanted, by=factories.staff(vs, "agent", "court"))
    type(package).objects.filter(pk=package.pk).update(image=image)
    destruction.execute(asked(recording, desk), by=factories.staff(vs, "agent", "records"))
    held = {recording.original_id, recording.copy_id, recording.peaks_id, image.pk}
    gone = StoredObject.objects.filter(pk__in=held).exclude(destroyed_at=None)
    assert set(gone.values_list("pk", flat=True)) == held


@pytest.mark.proves("REC-07")
def test_forwarding_takes_hold_history_and_image_along_office_after_office(recording, desk, vs):
    codes = {"be": "302", "ge": "325"}
    be, ge = (factories.insurer(slug, canton=slug.upper(), office_code=code) for slug, code in codes.items())
    destruction.hold(recording.mandate, reason="Enquête", by=desk.records)
    image = storage.put(b"image", insurer=vs, limit=10)
    wanted = court.Wanted(ground="appeal", court="Tribunal", court_reference="S1", receiver="Jeanne")
    package = court.ask(recording, wanted=wanted, by=factories.staff(vs, "agent", "court"))
    type(package).objects.filter(pk=package.pk).update(image=image)
    first = forwarding.forward(recording, to=be, reason="Berne", by=desk.records)
    assert StoredObject.objects.get(pk=image.pk).destroyed_at is not None
    with tenant(be.pk):
        at_berne = Recording.objects.select_related("mandate", "arrival").get(pk=first.arrived_as)
        assert at_berne.mandate.legal_hold == "Enquête"
        places = at_berne.arrival.former
        second = forwarding.forward(at_berne, to=ge, reason="Genève", by=factories.staff(be, "agent", "records"))
    with tenant(ge.pk):
        at_geneva = Recording.objects.select_related("mandate", "arrival").get(pk=second.arrived_as)
        offices = [office for _at, _act, office in at_geneva.arrival.history]
        assert (offices[0], offices[-1]) == (vs.name_fr, be.name_fr)
        assert at_geneva.arrival.former[: len(places)] == places
        assert Mandate.objects.get().legal_hold == "Enquête"


def test_request_that_was_executed_or_of_another_office_is_not_executed(recording, desk, vs):
    request, second = asked(recording, desk), factories.staff(vs, "agent", "records")
    be = factories.insurer("be", canton="BE", office_code="302")
    with tenant(be.pk):
        stranger = factories.staff(be, "agent", "records")
    with pytest.raises(NotPossible):
        destruction.execute(request, by=stranger)
    destruction.execute(request, by=second)
    recording.refresh_from_db()
    assert recording.status == Status.DESTROYED


@pytest.mark.proves("REC-07")
def test_destruction_lists_every_place_the_sound_ever_had(
    recording, desk, vs, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.DESTRUCTION_LIST = tmp_path / "list.jsonl"
    codes = {"be": "302", "ge": "325"}
    ways = [factories.insurer(slug, canton=slug.upper(), office_code=code) for slug, code in codes.items()]
    at, here, places = recording, desk.records, {(vs.pk, str(recording.original_id))}
    for office in ways:
        with tenant(here.insurer.pk):
            sent = forwarding.forward(at, to=office, reason="Domicile", by=here)
        with tenant(office.pk):
            at = Recording.objects.select_related("mandate").get(pk=sent.arrived_as)
            here = factories.staff(office, "agent", "records")
        places.add((office.pk, str(at.original_id)))
    with tenant(ways[-1].pk), django_capture_on_commit_callbacks(execute=True):
        request = destruction.ask(at.mandate, said=declaration(at.interview_on), by=here)
        destruction.execute(request, by=factories.staff(ways[-1], "agent", "records"))
    assert {(one.insurer, one.object) for one in listed()} >= places


def test_request_about_all_interviews_stops_a_deposit_of_any_of_them(recording, doctor, desk):
    destruction.ask(recording.mandate, said=declaration(None, final_on=timezone.localdate()), by=desk.records)
    day_before = recording.interview_on - timedelta(days=1)
    with pytest.raises(Destroyed):
        deposits.begin(recording.mandate, interview_on=day_before, by=doctor)
