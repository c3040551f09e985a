"""What people do on the pages without any script: each act, its answer, and what it left."""

from __future__ import annotations

import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guichet.accounts.tests.invented import avs_number
from guichet.invoices.models import Batch, Beneficiary, Decision, Invoice
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import PDF, PNG, beneficiary, draft, sent
from guichet.storage.tests.full import full_beyond

PROFILE = {
    "last_name": "Exemple",
    "first_name": "Lucie",
    "street": "Rue Inventée",
    "house_no": "12",
    "postcode": "1950",
    "town": "Sion",
    "country": "CH",
    "birth_date": "03.04.2001",
    "sex": "f",
}


@pytest.fixture
def us(browser, anna):
    return browser(anna)


def upload(data, name):
    return SimpleUploadedFile(name, data)


@pytest.mark.proves("FRM-09")
def test_several_documents_at_once_are_kept_but_for_those_refused(us, anna):
    invoice = draft(by=anna, attached=False)
    files = [upload(PDF, "facture.pdf"), upload(b"x", "note.txt"), upload(PNG, "photo.png")]
    answer = us.post(f"/vs/factures/{invoice.pk}/pieces/", {"files": files})
    assert (answer.status_code, "note.txt" in answer.content.decode()) == (415, True)
    assert sorted(invoice.attachments.values_list("name", flat=True)) == ["facture.pdf", "photo.png"]


@pytest.mark.proves("REL-04", "FRM-09")
def test_a_document_without_room_on_the_server_is_asked_for_again(us, anna):
    invoice = draft(by=anna)
    with full_beyond(0):
        answer = us.post(f"/vs/factures/{invoice.pk}/pieces/", {"files": upload(PDF, "b.pdf")})
    said = "b.pdf : il n&#x27;y a plus de place sur le serveur pour le moment. Réessayez dans quelques minutes."
    assert (answer.status_code, said in answer.content.decode(), invoice.attachments.count()) == (503, True, 1)
    assert us.post(f"/vs/factures/{invoice.pk}/pieces/", {"files": upload(PDF, "b.pdf")}).status_code == 303
    assert invoice.attachments.count() == 2


@pytest.mark.proves("FRM-09")
@pytest.mark.parametrize(("back", "place"), [("", "saisie"), ("confirm", "confirmer")])
def test_a_page_without_scripts_goes_back_to_where_it_came_from(us, anna, back, place):
    invoice = draft(by=anna, attached=False)
    answer = us.post(f"/vs/factures/{invoice.pk}/pieces/", {"files": upload(PDF, "a.pdf"), "back": back})
    assert (answer.status_code, answer.url) == (303, f"/vs/factures/{invoice.pk}/{place}/#attachments")
    [document] = invoice.attachments.all()
    answer = us.post(f"/vs/factures/{invoice.pk}/pieces/{document.pk}/retirer/", {"back": back})
    assert (answer.status_code, invoice.attachments.count()) == (303, 0)


@pytest.mark.proves("FRM-09")
def test_choosing_no_document_says_what_to_do(us, anna):
    invoice = draft(by=anna, attached=False)
    answer = us.post(f"/vs/factures/{invoice.pk}/pieces/", headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, "Choisissez un fichier PDF, JPG ou PNG." in answer.content.decode()) == (422, True)


@pytest.mark.proves("FRM-09")
def test_a_page_of_a_document_is_a_picture_made_here(us, anna):
    from PIL import Image

    invoice = draft(by=anna)
    [document] = invoice.attachments.all()
    path = f"/vs/factures/{invoice.pk}/pieces/{document.pk}/page"
    for asked, width in (("", 1000), ("?largeur=160", 160), ("?largeur=99999", 1600), ("?largeur=x", 1000)):
        answer = us.get(f"{path}/1/{asked}")
        assert (answer.status_code, Image.open(io.BytesIO(answer.content)).width) == (200, width)
    assert us.get(f"{path}/2/").status_code == 404


@pytest.mark.proves("INV-02")
def test_a_new_invoice_is_opened_for_a_person_and_thrown_away(us, anna):
    whom = beneficiary(by=anna)
    answer = us.post("/vs/factures/nouvelle/318.632/", {"beneficiary": str(whom.pk)})
    invoice = Invoice.objects.get()
    assert (answer.status_code, answer.url, invoice.beneficiary) == (302, f"/vs/factures/{invoice.pk}/saisie/", whom)
    assert us.post("/vs/factures/nouvelle/999.999/").status_code == 404
    assert us.post(f"/vs/factures/{invoice.pk}/supprimer/").status_code == 302
    assert Invoice.objects.count() == 0


@pytest.mark.proves("INV-02", "ORG-06")
def test_an_office_offers_the_forms_it_chose_and_no_others(us, vs):
    vs.configuration |= {"invoice_forms": ["318.632", "318.639"]}
    vs.save()
    page = us.get("/vs/guichet/").content.decode()
    assert re.findall(r'menu__code">([0-9.]+)<', page) == ["318.632", "318.639"]
    codes = ("318.632", "318.639", "300.001")
    assert [us.post(f"/vs/factures/nouvelle/{code}/").status_code for code in codes] == [302, 302, 404]


def test_lines_are_added_doubled_and_removed_by_buttons(us, anna):
    invoice = draft(by=anna)
    [first, second] = invoice.raw["lines"]
    seen = []
    for wish in ("add-lines", "duplicate-lines-0", "remove-lines-1", "remove-lines-9", "remove-nothing-0"):
        invoice.refresh_from_db()
        posted = {name: value for name, value in invoice.raw.items() if isinstance(value, str)}
        for index, line in enumerate(invoice.raw["lines"]):
            posted |= {f"lines-{index}-{name}": value for name, value in ({"tariff": ""} | line).items()}
        answer = us.post(f"/vs/factures/{invoice.pk}/saisie/", posted | {"draft_no": str(invoice.draft_no), "do": wish})
        assert answer.status_code == 200
        seen.append([line.get("description") for line in Invoice.objects.get().raw["lines"]])
    named = [first["description"], second["description"]]
    assert seen == [[*named, None], [named[0], *named, None], [*named, None], [*named, None], [*named, None]]


@pytest.mark.proves("INV-04")
def test_a_profile_is_added_changed_and_its_decisions_come_and_go(us):
    number = avs_number()
    decision = {"decision-0-number": "32320260001234", "decision-0-description": "Logopédie"}
    posted = PROFILE | decision | {"avs_number": number, "power_of_attorney": upload(PDF, "procuration.pdf")}
    answer = us.post("/vs/beneficiaires/ajouter/", posted)
    assert (answer.status_code, answer.url) == (303, "/vs/beneficiaires/")
    person = Beneficiary.objects.get()
    assert list(Decision.objects.values_list("number", "description")) == [("32320260001234", "Logopédie")]
    file = us.get(f"/vs/beneficiaires/{person.pk}/procuration/")
    assert (file.content, file["Content-Disposition"]) == (PDF, 'attachment; filename="procuration.pdf"')
    changed = PROFILE | {"avs_number": number, "town": "Sierre", "postcode": "3960", "decision-0-number": ""}
    assert us.post(f"/vs/beneficiaires/{person.pk}/", changed).status_code == 303
    person.refresh_from_db()
    assert (person.town, person.power_of_attorney_name, Decision.objects.count()) == ("Sierre", "procuration.pdf", 0)


@pytest.mark.proves("FRM-09")
def test_a_power_of_attorney_wants_a_scanner_now(us, settings):
    settings.CLAMD = "127.0.0.1:1"
    posted = PROFILE | {"avs_number": avs_number(), "power_of_attorney": upload(PDF, "procuration.pdf")}
    answer = us.post("/vs/beneficiaires/ajouter/", posted)
    assert (answer.status_code, Beneficiary.objects.count()) == (422, 0)
    assert "Réessayez dans quelques minutes." in answer.content.decode()


@pytest.mark.proves("INV-03")
def test_a_beneficiary_is_removed_after_a_question_or_refused_with_the_list(us, anna):
    free, used = beneficiary(by=anna), beneficiary(by=anna)
    invoice = sent(by=anna, whom=used)
    assert us.get(f"/vs/beneficiaires/{free.pk}/supprimer/").status_code == 200
    assert us.post(f"/vs/beneficiaires/{free.pk}/supprimer/").status_code == 303
    refused = us.post(f"/vs/beneficiaires/{used.pk}/supprimer/")
    assert (refused.status_code, invoice.number in refused.content.decode()) == (409, True)
    assert us.get(f"/vs/beneficiaires/{free.pk}/").status_code == 404
    assert us.get(f"/vs/beneficiaires/{uuid4()}/procuration/").status_code == 404


@pytest.mark.proves("INV-25")
def test_an_administrator_makes_a_batch_by_button(browser, anna, desk, vs):
    administrator = browser(desk.administrator)
    nothing = administrator.post("/vs/bureau/paiements/lot/", follow=True)
    assert "Aucune facture acceptée n&#x27;attend son paiement." in nothing.content.decode()
    invoice = factories.accepted(by=anna, agent=desk.agent)
    made = administrator.post("/vs/bureau/paiements/lot/", follow=True)
    batch = Batch.objects.get()
    assert made.redirect_chain == [(f"/vs/bureau/paiements/{batch.pk}/", 303)]
    assert invoice.number in made.content.decode()
    assert administrator.get(f"/vs/bureau/paiements/{uuid4()}/").status_code == 404


@pytest.mark.proves("INV-25")
def test_without_a_debtor_no_batch_is_made_and_the_page_says_so(browser, anna, desk, vs):
    factories.accepted(by=anna, agent=desk.agent)
    vs.configuration = {}
    vs.save()
    answer = browser(desk.administrator).post("/vs/bureau/paiements/lot/", follow=True)
    assert "Le compte de la Centrale n&#x27;est pas configuré" in answer.content.decode()
    assert Batch.objects.count() == 0
