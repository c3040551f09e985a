"""Rates of an office: entered ahead, taken by the day of the service, never changed once used (INV-11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from guichet.casework.errors import Overtaken, Stale
from guichet.formspec import registry
from guichet.formspec.registry import register
from guichet.invoices import rating, receipt
from guichet.invoices.actions import rates, sending
from guichet.invoices.formtypes.f_318_536 import Assistance
from guichet.invoices.models import InvoiceVersion, TariffRate
from guichet.invoices.tests import factories
from guichet.kernel.findings import Invalid
from guichet.tenancy.context import tenant

pytestmark = [pytest.mark.django_db, pytest.mark.proves("INV-11")]

NEW = date(2026, 1, 15)  # in the past of every test's clock: a rate found out about late
CODE = "318.536"


@pytest.fixture
def administrator(desk):
    return desk.administrator


def enter(by, **changes):
    facts = {"code": "CA_HOUR", "valid_from": date(2027, 1, 1), "amount": Decimal("36.00"), "source": "RAI 39f"}
    return rates.add_rate(by=by, **(facts | changes))


def month(by, **answers):
    """A draft of January to be sent, without nights."""
    asked = {
        "year": "2026", "month": "02", "unused_nights": "", "night_amount": "", "night_degree": "",
        "assistants": [{"name": "Inès", "identity": "03.04.1990", "standard": "10", "pay": "300.00"}],
    }  # fmt: skip
    return factories.draft(by=by, code=CODE, account="beneficiary", whom=person(by), **(asked | answers))


def person(by):
    return factories.beneficiary(by=by, iban="CH9300762011623852957")


def test_a_rate_of_next_year_is_entered_ahead(vs, administrator, audited):
    row = enter(administrator)
    table = rating.rates_of(vs)
    assert table.on("CA_HOUR", date(2026, 12, 31)).amount == Decimal("35.30")
    assert table.on("CA_HOUR", date(2027, 1, 1)).amount == Decimal("36.00")
    assert [(entry["action"], entry["object_id"]) for entry in audited] == [("rate.added", str(row.pk))]


def test_a_rate_is_of_one_office_only(vs, administrator):
    enter(administrator)
    other = factories.insurer("be", office_code="302")
    with tenant(other.pk):
        assert rating.rates_of(other).on("CA_HOUR", date(2027, 1, 1)).amount == Decimal("35.30")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "NOTHING"}, "rate.unknown"),
        ({"valid_from": date(2025, 1, 1)}, "rate.published"),
        ({"valid_from": date(2027, 1, 1)}, "rate.taken"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(administrator, changes, code):
    enter(administrator)
    with pytest.raises(Invalid) as refused:
        enter(administrator, **changes)
    assert refused.value.code == code
    assert TariffRate.objects.count() == 1


def test_an_unused_rate_is_corrected_and_withdrawn(vs, administrator, audited):
    row = enter(administrator)
    rates.correct_rate(
        row,
        seen=Decimal("36.00"),
        valid_from=date(2027, 2, 1),
        amount=Decimal("36.50"),
        source="RO 2026",
        by=administrator,
    )
    assert rating.rates_of(vs).on("CA_HOUR", date(2027, 1, 31)).amount == Decimal("35.30")
    rates.withdraw_rate(row, by=administrator)
    assert rating.rates_of(vs).on("CA_HOUR", date(2027, 2, 1)).amount == Decimal("35.30")
    assert TariffRate.objects.count() == 1
    assert [entry["action"] for entry in audited] == ["rate.added", "rate.corrected", "rate.withdrawn"]
    enter(administrator, valid_from=date(2027, 2, 1))


def test_of_two_corrections_on_one_page_the_second_is_told(administrator):
    row = enter(administrator)
    same = {"valid_from": row.valid_from, "source": "RAI", "by": administrator}
    rates.correct_rate(row, seen=Decimal("36.00"), amount=Decimal("36.10"), **same)
    with pytest.raises(Overtaken):
        rates.correct_rate(row, seen=Decimal("36.00"), amount=Decimal("36.20"), **same)


def test_a_used_rate_stays_for_ever(anna, administrator):
    row = enter(administrator, valid_from=NEW)
    invoice = month(anna)
    version = factories.send(invoice, by=anna)
    assert str(invoice.total) == "360.00"
    assert [(kept["code"], kept["amount"], kept["key"]) for kept in version.computed["basis"]["rates"]] == [
        ("CA_HOUR", "36.00", str(row.pk))
    ]
    row.refresh_from_db()
    with pytest.raises(Overtaken):
        rates.withdraw_rate(row, by=administrator)
    with pytest.raises(Overtaken):
        rates.correct_rate(row, seen=row.amount, valid_from=NEW, amount=Decimal("99.00"), source="x", by=administrator)


def test_a_rate_changed_while_an_invoice_is_sent_stops_the_sending(anna, administrator):
    row = enter(administrator, valid_from=NEW)
    basis = {"rates": [{"key": str(row.pk), "amount": "35.99"}]}
    with pytest.raises(Stale):
        rates.use_rates(basis)
    rates.use_rates({"rates": [{"key": str(row.pk), "amount": "36.00"}]})
    rates.use_rates({"rates": [{"key": str(row.pk), "amount": "36.00"}]})


def test_the_service_date_decides(anna, administrator):
    enter(administrator, valid_from=NEW)
    sent = [month(anna, month=name) for name in ("01", "02")]
    for invoice in sent:
        factories.send(invoice, by=anna)
    assert [str(invoice.total) for invoice in sent] == ["353.00", "360.00"]


def test_what_was_sent_recomputes_with_its_own_rates_whatever_was_entered_since(anna, administrator):
    invoice = month(anna)
    version = factories.send(invoice, by=anna)
    enter(administrator, valid_from=NEW, amount=Decimal("99.00"))
    version = InvoiceVersion.objects.select_related("case").get(pk=version.pk)
    again = rating.recompute(version)
    assert str(again.total) == version.computed["total"] == "353.00"
    assert [line.how for line in again.lines] == [line["how"] for line in version.computed["lines"]]


@pytest.mark.proves("FRM-01")
def test_what_was_sent_opens_prints_and_recomputes_after_a_new_edition(anna, desk, browser, monkeypatch):
    """The next edition asks for one thing more and counts double; the old invoice is what it was."""
    draft, invoice = month(anna), month(anna)
    version = factories.send(invoice, by=anna)
    editions = dict(registry._editions[CODE])
    monkeypatch.setitem(registry._editions, CODE, editions)
    later = register(_next_edition())
    assert registry.current(CODE) is later
    version = InvoiceVersion.objects.select_related("case", "insurer").get(pk=version.pk)
    assert receipt.receipt(version, "https://guichet.example")["edition"] == "2026-01"
    assert [row[2] for table in receipt.receipt(version, "")["tables"] for row in table["rows"]][-1] == "353.00"
    assert str(rating.recompute(version).total) == "353.00"
    pages = browser(anna)
    assert pages.get(f"/vs/factures/{invoice.pk}/").status_code == 200
    assert pages.get(f"/vs/factures/{invoice.pk}/pdf/").status_code == 200
    sending.send(draft, key=factories.uuid4(), draft_no=draft.draft_no, answered={}, by=anna)
    draft.refresh_from_db()
    assert (draft.edition, str(draft.total)) == ("2026-01", "353.00")
    assert month(anna).edition == "2099-01"


def _next_edition():
    class NextAssistance(Assistance):
        edition = "2099-01"

        def compute(self, context):
            computed = super().compute(context)
            return type(computed)(computed.lines * 2)

    return NextAssistance


POSTED = {"valid_from": "01.01.2027", "amount": "36.10", "source": "RAI 39f, RO 2026 512"}


def test_an_administrator_enters_and_corrects_a_rate_on_its_page(browser, administrator):
    pages = browser(administrator)
    assert pages.post("/vs/bureau/tarifs/CA_HOUR/nouveau/", POSTED).status_code == 303
    row = TariffRate.objects.get()
    there = f"/vs/bureau/tarifs/{row.pk}/"
    assert (row.amount, row.entered_by) == (Decimal("36.10"), administrator.person)
    assert pages.get(there).status_code == 200
    assert pages.post(there, POSTED | {"amount": "36.20", "seen": "36.10"}).status_code == 303
    assert pages.post(there, POSTED | {"amount": "36.30", "seen": "36.10"}).status_code == 409
    row.refresh_from_db()
    assert row.amount == Decimal("36.20")
    assert pages.get("/vs/bureau/tarifs/").status_code == 200
    assert pages.post(f"{there}retirer/").status_code == 303
    assert pages.post(f"{there}retirer/").status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount": "42.36"}, 303),  # exactly 20 % more
        ({"amount": "42.37"}, 422),
        ({"amount": "42.37", "sure": "on"}, 303),
        ({"amount": "3.61"}, 422),
        ({"amount": "0.00"}, 422),
        ({"amount": "trente"}, 422),
        ({"valid_from": "31.02.2027"}, 422),
        ({"valid_from": "01.01.2025"}, 422),
        ({"source": " "}, 422),
    ],
)
def test_a_doubtful_rate_is_asked_again(browser, administrator, changes, status):
    answer = browser(administrator).post("/vs/bureau/tarifs/CA_HOUR/nouveau/", POSTED | changes)
    assert answer.status_code == status
    assert TariffRate.objects.count() == (status == 303)


def test_an_unknown_code_has_no_page(browser, administrator):
    assert browser(administrator).get("/vs/bureau/tarifs/NOTHING/nouveau/").status_code == 404


def test_agents_enter_no_rates(browser, desk):
    pages = browser(desk.agent)
    assert [
        pages.get("/vs/bureau/tarifs/").status_code,
        pages.get("/vs/bureau/tarifs/KM_AUTO/nouveau/").status_code,
    ] == [
        403,
        403,
    ]


@pytest.mark.proves("PERF-02")
def test_the_rates_cost_one_statement_however_often_they_are_asked_for(vs, administrator, django_assert_num_queries):
    for year in (2027, 2028, 2029):
        enter(administrator, valid_from=date(year, 1, 1))
    with django_assert_num_queries(1):
        table = rating.rates_of(vs)
        assert [str(table.on("CA_HOUR", date(year, 1, 1)).amount) for year in (2026, 2027, 2029)] == [
            "35.30", "36.00", "36.00",
        ]  # fmt: skip
    with django_assert_num_queries(0):
        rating.rates_of(vs)
