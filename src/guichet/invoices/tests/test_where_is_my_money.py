"""« Où en est mon argent ? »: the expected day from real medians, one mail a day (INV-31)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from guichet.invoices.actions import delays, digests, payment, settling
from guichet.invoices.models import DigestChoice, PaymentDelay
from guichet.invoices.queries import payouts
from guichet.invoices.tasks import digests as digest_job
from guichet.invoices.tests import factories
from guichet.invoices.tests.bank import camt054, pain002

pytestmark = pytest.mark.proves("INV-31")


@pytest.fixture
def paid(anna, desk, vs):
    """`paid(days, …)`: invoices that were booked so many days after their sending, on 24.11.2026."""

    def make(*after):
        numbers = []
        for days in after:
            with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC) - timedelta(days=days), tick=False):
                numbers.append(factories.accepted(by=anna, agent=desk.agent).number)
        with time_machine.travel("2026-11-24T09:00:00Z", tick=False):
            payment.make_batch(vs)
            settling.read_message(camt054([(n, "370.50", {}) for n in numbers]), insurer=vs, by=desk.administrator)
            delays.refresh(vs)

    return make


def test_the_expected_day_is_the_median_of_this_form(paid, anna):
    paid(3, 20, 8, 9, 90)
    delay = PaymentDelay.objects.get()
    assert (delay.form_code, delay.days, delay.sample) == ("318.632", 9, 5)
    with time_machine.travel("2026-11-25T09:00:00Z", tick=False):
        invoice = factories.sent(by=anna)
        assert payouts.expected(invoice) == payouts.Expected(date(2026, 12, 4), 9, 5)


def test_four_invoices_tell_nothing(paid, anna):
    paid(3, 4, 5, 6)
    assert (PaymentDelay.objects.count(), payouts.expected(factories.sent(by=anna))) == (0, None)


def test_old_payments_are_forgotten(paid, vs):
    paid(3, 4, 5, 6, 7)
    with time_machine.travel("2027-11-25T09:00:00Z", tick=False):
        assert (delays.refresh(vs), PaymentDelay.objects.count()) == (0, 0)


def test_a_closed_invoice_expects_no_money(paid, anna, desk):
    paid(3, 4, 5, 6, 7)
    assert payouts.expected(factories.refused(by=anna, agent=desk.agent)) is None


def test_the_page_of_an_invoice_says_when_and_then_that_it_is_paid(browser, paid, anna, desk, vs):
    paid(3, 4, 5, 6, 7)
    invoice = factories.accepted(by=anna, agent=desk.agent)
    us, address = browser(anna), f"/vs/factures/{invoice.pk}/"
    assert "Versement attendu vers le" in us.get(address).content.decode()
    payment.make_batch(vs)
    answer = camt054([(invoice.number, "370.50", {})], message_id="M2")
    settling.read_message(answer, insurer=vs, by=desk.administrator)
    page = us.get(address).content.decode()
    assert ("Comptabilisé le 24.11.2026" in page, "Versement attendu" in page) == (True, False)


def test_one_mail_a_day_tells_all_changes(anna, desk, vs, mailbox):
    rejected = factories.accepted(by=anna, agent=desk.agent)
    payment.make_batch(vs)
    settling.read_message(pain002([(rejected.number, "RJCT", "AC01", "")]), insurer=vs, by=desk.administrator)
    factories.accepted(by=anna, agent=desk.agent)
    until = timezone.now() + timedelta(minutes=1)
    assert [digests.send(vs, until=until) for _ in range(2)] == [1, 0]
    mail = mailbox()[-1]
    assert mail.to == anna.person.email
    lines = [line for line in mail.text.splitlines() if line.startswith("- ")]
    assert lines == ["- Accepté : 2", "- Transmis pour paiement : 1", "- Rejeté par la Centrale : 1"]
    assert factories.beneficiary(by=anna).last_name not in mail.text


def test_who_does_not_want_it_gets_none(browser, anna, desk, vs):
    factories.accepted(by=anna, agent=desk.agent)
    us = browser(anna)
    assert us.post("/vs/versements/resume/", {"wanted": "0"}).status_code == 303
    assert (digests.is_wanted(anna), digests.send(vs, until=timezone.now() + timedelta(minutes=1))) == (False, 0)
    us.post("/vs/versements/resume/", {"wanted": "1"})
    assert (digests.is_wanted(anna), DigestChoice.objects.count()) == (True, 1)


def test_the_job_looks_back_from_the_time_of_the_insurer(anna, desk, vs, mailbox):
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        factories.accepted(by=anna, agent=desk.agent)
        digest_job(timestamp=int(datetime(2026, 11, 24, 16, 29, tzinfo=UTC).timestamp()))
        before = len(mailbox())
        digest_job(timestamp=int(datetime(2026, 11, 24, 16, 30, tzinfo=UTC).timestamp()))
        assert len(mailbox()) - before == 1
