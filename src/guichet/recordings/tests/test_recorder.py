"""The server's side of the recorder: who gets it, what it says of itself, what it believes of a device (REC-01, 04)."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from guichet import storage
from guichet.recordings import partlog, shell
from guichet.recordings.actions import recorder as acts
from guichet.recordings.errors import Destroyed, NotPossible
from guichet.recordings.models import Recording, Source
from guichet.recordings.partlog import Stretch
from guichet.recordings.states import Status
from guichet.recordings.tests import factories

MINUTE = timedelta(minutes=1)


def ago(minutes):
    return timezone.now() - minutes * MINUTE


def spoken(*minutes, reason="break"):
    """Stretches by how many minutes ago they began and ended; the last one is the end."""
    pairs = list(zip(minutes[::2], minutes[1::2], strict=True))
    reasons = [reason] * (len(pairs) - 1) + ["end"]
    return [Stretch(ago(start), ago(end), why) for (start, end), why in zip(pairs, reasons, strict=True)]


def announced(mandate, *, by, stretches=None, **more):
    known = {
        "recording_id": uuid.uuid4(),
        "stretches": stretches or spoken(60, 40, 30, 1),
        "device_now": timezone.now(),
    }
    return acts.announce(mandate, by=by, **(known | more))


def body(mandate, **more):
    parts = [
        {"from": one.start.isoformat(), "to": one.end.isoformat(), "reason": one.reason}
        for one in spoken(60, 40, 30, 1)
    ]
    said = {"id": str(uuid.uuid4()), "mandate": str(mandate.pk), "now": timezone.now().isoformat(), "parts": parts}
    return json.dumps(said | more)


def post(client, said):
    return client.post("/vs/enregistreur/commencer/", said, content_type="application/json")


@pytest.mark.proves("REC-01")
def test_recorder_is_for_individual_experts(browser, doctor, clinic):
    page = browser(doctor).get("/vs/enregistreur/")
    assert (page.status_code, page["Permissions-Policy"].split(", ")[1]) == (200, "microphone=(self)")
    client = browser(clinic)
    told = client.get("/vs/enregistreur/", follow=True)
    assert told.redirect_chain == [("/vs/mandats/", 302)]
    assert "L&#x27;enregistreur est réservé aux experts individuels" in told.content.decode()
    assert client.get("/vs/enregistreur/donnees/").status_code == 403
    assert post(client, body(factories.mandate(by=clinic))).status_code == 403


def test_recorder_page_names_nobody(browser, doctor):
    factories.mandate(by=doctor, last_name="Introuvable")
    page = browser(doctor).get("/vs/enregistreur/").content.decode()
    said = [words for words in ("Introuvable", doctor.person.last_name, doctor.person.email) if words in page]
    assert (said, "csrfmiddlewaretoken" in page) == ([], False)


def test_recorder_data_are_the_mandates_of_these_days(browser, doctor, desk):
    today = timezone.localdate()
    factories.mandate(by=doctor, last_name="Passe", interview_dates=(today - timedelta(days=9),))
    factories.mandate(by=doctor, last_name="Lointain", interview_dates=(today + timedelta(days=40),))
    factories.waived(by=doctor, agent=desk.records, last_name="Renonce")
    factories.mandate(by=doctor, last_name="Prevu", first_name="Jean")
    said = browser(doctor).get("/vs/enregistreur/donnees/").json()
    assert [(one["name"], one["waived"]) for one in said["mandates"]] == [
        ("Prevu Jean", False),
        ("Renonce Lucie", True),
    ]
    assert set(said["mandates"][0]) == {"id", "name", "number", "dates", "waived"}


def test_service_worker_reaches_the_recorder_alone(browser, doctor, client, vs):
    script = client.get("/vs/enregistreur/service.js")
    assert (script.status_code, script["Service-Worker-Allowed"]) == (200, "/vs/enregistreur/")
    version = browser(doctor).get("/vs/enregistreur/")["Recorder-Version"]
    assert script.content.decode().startswith(f'const VERSION = "{version}";\nconst SHELL = "/vs/enregistreur/";\n')


def test_service_worker_knows_every_file_of_the_shell(browser, doctor):
    page = browser(doctor).get("/vs/enregistreur/").content.decode()
    asked = {part.split('"')[0].split("#")[0] for part in page.split('"/static/')[1:]}
    assert {f"/static/{name}" for name in asked} <= set(shell.files())


@pytest.mark.proves("REC-09", "UIX-03")
def test_manifest_makes_it_installable(client, vs):
    said = client.get("/vs/enregistreur/application.webmanifest").json()
    assert (said["scope"], said["start_url"], said["display"]) == ("/vs/enregistreur/",) * 2 + ("standalone",)
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}


@pytest.mark.proves("REC-04")
def test_begin_says_where_the_sound_goes_as_often_as_asked(browser, doctor):
    mandate, client = factories.mandate(by=doctor), browser(doctor)
    said = body(mandate)
    first, second = post(client, said), post(client, said)
    recording = Recording.objects.get()
    assert (first.status_code, first.json()) == (200, second.json())
    assert first.json()["endpoint"] == f"/vs/depots/{recording.pk}/fichier/"
    assert (recording.source, recording.status, len(recording.parts)) == (Source.RECORDER, Status.UPLOADING, 2)
    assert recording.interview_on == partlog.day_of(spoken(60, 40))


def test_begin_brings_the_log_up_to_date(doctor):
    mandate = factories.mandate(by=doctor)
    first = announced(mandate, by=doctor)
    again = announced(mandate, by=doctor, recording_id=first.pk, stretches=spoken(60, 40, 30, 20, 10, 1))
    assert (again.pk, len(again.parts), Recording.objects.count()) == (first.pk, 3, 1)


def test_begin_takes_the_recorders_file(browser, doctor):
    recording = announced(factories.mandate(by=doctor), by=doctor)
    upload = factories.uploading(recording, by=doctor, name="entretien.webm")
    assert storage.open_text(upload.stored, Recording.objects.get().name) == "entretien.webm"


@pytest.mark.proves("REC-05")
def test_begin_refuses_a_waived_mandate(browser, doctor, desk):
    waiver = factories.waived(by=doctor, agent=desk.records)
    answer = post(browser(doctor), body(waiver.mandate))
    assert (answer.status_code, answer.json(), Recording.objects.count()) == (409, {"why": "waived"}, 0)


def test_begin_refuses_the_mandate_of_somebody_else(browser, doctor, vs):
    assert post(browser(doctor), body(factories.mandate(by=factories.expert(vs, "Dr Autre")))).status_code == 404


def test_begin_refuses_an_id_of_another_mandate(doctor):
    first = announced(factories.mandate(by=doctor), by=doctor)
    with pytest.raises(NotPossible):
        announced(factories.mandate(by=doctor), by=doctor, recording_id=first.pk)


def test_begin_tells_a_device_that_the_destruction_was_asked_for(doctor):
    mandate = factories.mandate(by=doctor)
    first = announced(mandate, by=doctor)
    Recording.objects.filter(pk=first.pk).update(status=Status.DESTRUCTION_ASKED)
    with pytest.raises(Destroyed):
        announced(mandate, by=doctor, recording_id=first.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": []}, {"now": "hier"}, {"id": "1"}, {"extra": 1},
        {"parts": [{"from": "2026-01-01T10:00:00", "to": "2026-01-01T11:00:00", "reason": "end"}]},
        {"parts": [{"from": "9999-12-31T23:00:00Z", "to": "9999-12-31T23:30:00Z", "reason": "end"}]},
        {"parts": [{"from": "2026-11-01T10:00:00Z", "to": "2026-11-01T11:00:00Z", "reason": "soif"}]},
        {"now": "0001-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_begin_refuses_what_no_recorder_says(browser, doctor, changes):
    mandate = factories.mandate(by=doctor)
    assert post(browser(doctor), body(mandate, **changes)).status_code == 422
    assert Recording.objects.count() == 0


@pytest.mark.parametrize(
    "minutes",
    [
        (40, 60), (60, 40, 50, 1), (5, -5), (60 * 24 * 101, 60 * 24 * 101 - 10), (420, 1),
    ],
)  # fmt: skip
def test_log_refuses_times_of_no_interview(minutes):
    with pytest.raises(partlog.WrongLog):
        partlog.checked(spoken(*minutes), device_now=timezone.now(), now=timezone.now())


def test_log_puts_a_wrong_clock_right():
    hour = timedelta(hours=1)
    early = [Stretch(one.start - hour, one.end - hour, one.reason) for one in spoken(30, 10)]
    now = timezone.now()
    [right] = partlog.checked(early, device_now=now - hour, now=now)
    assert abs(right.start - ago(30)) < timedelta(seconds=5)


def test_log_is_read_with_its_interruptions():
    parts = [stretch.as_json for stretch in spoken(60, 40, 30, 1, reason="tests")]
    first, last = partlog.lines(parts)
    assert (first.reason, first.gap_minutes) == ("Tests, qui ne sont pas enregistrés (circulaire LCAI 412)", 10)
    assert (last.reason, last.gap) == ("Fin de l'entretien", None)
    assert partlog.lines([]) == []


@pytest.mark.parametrize(("seconds", "missing"), [(1200, 0), (1190, 0), (1100, 100_000)])
def test_log_notices_sound_that_is_missing(seconds, missing):
    start = ago(60)
    parts = [Stretch(start, start + timedelta(seconds=1200), "end").as_json]
    assert partlog.missing_ms(parts, seconds * 1000) == missing
