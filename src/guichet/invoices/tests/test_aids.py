"""318.635 to 318.639: amounts, caps and checks of the five forms for aids (OMAI; domain page § 2.1–2.5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.formspec import registry
from guichet.invoices.tests.forms import answers, context, earlier, findings, granted, said, total
from guichet.kernel.findings import Level
from guichet.kernel.tariffs import Rate, RateTable

CODES = ("318.635", "318.636", "318.637", "318.638", "318.639")
POSITION = {"318.635": "13.02", "318.636": "10.05", "318.637": "5.06", "318.638": "11.06", "318.639": "14.03"}
every_form = pytest.mark.parametrize("code", CODES)

pytestmark = pytest.mark.proves("INV-05")


def line(quantity: str = "1", price: str = "1000.00") -> dict[str, str]:
    return {"description": "Appareil", "quantity": quantity, "price": price}


def raw(*lines: dict[str, str], code: str = "318.639", **changes: Any) -> dict[str, Any]:
    return {
        "position": POSITION[code], "purpose": "acquisition", "period_from": "02.03.2026", "period_to": "",
        "supplier": "Ortho Valais SA", "lines": list(lines) or [line()],
    } | changes  # fmt: skip


CASES = [
    pytest.param([line()], {}, "1000.00", id="one aid"),
    pytest.param([line("2", "145.50")], {}, "291.00", id="two of them"),
    pytest.param([line("3.5", "120")], {}, "420.00", id="hours of instruction"),
    pytest.param([line("0.333", "1.00")], {}, "0.33", id="0.333 is rounded to the rappen"),
    pytest.param([line("0.5", "0.05")], {}, "0.03", id="0.025 is rounded half up"),
    pytest.param([line("1", "0.02"), line("1", "0.01")], {}, "0.03", id="cents are kept, not rounded to five"),
    pytest.param([line(), line("1", "80.05")], {}, "1080.05", id="two lines"),
    pytest.param([line()], {"participation": "100"}, "900.00", id="participation is deducted"),
    pytest.param([line("1", "0.02")], {"participation": "0.01"}, "0.01", id="down to the last rappen"),
    pytest.param([line()], {"vat": "8.1"}, "1000.00", id="prices include VAT"),
    pytest.param([line()], {"period_from": "30.12.2025", "period_to": "02.01.2026"}, "1000.00", id="turn of the year"),
    pytest.param([line("1", "1'234.50")], {"purpose": "repair"}, "1234.50", id="a repair"),
]


@every_form
@pytest.mark.parametrize(("lines", "changes", "amount"), CASES)
def test_aids_cost_what_the_bill_says_less_the_participation(code, lines, changes, amount):
    assert total(registry.current(code), raw(*lines, code=code, **changes)) == amount


BATTERIES = {"code": "318.635", "position": "13.01-fm", "purpose": "upkeep"}


@pytest.mark.proves("INV-11")
@pytest.mark.parametrize(
    ("price", "changes", "amount"),
    [
        ("39.95", {}, "39.95"),
        ("40.00", {}, "40.00"),
        ("40.05", {}, "40.00"),
        ("75.00", {"period_from": "01.12.2025", "period_to": "31.01.2026"}, "75.00"),
        ("95.00", {"period_from": "01.12.2025", "period_to": "31.01.2026"}, "80.00"),
        ("95.00", {"participation": "10.00"}, "30.00"),
    ],
)
def test_fm_batteries_are_paid_up_to_40_francs_a_calendar_year(price, changes, amount):
    form = registry.current("318.635")
    assert total(form, raw(line("1", price), **(BATTERIES | changes))) == amount


def test_fm_batteries_take_the_rate_of_each_year():
    rates = RateTable(
        [
            Rate("FM_BATTERIES", date(2020, 1, 1), date(2026, 12, 31), Decimal("40.00"), "test"),
            Rate("FM_BATTERIES", date(2027, 1, 1), None, Decimal("45.00"), "test"),
        ]
    )
    typed = raw(line("1", "100"), **BATTERIES, period_from="01.12.2026", period_to="31.01.2027")
    assert total(registry.current("318.635"), typed, rates=rates, today=date(2027, 2, 1)) == "85.00"


def test_fm_batteries_before_the_rule_have_no_rate_and_say_so():
    typed = raw(line(), **BATTERIES, period_from="30.06.2020")
    assert said(registry.current("318.635"), typed) == [("tariff.missing", "lines")]


def test_fm_batteries_of_a_year_already_claimed_are_questioned_unless_that_was_refused():
    form, typed = registry.current("318.635"), raw(line("1", "30"), **BATTERIES)
    found = findings(form, typed, earlier=(earlier("318.635", "fm:2026"),))
    assert [(one.code, one.level, one.place) for one in found] == [("aids.fm_again", Level.WARNING, "period_from")]
    assert said(form, typed, earlier=(earlier("318.635", "fm:2025"),)) == []
    assert said(form, typed, earlier=(earlier("318.635", "fm:2026", status="refused"),)) == []


@pytest.mark.proves("INV-11")
@pytest.mark.parametrize(("price", "amount"), [("199.95", "199.95"), ("200.00", "200.00"), ("340.00", "200.00")])
def test_a_second_pair_of_shoes_is_paid_up_to_200_francs(price, amount):
    assert total(registry.current("318.639"), raw(line("1", price), position="4.04")) == amount


def test_a_third_pair_of_shoes_is_questioned():
    assert said(registry.current("318.639"), raw(line("2", "90"), position="4.04")) == [("aids.one_pair", "lines")]


@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize(
    ("price", "changes", "warned"),
    [
        ("400.00", {}, True),
        ("400.05", {}, False),
        ("120.00", {"purpose": "repair"}, False),
        ("120.00", {"position": "13.02"}, False),
        ("120.00", {"period_from": "30.06.2020"}, False),
    ],
)
def test_cheap_tools_at_work_are_own_cost(price, changes, warned):
    typed = raw(line("1", price), **({"code": "318.635", "position": "13.01"} | changes))
    found = findings(registry.current("318.635"), typed)
    assert [(one.code, one.level, one.source) for one in found] == [
        ("aids.own_cost", Level.WARNING, "OMAI 13.01* ; lettre circulaire AI 401 (1.7.2020)")
    ] * warned


@every_form
@pytest.mark.proves("INV-10")
def test_limits_of_the_decision_are_explained_before_sending(code):
    form, typed = registry.current(code), raw(line("2", "600"), code=code, participation="50")
    assert said(form, typed, granted=granted(limit_amount="1'150.00", limit_unit_price="600")) == []
    assert said(form, typed, granted=granted(limit_amount="1149.95")) == [("aids.limit", "lines")]
    assert said(form, typed, granted=granted(limit_unit_price="599.95")) == [("aids.unit_limit", "lines-0-price")]
    assert said(form, typed, granted=granted(limit_amount="à convenir")) == []


@every_form
@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"supplier": ""}, ("field.required", "supplier")),
        ({"position": "9.99"}, ("choice.unknown", "position")),
        ({"lines": []}, ("rows.none", "lines")),
        ({"period_to": "01.03.2026"}, ("invoice.period_backwards", "period_to")),
        ({"supplier_date": "23.11.2026"}, ("aids.bill_future", "supplier_date")),
        ({"period_from": "23.11.2026"}, ("invoice.future", "period_from")),
        ({"participation": "1000.00"}, ("aids.participation", "participation")),
        ({"lines": [line("1", "0.00")]}, ("invoice.nothing", "lines")),
    ],
)
def test_every_slip_has_its_message_at_its_field(code, changes, found):
    assert said(registry.current(code), raw(code=code) | changes) == [found]


@every_form
def test_aids_want_the_suppliers_bill(code):
    assert said(registry.current(code), raw(code=code), attachments=0) == [("invoice.document", "attachments")]


def test_aids_say_their_position_and_take_money_from_the_quota():
    form = answers(registry.current("318.635"), raw(**BATTERIES, period_to="01.04.2026"))
    assert form.tags() == {"omai:13.01-fm", "fm:2026"}
    [use] = form.uses(form.compute(context()))
    assert (use.kind, use.on, str(use.quantity)) == ("amount", date(2026, 3, 2), "40.00")


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(CODES),
    st.lists(st.tuples(st.integers(1, 9_900), st.integers(0, 90_000)), min_size=1, max_size=8),
    st.integers(0, 100),
)
def test_the_total_is_the_bill_less_the_participation_whatever_is_bought(code, bought, share):
    lines = [line(str(Decimal(count) / 100), str(Decimal(price) / 100)) for count, price in bought]
    form = registry.current(code).model_validate(
        raw(*lines, code=code) | {"beneficiary": "b", "account": "a", "decision": "32320260001234", "period_to": None}
    )
    paid = (form.gross * share / 100).quantize(Decimal("0.01"))
    computed = form.model_copy(update={"participation": paid}).compute(context())
    assert computed.total == form.gross - paid
    assert computed.total == sum(one.amount for one in computed.lines)
