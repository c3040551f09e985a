"""What people paste without seeing it: signs that are no text, and ids that are none (never a 500)."""

from guichet.recordings.actions import listening, listening_marks
from guichet.recordings.models import DefectReport
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import NOBODY, begun, given, listener_browser

UNSEEN = "\u202e\u200b"
GROWING = "\u0958" * 1000  # two signs each, once composed


def test_reference_of_the_office_is_one_clean_line(browser, doctor, desk):
    recording, client = factories.sent(by=doctor), browser(desk.records)
    address = f"/vs/bureau/enregistrements/{recording.pk}/archiver/"
    assert client.post(address, {"number": "x" * 31}).status_code == 422
    assert client.post(address, {"number": "VS\0-7\u202e\n8"}).status_code == 303
    recording.mandate.refresh_from_db()
    assert recording.mandate.number == "VS-7 8"


def test_what_was_agreed_and_what_is_wrong_is_said_in_signs_one_sees(browser, doctor, desk):
    recording = factories.archived(by=doctor, agent=desk.records)
    heard = listening.begin_on_grant(given(recording, desk.records), visitor=NOBODY)
    found, client, office = heard[0], listener_browser(heard), browser(desk.records)
    report = listening_marks.report_defect(found, at_ms=5, text="Inaudible")
    for said in (UNSEEN, GROWING):
        assert client.post(f"/vs/ecouter/lecture/{found.pk}/defaut/", {"at_ms": "5", "text": said}).status_code == 422
        assert office.post(f"/vs/bureau/defauts/{report.pk}/", {"outcome": said}).status_code == 422
    assert DefectReport.objects.get().settled_at is None


def test_marker_is_removed_whatever_the_page_says_of_itself(browser, doctor, desk):
    recording = factories.archived(by=doctor, agent=desk.records)
    found, _token = begun(recording, desk.listener)
    marker = listening_marks.set_marker(found, at_ms=5, text="ici", shared=False, by=desk.listener)
    answer = browser(desk.listener).post(f"/vs/bureau/reperes/{marker.pk}/supprimer/", {"listening": "x" * 36})
    assert (answer.status_code, answer["Location"]) == (302, f"/vs/bureau/enregistrements/{recording.pk}/")
