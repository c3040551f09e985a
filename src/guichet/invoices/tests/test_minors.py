"""318.632.2: allowance and supplement of minors, day by day (LAI 42bis, 42ter; RAI 36; domain page § 2.6)."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.formspec.findings import words
from guichet.invoices.formtypes.f_318_632_2 import Degree, MinorAllowance, Supplement
from guichet.invoices.tests.forms import answers, context, findings, granted, said, total
from guichet.kernel.findings import Level
from guichet.kernel.tariffs import Rate, RateTable

pytestmark = pytest.mark.proves("INV-05")


def month(name: str, **nights: int) -> dict[str, str]:
    """« 05.2026 » at home but for the nights named."""
    days = calendar.monthrange(int(name[3:]), int(name[:2]))[1]
    home = nights.pop("home", days - sum(nights.values()))
    return {"month": name, "home": str(home)} | {where: str(count) for where, count in nights.items()}


def away(first: str, last: str, where: str = "institution") -> dict[str, str]:
    return {"first": first, "last": last, "where": where, "name": "Foyer Inventé"}


def raw(*months: dict[str, str], **changes: Any) -> dict[str, Any]:
    """The whole of these months, a moderate helplessness, no supplement."""
    lines = months or (month("04.2026"),)
    first, last = lines[0]["month"], lines[-1]["month"]
    days = calendar.monthrange(int(last[3:]), int(last[:2]))[1]
    return {
        "period_from": f"01.{first}", "period_to": f"{days}.{last}", "degree": "medium", "ssi": "0",
        "months": list(lines),
    } | changes  # fmt: skip


HOSPITAL = [away("01.04.2026", "10.04.2026", "hospital")]


@pytest.mark.proves("INV-11")
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        pytest.param(raw(degree="light"), "504.00", id="30 × 16.80"),
        pytest.param(raw(), "1260.00", id="30 × 42.00"),
        pytest.param(raw(degree="grave"), "2016.00", id="30 × 67.20"),
        pytest.param(raw(ssi="4"), "2268.00", id="30 × (42.00 + 33.60)"),
        pytest.param(raw(ssi="6"), "3024.00", id="30 × (42.00 + 58.80)"),
        pytest.param(raw(degree="grave", ssi="8"), "4536.00", id="30 × (67.20 + 84.00)"),
        pytest.param(raw(month("02.2026"), degree="light"), "470.40", id="28 days of February"),
        pytest.param(raw(month("02.2024"), degree="light"), "474.15", id="29 days of a leap year at 16.35"),
        pytest.param(raw(month("12.2022"), ssi="8"), "3704.50", id="31 × (39.85 + 79.65) in 2022"),
        pytest.param(
            raw(month("12.2024"), month("01.2025")), "2568.35", id="the year changes: 31 × 40.85 + 31 × 42.00"
        ),
        pytest.param(
            raw(month("11.2024"), month("12.2024"), month("01.2025"), ssi="4"),
            "6827.10",
            id="a quarter over the turn of the year: 61 × 73.50 + 31 × 75.60",
        ),
        pytest.param(
            raw(month("04.2026", institution=5), absences=[away("06.04.2026", "10.04.2026")]),
            "1050.00",
            id="five nights in an institution are not paid",
        ),
        pytest.param(
            raw(month("04.2026", own_cost=4), ssi="4", absences=[away("06.04.2026", "09.04.2026", "own_cost")]),
            "2142.00",
            id="home at own cost: 26 × 75.60 + 4 × (10.50 + 33.60)",
        ),
        pytest.param(
            raw(
                month("12.2024", own_cost=2),
                absences=[away("24.12.2024", "25.12.2024", "own_cost")],
            ),
            "1205.05",
            id="a quarter of 40.85 is 10.20 to five rappen: 29 × 40.85 + 2 × 10.20",
        ),
        pytest.param(
            raw(month("12.2022", own_cost=1), absences=[away("24.12.2022", "24.12.2022", "own_cost")], degree="light"),
            "482.50",
            id="a quarter of 15.95 is 4.00 to five rappen: 30 × 15.95 + 4.00",
        ),
        pytest.param(
            raw(month("04.2026", hospital=10), absences=HOSPITAL, hospital_confirmed="on"),
            "1260.00",
            id="hospital with confirmation counts as home",
        ),
        pytest.param(
            raw(month("04.2026", hospital=10), absences=HOSPITAL), "840.00", id="hospital without it does not"
        ),
        pytest.param(
            raw({"month": "04.2026", "home": "16"}, period_from="15.04.2026"),
            "672.00",
            id="the right began on the 15th: 16 days",
        ),
    ],
)
def test_a_day_is_worth_what_the_rates_of_its_month_say(typed, amount):
    assert total(MinorAllowance, typed) == amount


def test_rates_of_a_new_year_count_from_its_first_day():
    table = RateTable(
        [
            Rate("API_MIN_MOYEN", date(2025, 1, 1), date(2026, 12, 31), Decimal("42.00"), "test"),
            Rate("API_MIN_MOYEN", date(2027, 1, 1), None, Decimal("43.00"), "test"),
        ]
    )
    typed = raw(month("12.2026"), month("01.2027"))
    assert total(MinorAllowance, typed, rates=table, today=date(2027, 2, 1)) == "2635.00"


def test_the_lines_say_how_each_amount_came_about():
    form = answers(MinorAllowance, raw(ssi="4"))
    assert [(line.place, line.label, line.how) for line in form.compute(context()).lines] == [
        ("months-0", "Avril 2026 : allocation pour impotent", "30 × 42.00"),
        ("months-0", "Avril 2026 : supplément pour soins intenses", "30 × 33.60"),
    ]


@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (raw(month("04.2026", home=29)), ("minors.nights", "months-0-home")),
        (raw(month("04.2026", home=31)), ("minors.nights", "months-0-home")),
        (raw(month("04.2026", home=32)), ("number.too_large", "months-0-home")),
        (raw(month("05.2026"), period_from="01.04.2026"), ("minors.month_missing", "months")),
        (raw(month("04.2026"), month("04.2026")), ("minors.month_twice", "months-1-month")),
        (raw(month("04.2026"), month("05.2026"), period_to="30.04.2026"), ("minors.month_outside", "months-1-month")),
        (raw(months=[{"month": "avrille", "home": "30"}]), ("month.format", "months-0-month")),
        (raw(period_from="30.04.2026", period_to="01.04.2026"), ("invoice.period_backwards", "period_to")),
        (raw(period_from="01.12.2025"), ("minors.period_long", "period_to")),
        (raw(month("04.2026", institution=2)), ("minors.absences_missing", "absences")),
        (raw(hospital_confirmed="on"), ("minors.hospital_none", "hospital_confirmed")),
        (raw(changed="on"), ("minors.change", "changed_text")),
        (raw(absences=[away("03.04.2026", "02.04.2026")]), ("minors.absence_backwards", "absences-0-last")),
        (raw(month("11.2026")), ("invoice.future", "period_to")),
        (raw(month("04.2019")), ("tariff.missing", "months")),
    ],
)
def test_every_slip_has_its_message_at_its_place(typed, found):
    assert [one for one in said(MinorAllowance, typed) if one[0] != "minors.month_missing" or one == found] == [found]


@pytest.mark.proves("FRM-04")
def test_the_message_says_how_many_nights_are_missing():
    [finding] = findings(MinorAllowance, raw(month("04.2026", home=28)))
    assert words(finding) == "04.2026 compte 30 jours dans la période, vous en avez réparti 28. Corrigez les nuits."


def test_absences_neither_overlap_nor_leave_the_period():
    both = [away("06.04.2026", "08.04.2026"), away("08.04.2026", "10.04.2026")]
    typed = raw(month("04.2026", institution=5), absences=both)
    assert ("minors.absence_twice", "absences-1-first") in said(MinorAllowance, typed)
    beyond = raw(month("04.2026", institution=2), absences=[away("29.04.2026", "01.05.2026")])
    assert said(MinorAllowance, beyond) == [("minors.absence_outside", "absences-0-first")]


def test_the_detail_that_differs_from_the_table_is_questioned():
    typed = raw(month("04.2026", institution=5), absences=[away("06.04.2026", "09.04.2026")])
    [finding] = findings(MinorAllowance, typed)
    assert (finding.level, finding.place) == (Level.WARNING, "months-0-institution")
    assert words(finding) == "04.2026 : 5 nuits dans le tableau, 4 dans le détail des absences. Vérifiez."


@pytest.mark.parametrize(("nights", "warned"), [(15, False), (16, True)])
def test_more_than_15_nights_in_a_home_are_flagged_and_never_a_silent_zero(nights, warned):
    typed = raw(month("04.2026", institution=nights), absences=[away("01.04.2026", f"{nights}.04.2026")])
    assert said(MinorAllowance, typed) == [("minors.mostly_away", "months-0-institution")] * warned
    assert total(MinorAllowance, typed) == str((30 - nights) * Decimal("42.00"))
    assert ("mostly-away" in answers(MinorAllowance, typed).tags()) is warned


def test_hospital_without_confirmation_is_explained_with_its_source():
    [finding] = findings(MinorAllowance, raw(month("04.2026", hospital=10), absences=HOSPITAL))
    assert (finding.code, finding.level, finding.source) == ("minors.hospital", Level.WARNING, "LAI 42bis al. 4")


def test_nights_away_want_a_paper_and_nights_at_home_do_not():
    assert said(MinorAllowance, raw(), attachments=0) == []
    typed = raw(month("04.2026", institution=2), absences=[away("01.04.2026", "02.04.2026")])
    assert said(MinorAllowance, typed, attachments=0) == [("invoice.document", "attachments")]


@pytest.mark.proves("ORG-06")
@pytest.mark.parametrize(
    ("rhythm", "months", "warned"),
    [
        ("", ("02.2026", "03.2026"), False),
        ("month", ("02.2026",), False),
        ("month", ("02.2026", "03.2026"), True),
        ("quarter", ("04.2026", "05.2026", "06.2026"), False),
        ("quarter", ("03.2026", "04.2026", "05.2026"), True),
        ("quarter", ("04.2026",), True),
    ],
)
def test_an_office_may_ask_for_months_or_for_quarters(rhythm, months, warned):
    typed = raw(*(month(name) for name in months))
    assert said(MinorAllowance, typed, billing_rhythm=rhythm) == [("minors.rhythm", "period_to")] * warned


@pytest.mark.proves("INV-10")
def test_degree_and_supplement_are_compared_with_the_decision():
    typed = raw(ssi="4")
    assert said(MinorAllowance, typed, granted=granted(degree="medium", ssi="4")) == []
    assert said(MinorAllowance, typed, granted=granted(degree="grave", ssi="0")) == [
        ("minors.degree", "degree"),
        ("minors.ssi", "ssi"),
    ]
    assert said(MinorAllowance, typed, granted=granted(degree="?", ssi="")) == []


@pytest.mark.proves("INV-10")
def test_a_quota_is_used_by_days_and_money_of_each_month():
    typed = raw(
        month("04.2026", institution=2, own_cost=1),
        month("05.2026"),
        absences=[away("01.04.2026", "02.04.2026"), away("03.04.2026", "03.04.2026", "own_cost")],
    )
    form = answers(MinorAllowance, typed)
    assert [(use.kind, use.on.month, str(use.quantity)) for use in form.uses(form.compute(context()))] == [
        ("amount", 4, "1144.50"),
        ("days", 4, "28.00"),
        ("amount", 5, "1302.00"),
        ("days", 5, "31.00"),
    ]
    assert form.tags() == {"api:medium", "ssi:0", "month:2026-04", "month:2026-05"}


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(Degree.values),
    st.sampled_from(Supplement.values),
    st.tuples(*[st.integers(0, 30)] * 3),
    st.booleans(),
    st.integers(0, 69),
)
def test_the_total_is_the_sum_of_its_days_and_never_more_than_all_at_home(degree, ssi, cuts, confirmed, back):
    year, number = divmod(2026 * 12 + 9 - back, 12)
    name = f"{number + 1:02d}.{year}"
    low, middle, high = sorted(cuts)
    days = calendar.monthrange(year, number + 1)[1]
    nights = {"institution": low, "own_cost": middle - low, "hospital": min(high, days) - min(middle, days)}
    line = {"month": name, "home": str(max(days - sum(nights.values()), 0))}
    fixed = {"beneficiary": "b", "account": "a", "decision": "32320260001234", "hospital_confirmed": confirmed}
    typed = raw(line | {where: str(count) for where, count in nights.items()}, degree=degree, ssi=ssi) | fixed
    computed = MinorAllowance.model_validate(typed).compute(context())
    at_home = MinorAllowance.model_validate(typed | {"months": [month(name)]}).compute(context())
    assert computed.total == sum(one.amount for one in computed.lines)
    assert 0 <= computed.total <= at_home.total
    assert (computed.total / Decimal("0.05")) % 1 == 0
