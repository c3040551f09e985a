"""What was sent and what is to be paid never change: the database itself refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from guichet import storage
from guichet.invoices.actions import payment
from guichet.invoices.models import Batch, Invoice, InvoiceVersion, Transmission
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import accepted, draft, sent

pytestmark = pytest.mark.proves("INV-25", "REL-01")

OTHER_WORDS = {
    "answers": {"remark": "autre"},
    "computed": {"total": "1.00"},
    "content_hash": "0" * 64,
    "receipt_code": "AAAA-AAAA-AAAA-AAAA",
    "no": 7,
    "draft_no": 9,
    "warnings": [{}],
}


def refuses(act):
    with pytest.raises(IntegrityError, match="is immutable"), transaction.atomic():
        act()


@pytest.mark.parametrize("column", OTHER_WORDS)
def test_a_version_never_changes(anna, column):
    sent(by=anna)
    refuses(lambda: InvoiceVersion.objects.update(**{column: OTHER_WORDS[column]}))


def test_a_version_is_never_deleted(anna):
    version = sent(by=anna).versions.get()
    refuses(lambda: InvoiceVersion.objects.filter(pk=version.pk)._raw_delete("default"))
    with pytest.raises(ProtectedError):
        Invoice.objects.all().delete()


@pytest.mark.proves("FRM-06")
def test_a_version_gets_its_pdf_once(anna, vs):
    sent(by=anna)
    first, second = (storage.put(content, insurer=vs, limit=9) for content in (b"1", b"2"))
    assert InvoiceVersion.objects.update(pdf=first) == 1
    for other in (second, None):
        refuses(lambda other=other: InvoiceVersion.objects.update(pdf=other))


def test_a_pdf_does_not_smuggle_other_changes_in(anna, vs):
    sent(by=anna)
    stored = storage.put(b"1", insurer=vs, limit=9)
    refuses(lambda: InvoiceVersion.objects.update(pdf=stored, language="de"))


def test_a_transmission_never_changes_and_is_never_deleted(anna, desk):
    accepted(by=anna, agent=desk.agent)
    refuses(lambda: Transmission.objects.update(amount="9999.00"))
    refuses(lambda: Transmission.objects.update(record={"number": "VS-2026-999999"}))
    refuses(lambda: Transmission.objects.all()._raw_delete("default"))


def test_a_transmission_goes_into_one_batch_once(anna, desk, vs):
    accepted(by=anna, agent=desk.agent)
    first = payment.make_batch(vs)
    accepted(by=anna, agent=desk.agent)
    second = payment.make_batch(vs)
    refuses(lambda: Transmission.objects.filter(batch=first).update(batch=second))
    refuses(lambda: Transmission.objects.update(batch=None))
    assert Batch.objects.count() == 2


NONSENSE = {
    "a number without sending": {"number": "VS-2026-000009"},
    "a state without number": {"status": Status.IN_REVIEW},
    "a correction without words": {"status": Status.TO_CORRECT, "message": ""},
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_the_database_refuses_nonsense_about_drafts(anna, kind):
    invoice = draft(by=anna, attached=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**NONSENSE[kind])


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.DRAFT},
        {"status": Status.ACCEPTED, "decided_by": None},
        {"status": Status.REFUSED},
        {"total": None},
        {"beneficiary": None},
        {"version_no": 0},
    ],
)
def test_the_database_refuses_nonsense_about_sent_invoices(anna, change):
    invoice = sent(by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)


def test_a_number_exists_once_per_insurer(anna):
    first, second = sent(by=anna), sent(by=anna)
    with pytest.raises(IntegrityError, match="invoice_number_once"), transaction.atomic():
        Invoice.objects.filter(pk=second.pk).update(number=first.number)


@pytest.mark.proves("SEC-03")
def test_without_a_tenant_no_row_is_there(anna, desk, vs):
    from django.db import connection

    from guichet.invoices import models

    accepted(by=anna, agent=desk.agent)
    payment.make_batch(vs)
    tables = (
        models.Beneficiary,
        models.Invoice,
        models.InvoiceVersion,
        models.InvoiceAttachment,
        models.InvoiceEvent,
        models.Batch,
        models.Transmission,
    )
    assert [model._base_manager.exists() for model in tables] == [True] * len(tables)
    with connection.cursor() as cursor:
        for nobody in ("", str(factories.insurer("be").pk)):
            cursor.execute("SELECT set_config('guichet.insurer', %s, false)", [nobody])
            assert [model._base_manager.exists() for model in tables] == [False] * len(tables)
