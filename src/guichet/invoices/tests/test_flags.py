"""What the case worker sees at a glance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guichet.casework.models import AttachmentState
from guichet.invoices import queries
from guichet.invoices.actions import drafts
from guichet.invoices.duplicates import repetitions
from guichet.invoices.flags import flags_of
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import attachment, beneficiary, draft, send, sent

pytestmark = pytest.mark.proves("INV-23")

FINE = [
    ("success", "Le numéro de décision a la forme voulue."),
    ("success", "IBAN et référence de paiement vont ensemble."),
]
FIRST = ("attention", "Première facture de cette société pour cette personne.")


def said(invoice):
    version = invoice.versions.get(no=invoice.version_no)
    return [
        (flag.tone, flag.text) for flag in flags_of(invoice, version, queries.sent_files(version), repetitions(invoice))
    ]


def test_a_first_invoice_is_pointed_out_and_a_second_one_not(anna):
    whom = beneficiary(by=anna)
    first = sent(by=anna, whom=whom)
    second = sent(by=anna, whom=whom, code="318.632.1")
    assert said(first) == [FIRST, *FINE]
    assert said(second) == FINE


def test_a_decision_of_another_office_is_pointed_out_with_the_senders_answer(anna):
    invoice = draft(by=anna, decision="30120260001234")
    version = send(invoice, by=anna, **{"invoice.decision_office@decision": "Reprise du dossier"})
    flags = flags_of(invoice, version, queries.sent_files(version), repetitions(invoice))
    assert ("attention", "Le numéro de décision est d'un autre office (301).") in said(invoice)
    assert [flag.answer for flag in flags if flag.answer] == ["Reprise du dossier"]


def test_an_account_changed_lately_is_pointed_out(anna, company):
    invoice = sent(by=anna)
    for days, count in ((1, 1), (31, 0)):
        company.account.changed_at = timezone.now() - timedelta(days=days)
        company.account.save()
        invoice.refresh_from_db()
        day = f"{timezone.localtime(company.account.changed_at):%d.%m.%Y}"
        assert said(invoice).count(("attention", f"L'IBAN de la société a été modifié le {day}.")) == count


def test_a_foreign_account_is_paid_by_hand(anna):
    whom = beneficiary(by=anna, iban="DE89370400440532013000")
    assert said(sent(by=anna, whom=whom, account="beneficiary"))[0] == (
        "error",
        "Compte à l'étranger : ce versement se fait à la main, hors du lot.",
    )


BILL = {"iban": "CH4431999123000889012", "creditor": "Crèche Les Lutins", "amount": "370.50", "currency": "CHF"}


@pytest.mark.proves("INV-12")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ({"amount": "370.50"}, [("success", "Le montant est celui de la QR-facture.")]),
        ({"amount": "400.00"}, [("attention", "QR-facture : 400.00 ; demandé : 370.50.")]),
        ({"amount": ""}, []),
        ({"amount": "400.00", "currency": "EUR"}, []),
        ({"fault": "iban.check_digits", "iban": ""}, []),
    ],
)
def test_the_bill_is_compared_with_what_is_asked(anna, company, code, expected):
    invoice = draft(by=anna)
    invoice.attachments.update(code=BILL | {"iban": company.account.iban} | code)
    send(invoice, by=anna)
    assert sorted(said(invoice)) == sorted([FIRST, *FINE, *expected])


@pytest.mark.proves("INV-12")
def test_another_creditor_is_pointed_out(anna):
    invoice = draft(by=anna)
    invoice.attachments.update(code=BILL)
    send(invoice, by=anna)
    expected = "QR-facture : le créancier est Crèche Les Lutins, pas le compte choisi."
    assert ("attention", expected) in said(invoice)


@pytest.mark.proves("FRM-09")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (AttachmentState.INFECTED, ("error", "Un document contient un virus : il ne peut pas être ouvert.")),
        (AttachmentState.WAITING, ("attention", "Un document attend encore l'analyse antivirus.")),
    ],
)
def test_a_document_that_cannot_be_opened_says_why(anna, state, expected):
    invoice = sent(by=anna)
    invoice.attachments.update(state=state)
    assert said(invoice)[0] == expected


@pytest.mark.proves("FRM-02")
def test_the_flags_speak_of_what_was_sent_not_of_the_correction_under_way(anna, desk):
    invoice = factories.to_correct(by=anna, agent=desk.agent)
    before = said(invoice)
    [first] = invoice.attachments.all()
    drafts.detach(first, by=anna)
    added = attachment(invoice, by=anna)
    added.code = BILL
    added.save()
    assert said(invoice) == before
