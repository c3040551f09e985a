"""Destruction, forwarding and hold by their pages (REC-07, REC-15)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from guichet.invoices.tests.factories import PDF
from guichet.recordings import rules
from guichet.recordings.models import DestructionRequest, Mandate, Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records, last_name="Zermatten")


def typed(recording, **changes):
    day = recording.interview_on
    known = {"interview_on": day.isoformat(), "declared_on": f"{timezone.localdate():%d.%m.%Y}"}
    return known | {"document": SimpleUploadedFile("demande.pdf", PDF)} | changes


@pytest.mark.proves("REC-15")
def test_destruction_by_the_pages_of_two_people(recording, desk, browser, vs):
    first, second = browser(desk.records), browser(factories.staff(vs, "agent", "records"))
    page = f"/vs/bureau/mandats/{recording.mandate_id}/destruction/"
    until = rules.destruction_term(recording.interview_on, vs.canton).last
    left = (until - timezone.localdate()).days
    assert f"jusqu'au {until:%d.%m.%Y} à minuit, encore {left} jours" in first.get(page).content.decode().replace(
        "&#x27;", "'"
    )
    assert first.post(page, typed(recording, document="")).status_code == 422
    early = typed(recording, declared_on=f"{timezone.localdate() - timedelta(days=1):%d.%m.%Y}")
    assert first.post(page, early).status_code == 422
    request = first.post(page, typed(recording))["Location"]
    assert first.post(page, typed(recording)).status_code == 409
    assert first.post(f"{request}executer/", {"sure": "1"}).status_code == 409
    assert second.get(request).status_code == 200
    assert second.get("/vs/bureau/destructions/").content.decode().count("Zermatten") == 1
    asks = second.post(f"{request}executer/")  # without a script, a page asks and says of whom
    assert (asks.status_code, "Zermatten" in str(asks.context["sure"].text)) == (200, True)
    assert f'name="next" value="{request}"' in asks.content.decode()  # another language: not to an act's address
    assert second.post(f"{request}executer/", {"sure": "1"}).status_code == 303
    assert second.get(f"{request}certificat/").content.startswith(b"%PDF")
    assert second.get(f"{request}document/").status_code == 200
    recording.refresh_from_db()
    assert recording.status == Status.DESTROYED
    assert second.get(f"/vs/bureau/enregistrements/{recording.pk}/").status_code == 200


@pytest.mark.proves("REC-15")
def test_hold_by_the_page_blocks_the_destruction(recording, desk, browser, vs):
    first, second = browser(desk.records), browser(factories.staff(vs, "agent", "records"))
    request = first.post(f"/vs/bureau/mandats/{recording.mandate_id}/destruction/", typed(recording))["Location"]
    hold = f"/vs/bureau/mandats/{recording.mandate_id}/blocage/"
    assert first.post(hold, {"legal_hold": "Enquête pénale"}).status_code == 303
    assert "Enquête pénale" in second.get(request).content.decode()
    assert second.post(f"{request}executer/", {"sure": "1"}).status_code == 409
    assert first.post(hold, {"legal_hold": "x" * 201}).status_code == 422
    assert Mandate.objects.get(pk=recording.mandate_id).legal_hold == "Enquête pénale"


def test_final_destruction_by_the_page(recording, desk, browser):
    page = f"/vs/bureau/mandats/{recording.mandate_id}/destruction/definitive/"
    today = f"{timezone.localdate():%d.%m.%Y}"
    client = browser(desk.records)
    wrong = {"final_on": today, "declared_on": "", "document": SimpleUploadedFile("a.pdf", PDF)}
    assert client.get(page).status_code == 200
    assert client.post(page, wrong).status_code == 422
    right = {"final_on": today, "declared_on": today, "document": SimpleUploadedFile("a.pdf", PDF)}
    assert client.get(client.post(page, right)["Location"]).status_code == 200
    assert DestructionRequest.objects.get().interview_on is None


@pytest.mark.proves("REC-07")
def test_forwarding_by_the_page(recording, desk, browser):
    factories.insurer("be", canton="BE", office_code="302")
    client, page = browser(desk.records), f"/vs/bureau/enregistrements/{recording.pk}/transmettre/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"to": "be", "reason": ""}).status_code == 422
    assert client.post(page, {"to": "vs", "reason": "x"}).status_code == 422
    there = client.post(page, {"to": "be", "reason": "Canton de domicile"})["Location"]
    shown = client.get(there).content.decode()
    assert ("(be)" in shown, "Canton de domicile" in shown) == (True, True)
    assert Recording.objects.get(pk=recording.pk).status == Status.FORWARDED
    assert client.post(page, {"to": "be", "reason": "encore"}).status_code == 409
