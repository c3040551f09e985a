"""Less typing: the same invoice again, last month, lines of the clipboard, people from a list, electronic invoices."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from guichet import readers
from guichet.invoices import checking
from guichet.invoices.actions import drafts, electronic, imports, quick
from guichet.invoices.actions.beneficiaries import AlreadyThere
from guichet.invoices.models import Beneficiary, Decision, ImportRun, Invoice
from guichet.invoices.tests import factories
from guichet.kernel import dates

PEOPLE = "Nom;Prénom;Rue;N°;NPA;Localité;Date de naissance;Sexe;N° assuré;Numéro de décision;Description"


def person_row(number, *, last="Exemple", sex="F", decision=""):
    return f"{last};Zoë;Rue du Test;3b;1950;Sion;5.11.1980;{sex};{number};{decision};Logopédie"


def looked(lines, by):
    return imports.look_at_people(data="\n".join([PEOPLE, *lines]).encode("cp1252"), name="liste.csv", by=by)


@pytest.mark.proves("FRM-10")
def test_the_same_again_has_everything_but_dates_and_what_belongs_to_one_bill(anna):
    invoice = factories.sent(by=anna, payment_reference="")
    draft = quick.duplicate(invoice, documents=False, by=anna)
    kept = dict(invoice.raw)
    for name in ("period_from", "period_to", "supplier_date", "supplier_number", "payment_reference", "save_decision"):
        kept.pop(name, None)
    kept["lines"] = [{name: text for name, text in line.items() if name != "on"} for line in kept["lines"]]
    assert draft.raw == kept
    assert (draft.status, draft.attachments.count(), draft.beneficiary) == ("draft", 0, invoice.beneficiary)


@pytest.mark.proves("FRM-10")
def test_its_documents_are_copies_with_bytes_of_their_own(anna):
    invoice = factories.sent(by=anna)
    draft = quick.duplicate(invoice, documents=True, by=anna)
    (old,), (new,) = invoice.attachments.all(), draft.attachments.all()
    assert (new.name, new.state, new.stored.sha256) == (old.name, old.state, old.stored.sha256)
    drafts.detach(new, by=anna)
    old.stored.refresh_from_db()
    assert old.stored.destroyed_at is None


@pytest.mark.proves("FRM-10")
def test_the_last_one_of_a_person_is_the_latest_that_was_sent(anna, browser):
    whom = factories.beneficiary(by=anna)
    factories.sent(by=anna, whom=whom)
    last = factories.sent(by=anna, whom=whom, remark="La dernière")
    factories.draft(by=anna, whom=whom)
    there = reverse("invoices:duplicate_last", args=["vs", whom.pk])
    response = browser(anna).post(there, {"documents": "1"})
    draft = Invoice.objects.get(pk=response["Location"].split("/")[-3])
    assert (draft.raw["remark"], draft.attachments.count()) == ("La dernière", last.attachments.count())


@pytest.mark.proves("FRM-10")
def test_last_month_fills_the_first_and_the_last_day(anna, browser):
    draft = drafts.open_draft(code="318.632", by=anna)
    page = reverse("invoices:entry", args=["vs", draft.pk])
    browser(anna).post(page, {"do": "last-month", "draft_no": "1", "remark": "Bonjour"})
    draft.refresh_from_db()
    month = dates.previous_month(timezone.localdate())
    said = (draft.raw["period_from"], draft.raw["period_to"], draft.raw["remark"])
    assert said == (dates.format_date(month.start), dates.format_date(month.end), "Bonjour")


@pytest.mark.proves("FRM-10")
def test_after_sending_the_next_one_can_be_typed(anna, browser):
    invoice = factories.draft(by=anna)
    client = browser(anna)
    page = client.get(reverse("invoices:confirm", args=["vs", invoice.pk])).content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]
    there = reverse("invoices:confirm", args=["vs", invoice.pk])
    response = client.post(there, {"token": token, "then": "next"})
    invoice.refresh_from_db()
    following = Invoice.objects.exclude(pk=invoice.pk).get()
    assert (invoice.status, following.status) == ("in_review", "draft")
    assert response["Location"] == reverse("invoices:entry", args=["vs", following.pk])


PASTED = "Date\tDescription\tTarif\tUnité\tQuantité\tNotes\n05.05.26\tLogopédie\tCHF 1'145.50\theure\t2\tx\n"


@pytest.mark.proves("INV-14")
def test_pasted_lines_are_shown_with_their_faults_and_then_inserted(anna, browser):
    draft = factories.draft(by=anna, attached=False)
    client, there = browser(anna), reverse("invoices:paste", args=["vs", draft.pk, "lines"])
    assert client.get(there).status_code == 200
    preview = client.post(there, {"text": PASTED + "6.5.26\tRapport\tgratuit\tforfait\t1\n", "do": "preview"})
    assert [select.value for select in preview.context["selects"]] == [
        "on", "description", "price", "unit", "quantity", "",
    ]  # fmt: skip
    faulty = [cell["label"] for line in preview.context["lines"] for cell in line["cells"] if cell["errors"]]
    assert faulty == ["Tarif"]
    answer = client.post(there, {"text": PASTED, "do": "insert"})
    draft.refresh_from_db()
    assert answer.status_code == 303
    assert (len(draft.raw["lines"]), draft.raw["lines"][-1]["price"]) == (3, "CHF 1'145.50")
    line = checking.check(draft, by=anna).answers.lines[-1]
    assert (str(line.amount), line.unit) == ("2291.00", "hour")


@pytest.mark.proves("INV-14")
def test_columns_without_titles_are_what_the_person_says(anna, browser):
    draft = factories.draft(by=anna, attached=False)
    there = reverse("invoices:paste", args=["vs", draft.pk, "lines"])
    wish = {"text": "12.5\tRapport", "do": "insert", "map-0": "price", "map-1": "description"}
    browser(anna).post(there, wish)
    draft.refresh_from_db()
    assert draft.raw["lines"][-1] == {"price": "12.5", "description": "Rapport"}


@pytest.mark.proves("INV-14")
@pytest.mark.parametrize("text", ["", "\0", "x" * 150_000, "a\n" * 500, "%PDF-1.7", '"' * 999])
def test_a_hostile_clipboard_is_answered_in_words(text, anna, browser):
    draft = factories.draft(by=anna, attached=False)
    there = reverse("invoices:paste", args=["vs", draft.pk, "lines"])
    assert browser(anna).post(there, {"text": text, "do": "insert"}).status_code < 500


@pytest.mark.proves("INV-29")
def test_people_and_their_decisions_are_added_in_one_go(anna):
    one, two = factories.avs_number(), factories.avs_number()
    rows = [person_row(one, decision="32320260001234"), person_row(one, decision="32320260001235")]
    run = looked([*rows, person_row(two, last="Autre", sex="homme")], anna)
    assert (run.faults, run.units) == (0, 2)
    imports.confirm_people(run, wish=imports.KEEP, replaced=frozenset(), by=anna)
    people = Beneficiary.objects.order_by("last_name")
    assert [(who.last_name, who.first_name, who.sex) for who in people] == [
        ("Autre", "Zoë", "m"),
        ("Exemple", "Zoë", "f"),
    ]
    assert sorted(Decision.objects.values_list("number", flat=True)) == ["32320260001234", "32320260001235"]


@pytest.mark.proves("INV-29")
def test_every_fault_of_a_list_of_people_is_told_at_its_cell(anna):
    one = factories.avs_number()
    rows = [
        person_row("756.9999.9999.99"),
        person_row(one).replace("5.11.1980", "31.02.1980"),
        person_row(factories.avs_number(), sex="x"),
        person_row(factories.avs_number(), decision="12"),
        person_row(one),
        person_row(one, last="Pasmoi"),
    ]
    run = looked(rows, anna)
    assert [fault.address for fault in imports.plan_of(run).faults] == ["I2", "G3", "H4", "J5", "I7"]
    with pytest.raises(imports.NotConfirmable):
        imports.confirm_people(run, wish=imports.KEEP, replaced=frozenset(), by=anna)
    assert Beneficiary.objects.count() == 0


@pytest.mark.proves("INV-29")
@pytest.mark.parametrize(
    "wish, other, expected", [("keep", (), "Avant"), ("replace", (), "Exemple"), ("keep", (1,), "Exemple")]
)
def test_who_is_known_is_kept_or_replaced_as_chosen(wish, other, expected, anna):
    known = factories.beneficiary(by=anna, last_name="Avant")
    run = looked([person_row(known.avs_number, decision="32320260001234")], anna)
    imports.confirm_people(run, wish=wish, replaced=frozenset(other), by=anna)
    known.refresh_from_db()
    assert (known.last_name, known.decisions.count(), Beneficiary.objects.count()) == (expected, 1, 1)


@pytest.mark.proves("INV-29")
def test_who_was_added_by_hand_meanwhile_stops_the_whole_file(anna):
    one, two = factories.avs_number(), factories.avs_number()
    run = looked([person_row(one), person_row(two)], anna)
    factories.beneficiary(by=anna, avs_number=two)
    with pytest.raises(AlreadyThere):
        imports.confirm_people(run, wish=imports.KEEP, replaced=frozenset(), by=anna)
    assert (Beneficiary.objects.count(), ImportRun.objects.get().state) == (1, "ready")


XML = """<request xmlns="http://www.forum-datenaustausch.ch/invoice" language="fr">
<payload type="invoice"><invoice request_timestamp="1" request_date="2026-06-02T00:00:00" request_id="F-12"/>
<body role="therapist" place="practice"><remark>Mai</remark><tiers_garant>
<patient gender="female" birthdate="2004-02-02T00:00:00" ssn="{ssn}"><person><familyname>Exemple</familyname>
<givenname>Zoë</givenname><postal><street>Rue du Test 3b</street><zip>1950</zip><city>Sion</city></postal></person>
</patient><balance currency="CHF" amount="{due}" amount_due="{due}"/></tiers_garant>
<esrQR iban="{iban}" reference_number=""/><ivg case_id="32320260001234" ssn="{ssn}"/>
<treatment date_begin="2026-05-01T00:00:00" date_end="2026-05-31T00:00:00" canton="VS" reason="disease"/>
<services><service tariff_type="999" code="L1" name="Logopédie" quantity="2" date_begin="2026-05-05" amount="290.00"/>
<service tariff_type="999" code="R" name="Rabais" quantity="1" date_begin="2026-05-06" amount="-10.00"/></services>
</body></payload></request>"""


@pytest.mark.proves("INV-12")
def test_an_electronic_invoice_fills_the_form(anna, company):
    whom = factories.beneficiary(by=anna)
    data = XML.format(ssn=whom.avs_number, due="280.00", iban=company.account.iban).encode()
    draft = electronic.open_from_xml(data=data, name="facture.xml", by=anna)
    assert draft.raw == {
        "beneficiary": str(whom.pk),
        "account": f"company:{company.account.pk}",
        "decision": "32320260001234",
        "period_from": "01.05.2026",
        "period_to": "31.05.2026",
        "service": "medical",
        "supplier_number": "F-12",
        "supplier_date": "02.06.2026",
        "remark": "Mai",
        "lines": [
            {
                "on": "05.05.2026",
                "description": "Logopédie",
                "quantity": "2",
                "unit": "piece",
                "price": "145.00",
                "tariff": "999 L1",
            }
        ],
    }
    said = electronic.said_of(draft)["missing"]
    assert len(said) == 2
    assert [text for text in said if "Rabais" in text and "-10.00" in text] == said[:1]


@pytest.mark.proves("INV-12")
def test_an_unknown_person_and_account_are_told_and_the_person_is_offered(anna, browser):
    number = factories.avs_number()
    data = XML.format(ssn=number, due="290.00", iban=factories.iban()).encode()
    draft = electronic.open_from_xml(data=data, name="facture.xml", by=anna)
    assert (draft.raw.get("beneficiary"), draft.raw["account"]) == (None, "")
    client = browser(anna)
    page = client.get(reverse("invoices:taken", args=["vs", draft.pk]))
    assert page.context["person"]["house_no"] == "3b"
    form = client.post(
        reverse("invoices:beneficiary_add", args=["vs"]), {**page.context["person"], "add_decision": "1"}
    )
    assert 'value="Exemple"' in form.content.decode()


@pytest.mark.proves("INV-12")
@pytest.mark.parametrize("data", [b"<a/>", b"<request/>", b"not xml", b"<!DOCTYPE a><a/>"])
def test_what_is_no_electronic_invoice_is_refused(data, anna):
    with pytest.raises(readers.Unreadable):
        electronic.open_from_xml(data=data, name="x.xml", by=anna)


def test_a_file_is_uploaded_looked_at_and_confirmed_on_the_pages(anna, browser):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, there = browser(anna), reverse("invoices:imports", args=["vs"])
    assert client.get(there).status_code == 200
    assert client.post(there, {}).status_code == 422
    assert client.post(there, {"content": "beneficiaires"}).status_code == 422
    file = SimpleUploadedFile("liste.csv", f"{PEOPLE}\n{person_row(factories.avs_number())}".encode())
    answer = client.post(there, {"content": "beneficiaires", "file": file})
    page = answer["Location"]
    assert (answer.status_code, client.get(page).status_code) == (303, 200)
    assert client.post(page, {"do": "nonsense"}).status_code == 422
    assert client.post(page, {"do": "keep"}).status_code == 303
    assert client.post(page, {"do": "keep"}).status_code == 409
    assert (client.get(page).status_code, Beneficiary.objects.count()) == (200, 1)
    broken = SimpleUploadedFile("liste.xlsx", b"PK\x03\x04")
    assert client.post(there, {"content": "318.632", "file": broken}).status_code == 422
