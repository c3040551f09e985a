"""A wrong answer in an invoice has its message at the field and in the summary, alike; nothing typed is lost."""

from __future__ import annotations

import pytest

from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import OTHER, TRAVEL, draft
from guichet.invoices.tests.typed import HOSTILE, beside, posted, shown, summary


@pytest.fixture
def us(browser, anna):
    return browser(anna)


WRONG_ANSWERS = {
    OTHER: [
        ("beneficiary", "", "Le champ Bénéficiaire est obligatoire."),
        ("beneficiary", "11111111-2222-4333-8444-555555555555", "Choisissez un bénéficiaire de la liste."),
        ("account", "", "Le champ IBAN est obligatoire."),
        ("account", "company:x", "Choisissez un compte de la liste."),
        ("decision", "", "Le champ Numéro de décision est obligatoire."),
        ("decision", "3232026", None),
        ("decision_description", "D" * 200, None),
        ("remark", "R" * 2_000, None),
        ("period_from", "", "Le champ Date des prestations dispensées est obligatoire."),
        ("period_from", "31.02.2026", None),
        ("period_from", "01.01.2999", None),
        ("period_to", "hier", None),
        ("period_to", "01.04.2026", "Le dernier jour ne peut pas précéder le premier jour."),
        ("service", "", "Le champ Genre de prestation est obligatoire."),
        ("service", "massage", None),
        ("supplier_number", "N" * 200, None),
        ("supplier_date", "32.05.2026", None),
        ("payment_reference", "21 00000", None),
        ("lines-0-on", "45.05.2026", None),
        ("lines-0-description", "", "Le champ Description est obligatoire."),
        ("lines-0-quantity", "", "Le champ Quantité est obligatoire."),
        ("lines-0-quantity", "0", None),
        ("lines-0-quantity", "deux", None),
        ("lines-0-unit", "", "Le champ Unité est obligatoire."),
        ("lines-0-price", "", "Le champ Tarif est obligatoire."),
        ("lines-0-price", "12.345", None),
        ("lines-0-tariff", "T" * 200, None),
    ],
    TRAVEL: [
        ("motive", "", "Le champ Motif du voyage est obligatoire."),
        ("trips-0-on", "", "Le champ Date est obligatoire."),
        ("trips-0-on", "01.01.2999", None),
        ("trips-0-origin", "", "Le champ De est obligatoire."),
        ("trips-0-destination", "", "Le champ À est obligatoire."),
        ("trips-0-way", "", "Le champ Trajet est obligatoire."),
        ("trips-0-times", "0", None),
        ("trips-0-times", "beaucoup", None),
        ("trips-0-transport", "", "Le champ Moyen de transport est obligatoire."),
        ("trips-0-kilometres", "", "Indiquez les kilomètres parcourus en voiture."),
        ("trips-0-kilometres", "-4", None),
        ("trips-0-departure", "", "Indiquez l'heure de départ et l'heure de retour."),
        ("trips-0-departure", "25:00", None),
        ("trips-0-back", "06:00", "L'heure de retour doit suivre l'heure de départ."),
        ("trips-0-nights", "99", None),
        ("trips-0-extras", "douze", None),
        ("trips-0-extras_text", "", "Précisez la nature des frais accessoires."),
        ("trips-1-ticket", "", "Indiquez le prix du billet ou de la facture."),
        ("trips-1-companion", "", "Indiquez le nom de l'accompagnant."),
        ("trips-1-companion_ticket", "x", None),
    ],
}
CASES = [(code, *case) for code, cases in WRONG_ANSWERS.items() for case in cases]


@pytest.mark.proves("FRM-04", "ACC-02")
@pytest.mark.parametrize("code, name, typed, words", CASES)
def test_wrong_input_of_an_invoice_is_told_twice_and_kept(us, anna, code, name, typed, words):
    invoice = draft(by=anna, code=code)
    answers = posted(invoice, **{name: typed})
    response = us.post(f"/vs/factures/{invoice.pk}/saisie/", answers | {"do": "check"})

    assert response.status_code == 422
    said = beside(response, name)
    assert said == words if words else said
    assert said in summary(response)
    for other, value in answers.items():
        if other not in {"draft_no", "beneficiary", "account", "service"} and value != "on":
            assert shown(response, other) == value, other
    invoice.refresh_from_db()
    assert posted(invoice)[name] == typed


@pytest.mark.proves("FRM-04", "INV-05")
@pytest.mark.parametrize("code, count", [(OTHER, 6), (TRAVEL, 5)])
def test_an_empty_form_names_everything_that_is_missing(us, anna, code, count):
    invoice = draft(by=anna, code=code, attached=False)
    response = us.post(f"/vs/factures/{invoice.pk}/saisie/", {"draft_no": invoice.draft_no, "do": "check"})
    assert (response.status_code, len(summary(response))) == (422, count)


@pytest.mark.proves("FRM-04")
def test_a_missing_document_is_told_at_the_documents(us, anna):
    invoice = draft(by=anna, attached=False)
    response = us.post(f"/vs/factures/{invoice.pk}/saisie/", posted(invoice) | {"do": "check"})
    assert summary(response) == ["Joignez la facture ou le justificatif (PDF, JPG ou PNG)."]
    assert 'href="#attachments"' in response.content.decode()


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_texts_in_an_invoice_are_no_fault(us, anna, typed):
    invoice = draft(by=anna)
    fine = posted(invoice)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    everywhere = dict.fromkeys(fine, typed) | {"draft_no": str(invoice.draft_no), "do": "check"}
    assert us.post(here, everywhere).status_code == 422
    invoice.refresh_from_db()
    texts = dict.fromkeys(("remark", "supplier_number", "decision_description", "lines-0-description"), typed)
    again = fine | texts | {"do": "check"} | {"draft_no": str(invoice.draft_no)}
    assert us.post(here, again).status_code in {303, 422}
    assert us.post(here, again | {"draft_no": typed}).status_code in {303, 409, 422}


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize(
    "wish",
    ["add-", "add-lines-1-2", "remove-lines-999", "duplicate-nothing-0", "take-x", "detach-" + "0" * 36, "x" * 9_999],
)
def test_a_nonsense_button_saves_and_does_nothing_else(us, anna, wish):
    invoice = draft(by=anna)
    response = us.post(f"/vs/factures/{invoice.pk}/saisie/", posted(invoice) | {"do": wish})
    assert response.status_code in {200, 404}
    before = invoice.raw["lines"]
    invoice.refresh_from_db()
    assert invoice.raw["lines"] == before


@pytest.mark.proves("SEC-02")
def test_a_document_of_another_invoice_cannot_be_taken(us, anna):
    mine, other = draft(by=anna), draft(by=anna)
    strange = other.attachments.get()
    for act in ("take", "detach"):
        wish = posted(mine) | {"do": f"{act}-{strange.pk}"}
        assert us.post(f"/vs/factures/{mine.pk}/saisie/", wish).status_code == 404
    assert other.attachments.filter(removed_at=None).count() == 1


@pytest.mark.proves("FRM-02", "FRM-09")
def test_documents_come_and_go_with_everything_typed(us, anna):
    from django.core.files.uploadedfile import SimpleUploadedFile

    invoice = draft(by=anna, attached=False)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    file = SimpleUploadedFile("facture.pdf", factories.PDF, "application/pdf")
    response = us.post(here, posted(invoice, remark="Tapé avant") | {"do": "attach", "files": file})
    assert response.status_code == 303
    invoice.refresh_from_db()
    assert (invoice.raw["remark"], invoice.attachments.filter(removed_at=None).count()) == ("Tapé avant", 1)

    refused = SimpleUploadedFile("facture.exe", b"MZ", "application/pdf")
    response = us.post(here, posted(invoice, remark="Et encore") | {"do": "attach", "files": refused})
    assert response.status_code == 415
    assert len(summary(response)) == 1
    assert shown(response, "remark") == "Et encore"

    invoice.refresh_from_db()
    key = invoice.attachments.get(removed_at=None).pk
    response = us.post(here, posted(invoice, remark="Sans document") | {"do": f"detach-{key}"})
    invoice.refresh_from_db()
    assert (response.status_code, invoice.raw["remark"]) == (303, "Sans document")
    assert invoice.attachments.filter(removed_at=None).count() == 0
