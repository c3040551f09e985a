"""The pages over HTTP: what they cost, and what they answer when somebody else was faster."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet import storage
from guichet.casework.models import AttachmentState
from guichet.invoices.actions import deciding, notes, objections, payment
from guichet.invoices.models import Invoice
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import PDF, beneficiary, draft, opened, sent, to_correct


@pytest.fixture
def us(browser, anna):
    return browser(anna)


@pytest.fixture
def agent(browser, desk):
    return browser(desk.agent)


def page(invoice, name=""):
    return f"/vs/factures/{invoice.pk}/{name}"


def token(client, invoice):
    """What the confirmation's button posts."""
    html = client.get(page(invoice, "confirmer/")).content.decode()
    return re.findall(r'name="token" value="([^"]+)"', html)[0]


def confirmed(client, invoice):
    return client.post(page(invoice, "confirmer/"), {"token": token(client, invoice)})


@pytest.mark.proves("PERF-02")
def test_lists_cost_at_most_six_statements(us, agent, anna, desk, vs, django_assert_max_num_queries):
    """Of which four know the space and the login."""

    def costs():
        for client, path in ((us, "guichet/"), (us, "beneficiaires/"), (agent, "bureau/")):
            with django_assert_max_num_queries(6):
                assert client.get(f"/vs/{path}").status_code == 200

    sent(by=anna)
    costs()
    for _ in range(3):
        draft(by=anna)
        sent(by=anna)
    costs()


@pytest.mark.proves("PERF-02", "PERF-03")
def test_pages_cost_at_most_twelve_statements(us, anna, desk, django_assert_max_num_queries):
    begun, done, back = draft(by=anna), sent(by=anna), to_correct(by=anna, agent=desk.agent)
    for client, path, most in (
        (us, page(begun, "saisie/"), 10),
        (us, page(begun, "confirmer/"), 12),
        (us, page(done), 12),
        (us, page(done, "envoyee/"), 12),
        (us, page(done, "pdf/"), 12),
        (us, page(back, "saisie/"), 12),
    ):
        with django_assert_max_num_queries(most, info=path):
            assert client.get(path).status_code == 200, path


@pytest.mark.proves("PERF-02")
def test_a_review_costs_at_most_twelve_statements(vs, browser, anna, desk):
    """With everything there can be around it, its entry of the audit included; waiting for its second agent too."""
    whom = beneficiary(by=anna)
    decision = factories.granted(whom, ("nights", "total", "500"), ("hours", "year", "90"), by=desk.agent)
    others = [sent(by=anna, whom=whom) for _ in range(3)]
    seen = opened(by=anna, agent=desk.agent, whom=whom)
    notes.add_note(seen, text="Rappeler le foyer.", by=desk.agent)
    objections.object_to(seen, version_no=1, text="Je n'y étais pas.", by=factories.insured(vs, whom))
    shown, statements = asked(browser(desk.administrator), seen)
    assert [word in shown for word in (decision.number, others[0].number, "Rappeler", "Je n&#x27;y étais")] == [
        True
    ] * 4
    assert len(statements) <= 12, statements
    vs.configuration |= {"four_eyes_above": 1}
    vs.save()
    second = opened(by=anna, agent=desk.agent, whom=whom)
    deciding.accept(second, version_no=1, by=desk.agent)
    shown, statements = asked(browser(desk.administrator), second)
    assert (len(statements) <= 12, "Donner le second visa" in shown) == (True, True), statements


def asked(client, invoice):
    """The page of a review, and its statements without the savepoints that a test's own transaction makes of others."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/vs/bureau/factures/{invoice.pk}/")
    assert answer.status_code == 200
    return answer.content.decode(), [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]


@pytest.mark.proves("FRM-03", "FRM-05")
def test_a_double_click_sends_once_and_says_the_same(us, anna):
    invoice = draft(by=anna)
    posted = {"token": token(us, invoice)}
    answers = [us.post(page(invoice, "confirmer/"), posted) for _ in range(3)]
    assert {(answer.status_code, answer.url) for answer in answers} == {(303, page(invoice, "envoyee/"))}
    assert invoice.versions.count() == 1


@pytest.mark.proves("FRM-05")
def test_the_back_button_finds_it_sent(us, anna):
    invoice = draft(by=anna)
    old = token(us, invoice)
    assert confirmed(us, invoice).status_code == 303
    answer = us.post(page(invoice, "confirmer/"), {"token": old})
    assert (answer.status_code, invoice.versions.count()) == (303, 1)
    assert us.get(page(invoice, "confirmer/")).status_code == 302


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("posted", ["", "x", "a:b:c"])
def test_nothing_is_sent_without_the_confirmation(us, anna, posted):
    invoice = draft(by=anna)
    assert us.post(page(invoice, "confirmer/"), {"token": posted}).status_code == 409
    invoice.refresh_from_db()
    assert invoice.status == Status.DRAFT


@pytest.mark.proves("SEC-02")
def test_the_confirmation_of_another_invoice_sends_nothing(us, anna):
    first, second = draft(by=anna), draft(by=anna)
    assert us.post(page(second, "confirmer/"), {"token": token(us, first)}).status_code == 409
    assert Invoice.objects.filter(status=Status.DRAFT).count() == 2


@pytest.mark.proves("FRM-02", "SEC-02")
def test_an_old_tab_gets_a_conflict_and_keeps_what_was_typed(us, anna):
    invoice = draft(by=anna)
    posted = {"draft_no": str(invoice.draft_no), "remark": "premier", "do": "save"}
    assert us.post(page(invoice, "saisie/"), posted).status_code == 200
    late = us.post(page(invoice, "saisie/"), posted | {"remark": "ce que j'ai tapé"})
    invoice.refresh_from_db()
    assert (late.status_code, invoice.raw["remark"]) == (409, "premier")
    assert "ce que j&#x27;ai tapé" in late.content.decode()


@pytest.mark.proves("INV-07", "SEC-02")
def test_a_sent_invoice_is_read_only(us, anna):
    invoice = sent(by=anna)
    [document] = invoice.attachments.all()
    assert us.get(page(invoice, "saisie/")).status_code == 302
    for name in ("saisie/", "brouillon/", "supprimer/", f"pieces/{document.pk}/retirer/"):
        assert us.post(page(invoice, name), {"draft_no": "2"}).status_code == 409, name
    assert invoice.attachments.filter(removed_at=None).count() == 1


@pytest.mark.proves("INV-08", "SEC-02")
def test_the_link_of_an_old_mail_is_read_only_after_acceptance(us, anna, desk):
    invoice = factories.accepted(by=anna, agent=desk.agent)
    assert us.get(page(invoice)).status_code == 200
    assert us.post(page(invoice, "saisie/"), {"draft_no": "2"}).status_code == 409


@pytest.mark.proves("INV-28")
def test_withdrawing_after_the_office_looked_is_a_conflict(us, agent, anna):
    invoice = sent(by=anna)
    assert agent.post(f"/vs/bureau/factures/{invoice.pk}/ouvrir/").status_code == 303
    assert us.post(page(invoice, "retirer/")).status_code == 409


@pytest.mark.proves("INV-28")
def test_opening_what_was_just_withdrawn_is_no_fault(us, agent, anna):
    invoice = sent(by=anna)
    assert us.post(page(invoice, "retirer/")).status_code == 302
    answer = agent.post(f"/vs/bureau/factures/{invoice.pk}/ouvrir/", follow=True)
    assert answer.status_code == 200


@pytest.mark.proves("INV-21", "SEC-02")
def test_of_two_agents_the_second_sees_what_was_decided_and_keeps_the_words(browser, anna, desk):
    invoice = opened(by=anna, agent=desk.agent)
    path = f"/vs/bureau/factures/{invoice.pk}/decider/"
    assert browser(desk.agent).post(path, {"do": "accept", "version": "1"}).status_code == 303
    late = browser(desk.colleague).post(path, {"do": "refuse", "version": "1", "message": "Mes mots à garder"})
    assert (late.status_code, "Mes mots à garder" in late.content.decode()) == (409, True)


@pytest.mark.proves("FRM-07")
def test_a_refusal_without_reason_is_asked_again(agent, anna, desk):
    invoice = opened(by=anna, agent=desk.agent)
    answer = agent.post(f"/vs/bureau/factures/{invoice.pk}/decider/", {"do": "refuse", "version": "1", "message": " "})
    assert answer.status_code == 422


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("posted", [{}, {"do": "pay"}, {"do": "accept"}, {"do": "accept", "version": "9" * 99}])
def test_a_nonsense_decision_decides_nothing(agent, anna, desk, posted):
    invoice = opened(by=anna, agent=desk.agent)
    answer = agent.post(f"/vs/bureau/factures/{invoice.pk}/decider/", posted)
    assert answer.status_code in {409, 422}
    invoice.refresh_from_db()
    assert invoice.status == Status.IN_REVIEW


@pytest.mark.proves("FRM-09")
def test_a_document_is_downloaded_never_shown_from_our_address(us, anna, audited):
    invoice = sent(by=anna)
    [document] = invoice.attachments.all()
    answer = us.get(page(invoice, f"pieces/{document.pk}/"))
    assert (answer.content, answer["Content-Disposition"]) == (PDF, 'attachment; filename="facture.pdf"')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert audited[-1]["action"] == "invoice.attachment_read"


@pytest.mark.proves("FRM-09", "SEC-02")
@pytest.mark.parametrize("state", [AttachmentState.WAITING, AttachmentState.INFECTED])
def test_only_a_clean_document_is_served(us, agent, anna, desk, state):
    invoice = opened(by=anna, agent=desk.agent)
    invoice.attachments.update(state=state)
    [document] = invoice.attachments.all()
    for client in (us, agent):
        assert client.get(page(invoice, f"pieces/{document.pk}/")).status_code == 423
        assert client.get(page(invoice, f"pieces/{document.pk}/page/1/")).status_code == 404


@pytest.mark.proves("FRM-02", "SEC-02")
def test_the_office_gets_no_document_of_a_correction_under_way(agent, us, anna, desk):
    invoice = to_correct(by=anna, agent=desk.agent)
    added = factories.attachment(invoice, by=anna)
    path = page(invoice, f"pieces/{added.pk}/")
    assert [client.get(path).status_code for client in (us, agent)] == [200, 404]


@pytest.mark.proves("FRM-06")
def test_the_pdf_is_there_at_once_and_every_version_stays(us, anna, desk):
    invoice = to_correct(by=anna, agent=desk.agent)
    factories.send(invoice, by=anna)
    answers = [us.get(page(invoice, f"pdf/{query}")) for query in ("", "?version=1", "?version=2", "?version=x")]
    assert [(answer.status_code, answer.content[:5]) for answer in answers] == [(200, b"%PDF-")] * 4
    assert answers[0].content == answers[2].content != answers[1].content
    assert us.get(page(invoice, "pdf/?version=3")).status_code == 404


@pytest.mark.proves("FRM-06")
def test_anybody_can_verify_a_receipt_and_learns_nothing_else(client, anna):
    whom = beneficiary(by=anna, last_name="Zufferey")
    invoice = sent(by=anna, whom=whom)
    code = invoice.versions.get().receipt_code
    answer = client.get(f"/vs/verifier/{code}/")
    html = answer.content.decode()
    assert (answer.status_code, invoice.number in html) == (200, True)
    assert [secret in html for secret in ("Zufferey", whom.avs_number, "370.50", "Foyer")] == [False] * 4
    assert client.get(f"/vs/verifier/{code[:-1]}2/").status_code == 404
    typed = client.get("/vs/verifier/", {"code": code.replace("-", " ").lower()})
    assert (typed.status_code, typed.url) == (302, f"/vs/verifier/{code}/")


@pytest.mark.proves("INV-25")
def test_a_payment_file_is_fetched_by_administrators_only_and_recorded(browser, anna, desk, vs, audited):
    factories.accepted(by=anna, agent=desk.agent)
    batch = payment.make_batch(vs)
    path = f"/vs/bureau/paiements/{batch.pk}/fichier/"
    answer = browser(desk.administrator).get(path)
    assert (answer.status_code, answer.content) == (200, storage.read(batch.file))
    assert audited[-1]["action"] == "batch.file_read"
    assert [browser(who).get(path).status_code for who in (desk.agent, desk.auditor, anna)] == [403, 403, 403]


@pytest.mark.proves("INV-25")
def test_a_payment_no_batch_can_hold_is_shown_with_its_reason(browser, anna, desk):
    whom = beneficiary(by=anna, iban="DE89370400440532013000")
    invoice = factories.accepted(by=anna, agent=desk.agent, whom=whom, account="beneficiary")
    html = browser(desk.administrator).get("/vs/bureau/paiements/").content.decode()
    assert f"<li>{invoice.number}, 370.50 : compte à l&#x27;étranger</li>" in html


@pytest.mark.proves("INV-12")
def test_a_bill_is_taken_over_from_its_document(us, anna):
    invoice = draft(by=anna, supplier_number="")
    invoice.attachments.update(code={"iban": "CH4431999123000889012", "invoice_number": "F-17", "creditor": "X"})
    [document] = invoice.attachments.all()
    assert us.post(page(invoice, f"pieces/{document.pk}/reprendre/")).status_code == 303
    invoice.refresh_from_db()
    assert invoice.raw["supplier_number"] == "F-17"


@pytest.mark.proves("SEC-02")
def test_what_does_not_exist_and_what_is_somebody_elses_answer_alike(browser, anna, vs):
    stranger = browser(factories.partner(vs, "Autre foyer").manager)
    invoice = draft(by=anna)
    for name in ("", "saisie/", "confirmer/", "envoyee/", "pdf/", "pieces/liste/"):
        answers = [stranger.get(f"/vs/factures/{key}/{name}") for key in (invoice.pk, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404], name
