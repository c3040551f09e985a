"""The bank's answers, read back: paid, rejected, returned, and nothing twice (INV-25)."""

from __future__ import annotations

import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from lxml import etree

from guichet import readers, storage
from guichet.casework.errors import Overtaken
from guichet.invoices import bank_messages
from guichet.invoices.actions import deciding, payment, settling
from guichet.invoices.models import BankMessage, Invoice, Settlement, Transmission
from guichet.invoices.states import Status
from guichet.invoices.tests.bank import camt054, pain002, rejected_order
from guichet.invoices.tests.factories import accepted
from guichet.kernel.findings import Invalid
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.proves("INV-25")


@pytest.fixture
def batch(anna, desk, vs):
    for _ in range(3):
        accepted(by=anna, agent=desk.agent)
    return payment.make_batch(vs, by=desk.administrator)


@pytest.fixture
def paid_out(batch):
    return list(batch.transmissions.select_related("invoice").order_by("invoice__number"))


def states(transmissions):
    return [Invoice.objects.get(pk=one.invoice_id).status for one in transmissions]


def told(desk, vs, data):
    return settling.read_message(data, insurer=vs, by=desk.administrator)


def test_a_booked_debit_pays_its_invoice(paid_out, desk, vs, audited):
    first = paid_out[0]
    message = told(desk, vs, camt054([(first.end_to_end_id, "370.50", {"reference": "RF18539007547034"})]))
    settled = Settlement.objects.get()
    assert states(paid_out) == [Status.PAID, Status.TRANSMITTED, Status.TRANSMITTED]
    assert (settled.transmission, settled.kind, settled.amount) == (first, "paid", Decimal("370.50"))
    assert (str(settled.booked_on), settled.iban) == ("2026-11-24", first.record["account"]["iban"])
    assert (message.kind, message.paid, message.rejected, message.left_alone) == ("camt.054", 1, 0, [])
    assert audited[-1]["action"] == "bank_message.read"
    assert first.invoice.events.order_by("-at")[0].act == "paid"


def test_another_amount_than_asked_is_kept_as_it_was_booked(paid_out, desk, vs):
    told(desk, vs, camt054([(paid_out[0].end_to_end_id, "360.00", {})]))
    assert Settlement.objects.get().amount == Decimal("360.00")


def test_a_rejected_transfer_says_why(paid_out, desk, vs):
    message = told(desk, vs, pain002([(paid_out[1].end_to_end_id, "RJCT", "AC01", "Compte inconnu")]))
    settled = Settlement.objects.get()
    assert states(paid_out) == [Status.TRANSMITTED, Status.REJECTED, Status.TRANSMITTED]
    assert (settled.kind, settled.amount, settled.reason_code, settled.reason_text) == (
        "rejected",
        Decimal("0.00"),
        "AC01",
        "Compte inconnu",
    )
    assert (message.paid, message.rejected) == (0, 1)


def test_a_whole_order_may_be_rejected(batch, paid_out, desk, vs):
    told(desk, vs, rejected_order(batch.message_id, "AM18"))
    assert states(paid_out) == [Status.REJECTED] * 3
    assert {one.reason_code for one in Settlement.objects.all()} == {"AM18"}


def test_money_that_comes_back_ends_in_a_rejection(paid_out, desk, vs):
    name = paid_out[0].end_to_end_id
    told(desk, vs, camt054([(name, "370.50", {})]))
    told(desk, vs, camt054([(name, "370.50", {"returned": "AC04"})], message_id="R1"))
    assert states(paid_out)[0] == Status.REJECTED
    assert [one.kind for one in Settlement.objects.order_by("created_at")] == ["paid", "returned"]


def test_what_changes_nothing_is_named_with_its_reason(paid_out, desk, vs):
    first, second = (one.end_to_end_id for one in paid_out[:2])
    told(desk, vs, camt054([(first, "370.50", {})]))
    message = told(
        desk,
        vs,
        camt054([(first, "370.50", {}), ("VS-2020-999999", "1.00", {}), (second, "370.50", {})], message_id="M2"),
    )
    assert message.left_alone == [
        {"id": first, "code": "already", "amount": "370.50"},
        {"id": "VS-2020-999999", "code": "unknown", "amount": "1.00"},
    ]
    assert message.paid == 1


def test_the_same_file_is_read_once(paid_out, desk, vs):
    data = camt054([(paid_out[0].end_to_end_id, "370.50", {})])
    first = told(desk, vs, data)
    with pytest.raises(settling.AlreadyRead) as again:
        told(desk, vs, data)
    assert (again.value.message, BankMessage.objects.count(), Settlement.objects.count()) == (first, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_at_once_is_read_once(paid_out, desk, vs):
    data = camt054([(one.end_to_end_id, "370.50", {}) for one in paid_out])

    def read(_number):
        try:
            with tenant(vs.pk):
                told(desk, vs, data)
        except settling.AlreadyRead:
            return "again"
        finally:
            connection.close()
        return "read"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(read, range(4)))
    assert (said, Settlement.objects.count()) == (["again", "again", "again", "read"], 3)


def test_a_rejected_payment_is_handed_over_again_by_another_name(paid_out, desk, vs):
    first = paid_out[0]
    told(desk, vs, pain002([(first.end_to_end_id, "RJCT", "MS03", "")]))
    settling.transmit_again(first.invoice, by=desk.administrator)
    second = payment.make_batch(vs, by=desk.administrator).transmissions.get()
    assert (second.end_to_end_id, second.attempt, second.amount) == (f"{first.end_to_end_id}-2", 2, first.amount)
    told(desk, vs, camt054([(first.end_to_end_id, "370.50", {})]))
    assert states([first]) == [Status.TRANSMITTED]
    told(desk, vs, camt054([(second.end_to_end_id, "370.50", {})], message_id="M2"))
    assert states([first]) == [Status.PAID]


def test_only_a_rejected_payment_is_handed_over_again_and_once(paid_out, desk, vs):
    first = paid_out[0]
    with pytest.raises(Overtaken):
        settling.transmit_again(first.invoice, by=desk.administrator)
    told(desk, vs, pain002([(first.end_to_end_id, "RJCT", "MS03", "")]))
    settling.transmit_again(first.invoice, by=desk.administrator)
    with pytest.raises(Overtaken):
        settling.transmit_again(first.invoice, by=desk.administrator)


def test_what_is_being_corrected_is_not_paid_by_its_former_record(paid_out, desk, vs):
    first = paid_out[0].invoice
    told(desk, vs, pain002([(paid_out[0].end_to_end_id, "RJCT", "AC01", "")]))
    settling.transmit_again(first, by=desk.administrator)
    deciding.ask_correction(first, version_no=1, message="Le compte est fermé.", pins={}, by=desk.agent)
    with pytest.raises(payment.NothingToPay):
        payment.make_batch(vs)
    assert Transmission.objects.filter(batch=None).count() == 1


def test_the_batch_holds_a_bill_for_each_that_can_have_one(anna, desk, vs):
    vs.configuration |= {"centrale": {"gln": "7601999900017", "via": "7601999900024", "town": "Genève"}}
    vs.save()
    partner = anna.affiliation.partner
    accepted(by=anna, agent=desk.agent)
    partner.zsr = "X123456"
    partner.save()
    anna.affiliation.refresh_from_db()
    with_bill = accepted(by=anna, agent=desk.agent)
    batch = payment.make_batch(vs, by=desk.administrator)
    with zipfile.ZipFile(io.BytesIO(storage.read(batch.bills))) as box:
        assert box.namelist() == [f"{with_bill.number}.xml"]
        if shared := os.environ.get("GUICHET_SHARED"):
            path = Path(shared) / "data/invoices/forum-datenaustausch/generalInvoiceRequest_450.xsd"
            etree.XMLSchema(etree.parse(str(path))).assertValid(etree.fromstring(box.read(box.namelist()[0])))
    assert list(batch.without_bill.values()) == ["claim.biller_zsr"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bank_message.damaged"),
        (b"no xml at all", "bank_message.damaged"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>', "bank_message.damaged"),
        (b"<Document/>", "bank_message.kind"),
        (b"<Document><CstmrCdtTrfInitn/></Document>", "bank_message.kind"),
        (b"<invoice/>", "bank_message.kind"),
    ],
)
def test_other_files_are_refused_and_leave_nothing(desk, vs, data, code):
    with pytest.raises(settling.NotABankMessage) as refused:
        told(desk, vs, data)
    assert (refused.value.code, BankMessage.objects.count()) == (code, 0)


@pytest.mark.parametrize("amount", ["-1", "NaN", "x", "1e30"])
def test_impossible_amounts_are_damage(amount):
    with pytest.raises(Invalid, match="damaged"):
        bank_messages.read(readers.xml(camt054([("VS-2026-000001", amount, {})])))


@pytest.mark.parametrize(("data", "name"), [(camt054, "camt.054.001.08.xsd"), (pain002, "pain.002.001.03.xsd")])
def test_the_answers_of_these_tests_are_such_as_banks_send(data, name):
    shared = os.environ.get("GUICHET_SHARED")
    if not shared:
        pytest.skip("the schemas lie outside the repository (GUICHET_SHARED)")
    schema = etree.XMLSchema(etree.parse(str(Path(shared) / "data/invoices/iso20022" / name)))
    sample = [("VS-2026-000001", "370.50", {})] if data is camt054 else [("VS-2026-000001", "RJCT", "AC01", "x")]
    schema.assertValid(etree.fromstring(data(sample)))
