"""318.536: every amount by the rates of its month; caps said, nothing cut (RAI 39c–39i; domain page § 2.8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.formspec import reading
from guichet.formspec.findings import words
from guichet.invoices.formtypes.base import AccountFacts, Context, Earlier, Granted
from guichet.invoices.formtypes.f_318_536 import Assistance
from guichet.kernel.findings import Level
from guichet.kernel.tariffs import Rate, RateTable, published_rates

pytestmark = pytest.mark.proves("INV-05", "INV-11")


def context(**changes: Any) -> Context:
    facts: dict[str, Any] = {
        "today": date(2025, 2, 20),
        "rates": published_rates(),
        "office_code": "323",
        "beneficiary_known": True,
        "account": AccountFacts("CH9300762011623852957", is_qr=False),
        "attachments": 1,
    }
    return Context(**(facts | changes))


def granted(**terms: str) -> Granted:
    return Granted("32320260001234", date(2024, 1, 1), None, frozenset(), terms)


def helper(**changes: str) -> dict[str, str]:
    return {"name": "Inès Modèle", "identity": "03.04.1990", "standard": "10", "pay": "300.00"} | changes


def sick(**changes: str) -> dict[str, str]:
    return {
        "name": "Paul Modèle", "cause": "illness", "contract": "01.01.2023", "since": "13.01.2025",
        "until": "15.01.2025", "hours": "12", "insurance": "", "certificate": "",
    } | changes  # fmt: skip


def raw(*helpers: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "beneficiary": "b", "account": "beneficiary", "decision": "32320260001234", "year": "2025", "month": "01",
        "assistants": list(helpers or [helper()]), "night_degree": "4",
    } | changes  # fmt: skip


def read(*helpers: dict[str, str], facts: dict[str, Any] | None = None, **changes: Any) -> reading.Reading:
    return reading.read(Assistance, raw(*helpers, **changes), context(**(facts or {})))


def found(*helpers: dict[str, str], facts: dict[str, Any] | None = None, **changes: Any) -> list[tuple[str, str, str]]:
    """Level, place and code of every finding."""
    result = read(*helpers, facts=facts, **changes)
    return [(str(finding.level), finding.place, finding.code) for finding in result.findings]


def total(*helpers: dict[str, str], facts: dict[str, Any] | None = None, **changes: Any) -> str:
    result = read(*helpers, facts=facts, **changes)
    assert [words(finding) for finding in result.findings] == []
    assert isinstance(result.answers, Assistance)
    return str(result.answers.compute(context(**(facts or {}))).total)


NIGHTS = {"standard": "", "nights": "10"}


@pytest.mark.parametrize(
    ("helpers", "changes", "amount"),
    [
        pytest.param([helper()], {}, "353.00", id="10 h at 35.30 in January 2025"),
        pytest.param([helper()], {"year": "2024", "month": "12"}, "343.00", id="10 h at 34.30 in December 2024"),
        pytest.param([helper(qualified="10", standard="")], {}, "529.50", id="10 qualified hours at 52.95"),
        pytest.param(
            [helper(qualified="10", standard="")],
            {"year": "2024", "month": "12"},
            "515.00",
            id="qualified, year before",
        ),
        pytest.param([helper(standard="10.25"), helper(standard="7.5")], {}, "626.58", id="17.75 h: 626.575 half up"),
        pytest.param([helper(standard="0.01")], {}, "0.35", id="0.353 is rounded to the rappen"),
        pytest.param([helper(standard="12,5", qualified="2")], {}, "547.15", id="both kinds, comma"),
        pytest.param([helper(**NIGHTS)], {"night_amount": "169.10"}, "1691.00", id="10 nights at the maximum of 2025"),
        pytest.param(
            [helper(**NIGHTS)],
            {"night_amount": "164.35", "year": "2024", "month": "12"},
            "1643.50",
            id="10 nights at the maximum of 2024",
        ),
        pytest.param([helper(**NIGHTS)], {"night_amount": "116.55", "night_shared": "2"}, "1049.00", id="two: −10 %"),
        pytest.param([helper(**NIGHTS)], {"night_amount": "116.55", "night_shared": "3"}, "932.40", id="three: −20 %"),
        pytest.param(
            [helper()], {"night_amount": "169.10", "unused_nights": "1"}, "522.09", id="a night is 4.79 h: 169.09"
        ),
        pytest.param(
            [helper()], {"night_amount": "169.10", "unused_nights": "3"}, "860.26", id="three nights are 14.37 h"
        ),
        pytest.param([helper()], {"sick_pay": [sick()]}, "776.60", id="12 h of sick pay"),
        pytest.param([helper()], {"sick_pay": [sick(insurance="400.00")]}, "376.60", id="less what insurance paid"),
        pytest.param([helper()], {"sick_pay": [sick(insurance="900.00")]}, "353.00", id="never below nothing"),
        pytest.param([helper()], {"advance": "100.00"}, "253.00", id="an advance is taken off"),
        pytest.param([helper(standard="", name="Paul Modèle")], {"sick_pay": [sick()]}, "423.60", id="only sick pay"),
    ],
)
def test_a_month_costs_what_the_rules_say(helpers, changes, amount):
    assert total(*helpers, **changes) == amount


def test_the_line_shows_how():
    result = read(helper(standard="42.5", nights="8"), helper(standard="16"), night_amount="116.55", unused_nights="2")
    assert [(line.label, line.how) for line in result.answers.compute(context()).lines] == [
        ("Prestations standard", "42.5 + 16 = 58.5 h × 35.30"),
        ("Forfaits de nuit", "8 × 116.55"),
        ("Forfaits de nuit convertis en heures", "2 × 116.55 ÷ 35.30 = 6.6 h × 35.30"),
    ]


def test_a_rate_entered_for_next_year_holds_from_its_first_day():
    table = published_rates().extended([Rate("CA_HOUR", date(2027, 1, 1), None, Decimal("36.00"), "RAI 39f", key="k")])
    at = {"rates": table, "today": date(2027, 2, 20)}
    assert total(helper(), year="2026", month="12", facts=at) == "353.00"
    assert total(helper(), year="2027", month="01", facts=at) == "360.00"


def test_the_flat_rate_of_the_decision_needs_no_typing():
    office = {"granted": granted(night_flat="120.00")}
    assert total(helper(**NIGHTS), facts=office) == "1200.00"
    assert total(helper(**NIGHTS), night_amount="120.00", facts=office) == "1200.00"
    assert found(helper(**NIGHTS), night_amount="121.00", facts=office) == [
        ("blocking", "night_amount", "assistance.flat_differs")
    ]


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"night_amount": "169.15"}, "night_amount", "assistance.flat_too_high"),
        ({"night_amount": "164.40", "year": "2024", "month": "12"}, "night_amount", "assistance.flat_too_high"),
        ({}, "night_amount", "assistance.flat_missing"),
        ({"night_amount": "120.00", "night_degree": ""}, "night_degree", "assistance.degree_missing"),
        ({"night_amount": "120.00", "unused_nights": "22"}, "unused_nights", "assistance.nights"),
        ({"night_amount": "120.00", "month": "02"}, "month", "invoice.future"),
        ({"night_amount": "120.00", "month": "01", "year": "2024"}, "month", "assistance.too_old"),
    ],
)
def test_a_wrong_night_or_month_is_refused_at_its_field(changes, place, code):
    assert found(helper(**NIGHTS), **changes) == [("blocking", place, code)]


def test_a_degree_of_2022_has_its_own_maximum():
    at = {"today": date(2022, 12, 20)}
    assert found(helper(**NIGHTS), year="2022", month="11", night_degree="2", night_amount="76.40", facts=at) == []
    assert found(helper(**NIGHTS), year="2022", month="11", night_degree="2", night_amount="76.45", facts=at) == [
        ("blocking", "night_amount", "assistance.flat_too_high")
    ]


def test_a_correction_asked_a_year_later_is_not_too_late():
    at = {"today": date(2026, 3, 1), "first_sent_on": date(2025, 3, 1)}
    assert found(helper(), facts=at) == []


def test_a_month_has_no_more_nights_than_it_has():
    two = [helper(nights="16"), helper(nights="16")]
    assert found(*two, night_amount="100.00") == [("blocking", "assistants", "assistance.nights")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"until": "16.01.2025"}, [("blocking", "sick_pay-0-certificate", "assistance.certificate")]),
        ({"until": "16.01.2025", "certificate": "on"}, []),
        ({"until": "12.01.2025"}, [("blocking", "sick_pay-0-until", "assistance.sick_backwards")]),
        ({"contract": "01.12.2024"}, [("warning", "sick_pay-0-contract", "assistance.contract_young")]),
        ({"contract": "14.01.2025"}, [("blocking", "sick_pay-0-contract", "assistance.contract")]),
        (
            {"since": "13.10.2024", "until": "13.01.2025", "certificate": "on", "contract": "01.01.2010"},
            [("warning", "sick_pay-0-until", "assistance.sick_long")],
        ),
        (
            {"contract": "01.06.2024", "since": "01.01.2025", "until": "22.01.2025", "certificate": "on"},
            [("warning", "sick_pay-0-until", "assistance.berne_scale")],
        ),
        ({"contract": "01.06.2024", "since": "01.01.2025", "until": "21.01.2025", "certificate": "on"}, []),
        (
            {"contract": "01.06.2024", "since": "01.01.2025", "until": "31.01.2025", "cause": "insured"},
            [],
        ),
        (
            {"since": "02.12.2024", "until": "03.12.2024"},
            [("blocking", "sick_pay-0-since", "assistance.sick_month")],
        ),
    ],
)
def test_pay_without_work_keeps_to_article_39h(changes, expected):
    assert found(sick_pay=[sick(**changes)]) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"acute_from": "01.11.2024", "acute_to": "29.01.2025", "acute_attested": "on"}, []),
        (
            {"acute_from": "01.11.2024", "acute_to": "30.01.2025", "acute_attested": "on"},
            [("warning", "acute_to", "assistance.acute_long")],
        ),
        (
            {"acute_from": "01.01.2025", "acute_to": "20.01.2025"},
            [("blocking", "acute_attested", "assistance.acute_attested")],
        ),
        ({"acute_from": "01.01.2025"}, [("blocking", "acute_to", "assistance.acute_end")]),
    ],
)
def test_an_acute_phase_is_short_and_attested(changes, expected):
    assert found(**changes) == expected


def earlier(amount: str, month: int, **changes: Any) -> Earlier:
    facts: dict[str, Any] = {
        "form_code": "318.536", "period_from": date(2024, month, 1), "period_to": date(2024, month, 28),
        "total": Decimal(amount), "status": "accepted", "sent_on": date(2024, month, 28), "own": True,
    }  # fmt: skip
    return Earlier(**(facts | changes))


@pytest.mark.parametrize(
    ("hours", "codes"), [("42.85", []), ("43", ["assistance.monthly_cap"])], ids=["1512.61 ≤ 1512.75", "above"]
)
def test_more_than_one_and_a_half_times_the_month_is_said(hours, codes):
    office = {"granted": granted(monthly_amount="1008.50")}
    result = read(helper(standard=hours), facts=office)
    assert [(finding.code, finding.level) for finding in result.findings] == [(code, Level.WARNING) for code in codes]


@pytest.mark.parametrize(
    ("factor", "before", "codes"),
    [
        ("12", "11657.00", []),
        ("12", "11657.01", ["assistance.annual_cap"]),
        ("11", "10657.00", []),
        ("11", "10657.01", ["assistance.annual_cap"]),
        ("", "11657.00", []),
    ],
)
def test_the_year_has_twelve_or_eleven_monthly_amounts(factor, before, codes):
    office = {
        "granted": granted(monthly_amount="1000.00", annual_factor=factor),
        "earlier": (
            earlier(before, 11),
            earlier("9999.00", 10, status="refused"),
            earlier("9999.00", 9, form_code="318.632"),
            earlier("9999.00", 8, period_from=date(2023, 12, 1)),
        ),
    }
    result = read(helper(), year="2024", month="12", facts=office)
    assert [finding.code for finding in result.findings] == codes


def test_qualified_hours_the_decision_does_not_grant_are_said():
    assert found(helper(qualified="1"), facts={"granted": granted(qualified="oui")}) == []
    assert found(helper(qualified="1"), facts={"granted": granted()}) == [
        ("warning", "assistants", "assistance.qualified")
    ]


def test_it_takes_hours_nights_and_money_of_its_month():
    form = read(helper(nights="3", qualified="2"), night_amount="100.00").answers
    uses = form.uses(form.compute(context()))
    assert [(use.kind, use.on, str(use.quantity)) for use in uses] == [
        ("hours", date(2025, 1, 1), "12.00"),
        ("nights", date(2025, 1, 1), "3"),
        ("amount", date(2025, 1, 1), "758.90"),
    ]


def test_a_month_without_a_rate_is_refused_in_words():
    empty = {"rates": RateTable(())}
    assert found(facts=empty) == [("blocking", "assistants", "tariff.missing")]


hours = st.decimals(min_value="0.01", max_value="300", places=2)


@pytest.mark.proves("FRM-01")
@settings(max_examples=40, deadline=None)
@given(st.lists(hours, min_size=1, max_size=6), st.integers(0, 20), st.sampled_from([None, "2", "3"]))
def test_the_total_is_the_sum_of_its_lines_and_grows_with_the_hours(worked, nights, shared):
    helpers = [helper(standard=str(one)) for one in worked]
    helpers[0]["nights"] = str(nights)
    form = Assistance.model_validate(raw(*helpers, night_amount="100.00", night_shared=shared))
    computed = form.compute(context())
    assert computed.total == sum(line.amount for line in computed.lines)
    assert computed.total == computed.total.quantize(Decimal("0.01"))
    more = Assistance.model_validate(raw(*helpers, helper(standard="1"), night_amount="100.00", night_shared=shared))
    assert more.compute(context()).total - computed.total in {Decimal("35.29"), Decimal("35.30"), Decimal("35.31")}
