"""Every wrong input has its message at the field and in the summary, in the same words, and nothing typed is lost."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from guichet.accounts.models import LoginSession
from guichet.accounts.tests.invented import avs_number
from guichet.casework import drafts
from guichet.casework.errors import Stale
from guichet.invoices.models import Beneficiary, Decision, InvoiceUnsaved
from guichet.invoices.states import EDITABLE
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import OTHER, TRAVEL, beneficiary, draft

HOSTILE = (
    "\x00",
    "\ufffe\u202e\u200b",
    "<script>alert(1)</script>",
    "'; DROP TABLE invoices_invoice; --",
    "{{ 7*7 }}{% debug %}",
    "=cmd|'/c calc'!A1",
    "9" * 5_000,
    "٣٤٥٦",
    "1e999999",
    "-0",
    "NaN",
    "é" * 2_000,
    "%00%0d%0aSet-Cookie: x=1",
)


@pytest.fixture
def us(browser, anna):
    return browser(anna)


def summary(response):
    """The words of the summary of errors."""
    found = re.search(r'id="errorsummary".*?</ul>', response.content.decode(), re.DOTALL)
    return [plain(text) for text in re.findall(r"<li>(.*?)</li>", found.group(), re.DOTALL)] if found else []


def beside(response, name):
    """What stands under a field."""
    found = re.search(rf'id="id_{re.escape(name)}_error".*?</span></span>', response.content.decode(), re.DOTALL)
    return plain(found.group().split(">", 1)[1]) if found else ""


def plain(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def shown(response, name):
    """What is in a control."""
    page = response.content.decode()
    found = re.search(rf'<(input|textarea|select)\b[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert found, name
    tag = found.group()
    if found.group(1) == "textarea":
        return html.unescape(page[found.end() :].split("</textarea>")[0]).removeprefix("\n")
    if found.group(1) == "select":
        chosen = re.search(r'<option value="([^"]*)" selected>', page[found.end() :].split("</select>")[0])
        return html.unescape(chosen.group(1)) if chosen else ""
    value = re.search(r'value="([^"]*)"', tag)
    return html.unescape(value.group(1)) if value else ""


def person(**changes):
    """A profile as it is typed."""
    typed = {
        "last_name": "Praz",
        "first_name": "Loane",
        "street": "Rue des Alpes",
        "house_no": "5",
        "postcode": "1950",
        "town": "Sion",
        "country": "CH",
        "birth_date": "12.03.1988",
        "sex": "f",
        "avs_number": avs_number(),
        "decision-0-number": "32320260001234",
        "decision-0-description": "Logopédie",
    }
    return typed | changes


QR_IBAN = "Un QR-IBAN ne convient pas à une personne : saisissez l'IBAN ordinaire du compte."
WRONG_PROFILES = [
    ("last_name", "", "Le champ Nom est obligatoire."),
    ("first_name", " ", "Le champ Prénom est obligatoire."),
    ("street", "", "Le champ Rue est obligatoire."),
    ("postcode", "", "Le champ NPA est obligatoire."),
    ("postcode", "19500", None),
    ("town", "", "Le champ Localité est obligatoire."),
    ("country", "C1", None),
    ("birth_date", "", "Le champ Date de naissance est obligatoire."),
    ("birth_date", "31.02.1988", None),
    ("birth_date", "12.03.2999", None),
    ("sex", "", "Choisissez le sexe inscrit au registre AVS."),
    ("sex", "x", "Choisissez le sexe inscrit au registre AVS."),
    ("avs_number", "", "Le champ N° assuré est obligatoire."),
    ("avs_number", "756.9999.0000.01", None),
    ("avs_number", "756.9999", None),
    ("payment_reference", "21 00000", None),
    ("payment_reference", "210000000003139471430009018", None),
    ("iban", "CH93 0076 2011 6238 5295 8", None),
    ("iban", "CH44 3199 9123 0008 8901 2", QR_IBAN),
    ("decision-0-number", "3232026", None),
    ("last_name", "N" * 200, None),
    ("house_no", "1" * 40, None),
    ("holder", "H" * 90, None),
    ("representative_name", "R" * 200, None),
    ("representative_address", "R" * 200, None),
    ("decision-0-description", "D" * 200, None),
]  # fmt: skip


@pytest.mark.proves("INV-04", "ACC-02")
@pytest.mark.parametrize("name, typed, words", WRONG_PROFILES)
def test_wrong_input_of_a_profile_is_told_twice_and_kept(us, name, typed, words):
    posted = person(**{name: typed})
    response = us.post("/vs/beneficiaires/ajouter/", posted)

    assert response.status_code == 422
    said = beside(response, name)
    assert said == words if words else said
    assert summary(response) == [said]
    for other, value in posted.items():
        if other != "sex":
            assert shown(response, other) == value, other
    assert Beneficiary.objects.count() == 0


@pytest.mark.proves("INV-04")
def test_a_minor_needs_a_representative(us):
    response = us.post("/vs/beneficiaires/ajouter/", person(birth_date="01.02.2020"))
    words = "Indiquez le représentant légal de cette personne mineure."
    assert (response.status_code, beside(response, "representative_name")) == (422, words)
    assert summary(response) == [words]


@pytest.mark.proves("INV-04")
def test_an_empty_profile_names_everything_that_is_missing(us):
    response = us.post("/vs/beneficiaires/ajouter/", {})
    assert response.status_code == 422
    assert len(summary(response)) == 8


@pytest.mark.proves("INV-03", "INV-04")
def test_a_person_the_company_already_has_is_told_at_the_number(us, anna):
    known = beneficiary(by=anna)
    response = us.post("/vs/beneficiaires/ajouter/", person(avs_number=known.avs_number))
    words = "Un bénéficiaire de votre société porte déjà ce numéro."
    assert (response.status_code, beside(response, "avs_number"), summary(response)) == (422, words, [words])


@pytest.mark.proves("FRM-09")
def test_a_refused_power_of_attorney_keeps_the_profile(us):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("procuration.pdf", b"MZ not a pdf", "application/pdf")
    response = us.post("/vs/beneficiaires/ajouter/", person() | {"power_of_attorney": file})
    assert response.status_code == 422
    assert summary(response) == [beside(response, "power_of_attorney")]
    assert shown(response, "last_name") == "Praz"


@pytest.mark.proves("INV-04")
def test_another_decision_is_asked_without_judging_the_rest(us):
    response = us.post("/vs/beneficiaires/ajouter/", person(avs_number="12", add_decision="1"))
    assert (response.status_code, summary(response)) == (200, [])
    assert shown(response, "avs_number") == "12"
    assert shown(response, "decision-1-number") == ""
    assert Decision.objects.count() == 0


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_texts_in_a_profile_are_no_fault(us, typed):
    everywhere = us.post("/vs/beneficiaires/ajouter/", dict.fromkeys(person(), typed))
    assert everywhere.status_code == 422
    names = {"last_name": typed, "decision-0-description": typed, "street": typed}
    assert us.post("/vs/beneficiaires/ajouter/", person(**names)).status_code in {303, 422}


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


def posted(invoice, **changes):
    """What the page of this draft would post."""
    fields = {"draft_no": str(invoice.draft_no)}
    for name, value in invoice.raw.items():
        if isinstance(value, list):
            fields |= {f"{name}-{index}-{part}": said for index, row in enumerate(value) for part, said in row.items()}
        else:
            fields[name] = value
    ticks = {name: "on" for name, value in fields.items() if value == "True"}
    return {name: value for name, value in (fields | ticks | changes).items() if value != "False"}


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


@pytest.mark.proves("FRM-02")
def test_the_same_words_saved_twice_at_once_are_no_conflict(anna):
    invoice = draft(by=anna)
    number, raw = invoice.draft_no, invoice.raw | {"remark": "une fois"}
    assert drafts.save(invoice, raw=raw, draft_no=number, editable=EDITABLE, by=anna) == number + 1
    assert drafts.save(invoice, raw=raw, draft_no=number, editable=EDITABLE, by=anna) == number + 1
    with pytest.raises(Stale):
        drafts.save(invoice, raw=raw | {"remark": "autre"}, draft_no=number, editable=EDITABLE, by=anna)


def end_login(**since):
    """The login has been idle, or has lasted, for so long."""
    ((column, length),) = since.items()
    LoginSession.objects.update(**{column: timezone.now() - length})


@pytest.mark.proves("ACC-10", "FRM-02")
@pytest.mark.parametrize(
    "since", [{"last_seen_at": timedelta(minutes=31)}, {"created_at": timedelta(hours=12, minutes=1)}]
)
def test_what_was_sent_after_the_login_ended_waits_for_its_author(us, browser, anna, company, since, audited):
    invoice = draft(by=anna)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    end_login(**since)
    response = us.post(here, posted(invoice, remark="Tapé trop tard") | {"do": "check"})
    assert response.status_code == 302
    assert audited[-1]["action"] == "invoice.typing_kept"
    invoice.refresh_from_db()
    assert invoice.raw["remark"] == ""

    colleague = browser(company.manager)
    assert shown(colleague.get(here), "remark") == ""
    again = browser(anna)
    page = again.get(here)
    assert shown(page, "remark") == "Tapé trop tard"
    assert "Votre saisie a été conservée" in page.content.decode()

    assert again.post(here, posted(invoice, remark="Tapé trop tard")).status_code == 200
    assert InvoiceUnsaved.objects.count() == 0
    invoice.refresh_from_db()
    assert invoice.raw["remark"] == "Tapé trop tard"


@pytest.mark.proves("ACC-10", "FRM-02")
def test_what_waits_does_not_overwrite_what_was_saved_since(us, browser, anna, company):
    invoice = draft(by=anna)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    end_login(last_seen_at=timedelta(minutes=31))
    us.post(here, posted(invoice, remark="De l'une"))
    browser(company.manager).post(here, posted(invoice, remark="De l'autre"))

    page = browser(anna).get(here)
    assert shown(page, "remark") == "De l'une"
    assert "De l&#x27;autre" in page.content.decode()


@pytest.mark.proves("ACC-10", "SEC-02")
def test_a_login_that_was_never_there_leaves_nothing_behind(client, us, anna, vs):
    invoice = draft(by=anna)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    client.cookies["guichet"] = "x" * 43
    assert client.post(here, posted(invoice, remark="De personne")).status_code == 302
    stranger = factories.partner(vs, "Autre société").collaborator
    theirs = draft(by=stranger)
    end_login(last_seen_at=timedelta(minutes=31))
    assert us.post(f"/vs/factures/{theirs.pk}/saisie/", posted(theirs)).status_code == 302
    assert InvoiceUnsaved.objects.count() == 0
