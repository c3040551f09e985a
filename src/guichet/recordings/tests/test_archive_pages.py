"""The office's archive by its pages: search, receipt, who heard what, markers, decoding again (REC-10, 12)."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from guichet.accounts.landing import landing
from guichet.recordings import queries
from guichet.recordings.models import Marker, Recording
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import address, begun, with_cookie

ARCHIVE = "/vs/bureau/enregistrements/"


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records, last_name="Zermatten")


def test_archive_is_for_those_who_manage_or_hear(recording, desk, browser):
    pages = {name: browser(getattr(desk, name)).get(ARCHIVE).status_code for name in ("records", "listener", "auditor")}
    assert pages == {"records": 200, "listener": 200, "auditor": 403}


@pytest.mark.proves("REC-10")
def test_archive_finds_by_mandate_person_expert_day_and_state(recording, clinic, desk, browser):
    day = timezone.localdate() - timedelta(days=3)
    other = factories.archived(by=clinic, agent=desk.records, last_name="Abgottspon", interview_on=day)
    client = browser(desk.records)

    def found(**asked):
        page = client.get(ARCHIVE, asked).content.decode()
        return [one.mandate.last_name for one in (recording, other) if f">{one.mandate.number}<" in page]

    assert found() == ["Zermatten", "Abgottspon"]
    assert found(recherche=recording.mandate.number) == ["Zermatten"]
    assert found(recherche="ABGOTTSPON") == ["Abgottspon"]
    assert found(recherche=other.mandate.avs_number[-5:]) == ["Abgottspon"]
    assert found(expert=str(clinic.affiliation.pk)) == ["Abgottspon"]
    assert found(du=f"{timezone.localdate():%d.%m.%Y}") == ["Zermatten"]
    assert found(au=f"{day:%d.%m.%Y}") == ["Abgottspon"]
    assert found(statut="sent") == []
    assert found(recherche="\0", expert="x", du="nonsense", after="%%") == []


def test_archive_pages_by_key_and_costs_the_same(recording, doctor, desk, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(import_module("guichet.recordings.queries.archive"), "PAGE", 2)
    for _ in range(4):
        factories.sent(by=doctor)
    with django_assert_num_queries(1):
        first = queries.archive(desk.records, queries.Looked())
    with django_assert_num_queries(1):
        second = queries.archive(desk.records, queries.Looked(), after=first.next)
    third = queries.archive(desk.records, queries.Looked(), after=second.next)
    back = queries.archive(desk.records, queries.Looked(), before=third.previous)
    shown = [row.pk for page in (first, second, third) for row in page.rows]
    assert len(shown) == len(set(shown)) == 5
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]
    assert (first.previous, third.next) == ("", "")


@pytest.mark.proves("REC-10")
def test_receipt_archives_and_confirms_the_mandate(doctor, desk, browser):
    recording = factories.sent(by=doctor)
    client = browser(desk.records)
    assert "ouvert par l" in client.get(address("recording", recording)).content.decode()
    assert client.post(address("receive", recording), {"number": "AI-2026-77"}).status_code == 303
    recording = Recording.objects.select_related("mandate").get(pk=recording.pk)
    assert (recording.status, recording.mandate.number) == ("archived", "AI-2026-77")
    assert client.post(address("receive", recording)).status_code == 409


@pytest.mark.proves("REC-10", "REC-12")
def test_listening_by_the_pages_asks_for_a_ground_and_sets_markers(recording, desk, browser):
    client = browser(desk.listener)
    assert client.post(address("listen", recording), {"case_reference": "RC 5"}).status_code == 422
    answer = client.post(address("listen", recording), {"ground": "appeal", "case_reference": "RC 5"})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert (page.status_code, "Recours au tribunal" in page.content.decode()) == (200, True)
    assert client.post(f"{answer['Location']}reperes/", {"at_ms": "5000", "text": ""}).status_code == 422
    typed = {"at_ms": "5000", "text": "Douleurs décrites", "shared": "on"}
    assert client.post(f"{answer['Location']}reperes/", typed).status_code == 303
    assert "Douleurs décrites" in client.get(answer["Location"]).content.decode()
    assert browser(desk.listener).get(answer["Location"]).status_code == 410  # without its cookie


@pytest.mark.proves("REC-12")
def test_markers_are_shared_or_ones_own_and_only_hearers_read_them(recording, desk, browser):
    colleague = factories.staff(recording.insurer, "agent", "listen")
    mine, shared = begun(recording, desk.listener), begun(recording, colleague)
    client = with_cookie(browser(desk.listener), mine)
    client.post(address("marker_set", mine[0]), {"at_ms": "1", "text": "à moi"})
    other = with_cookie(browser(colleague), shared)
    other.post(address("marker_set", shared[0]), {"at_ms": "2", "text": "à tous", "shared": "on"})
    assert [one.words for one in queries.markers(desk.listener, recording)] == ["à moi", "à tous"]
    assert [one.words for one in queries.markers(colleague, recording)] == ["à tous"]
    assert queries.markers(desk.administrator, recording) == []
    foreign = Marker.objects.get(shared=True)
    assert client.post(address("marker_remove", foreign)).status_code == 404
    assert other.post(address("marker_remove", foreign)).status_code == 302
    assert [one.words for one in queries.markers(colleague, recording)] == []


@pytest.mark.proves("REC-12")
def test_decoding_again_is_for_dss_and_goes_to_the_worker(recording, desk, browser, jobs):
    client = browser(desk.records)
    assert client.post(address("redecode", recording), {"how": "stream-11000"}).status_code == 409
    Recording.objects.filter(pk=recording.pk).update(media="dss-sp")
    assert client.post(address("redecode", recording), {"how": "faster"}).status_code == 409
    assert client.post(address("redecode", recording), {"how": "stream-11000"}).status_code == 303
    (job,) = jobs("recordings.redecode")
    assert (job["recording_id"], job["how"]) == (str(recording.pk), "stream-11000")


def test_grant_form_keeps_what_was_typed_and_opens(recording, desk, browser):
    client, form = browser(desk.records), address("grant_give", recording)
    assert "Lucie Zermatten" in client.get(form).content.decode()
    typed = {
        "kind": "insured",
        "name": "Lucie Z.",
        "ground": "consultation",
        "case_reference": "RC 9",
        "language": "fr",
    }
    wrong = client.post(form, typed)
    assert (wrong.status_code, "Lucie Z." in wrong.content.decode()) == (422, True)
    hers = client.post(form, typed | {"kind": "physician", "mobile": "079 123 45 67", "name": "Lucie Zermatten"})
    assert hers.status_code == 422
    assert set(hers.context["form"].errors) == {"document", "name"}  # nobody else bears her name by mistake
    opened = client.post(form, typed | {"mobile": "079 123 45 67"})
    assert opened.status_code == 302
    assert "encore 30 jours" in client.get(opened["Location"]).content.decode()
    assert client.post(f"{opened['Location']}renouveler/", {}).status_code == 422
    assert client.post(f"{opened['Location']}revoquer/").status_code == 200
    assert [client.post(f"{opened['Location']}revoquer/", {"sure": "1"}).status_code for _twice in "ab"] == [303, 409]


def test_commission_lands_in_the_archive(desk):
    commission = factories.staff(desk.records.insurer, "commission", "listen")
    assert landing(commission) == ARCHIVE
