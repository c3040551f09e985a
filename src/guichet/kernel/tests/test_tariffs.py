"""Dated rates."""

from datetime import date
from decimal import Decimal

import pytest

from guichet.kernel import tariffs
from guichet.kernel.findings import Invalid
from guichet.kernel.tariffs import Rate, RateTable, UsedRates, published_rates


def rate(code="KM", start=date(2025, 1, 1), end=None, amount="0.45"):
    return Rate(code, start, end, Decimal(amount), source="RAI art. 90")


def test_rate_is_the_one_on_the_day_of_the_service():
    table = RateTable([rate(start=date(2027, 1, 1), amount="0.50"), rate(end=date(2026, 12, 31))])
    assert [str(table.on("KM", day).amount) for day in (date(2026, 12, 31), date(2027, 1, 1))] == ["0.45", "0.50"]
    assert [str(found.amount) for found in table.history("KM")] == ["0.45", "0.50"]


@pytest.mark.parametrize(
    ("code", "day"), [("KM", date(2024, 12, 31)), ("KM", date(2026, 1, 1)), ("UNKNOWN", date(2025, 6, 1))]
)
def test_missing_rate_is_refused_with_its_name_and_day(code, day):
    with pytest.raises(Invalid) as refused:
        RateTable([rate(end=date(2025, 12, 31))]).on(code, day)
    assert (refused.value.code, refused.value.params) == (
        "tariff.missing",
        {"tariff": code, "day": day.strftime("%d.%m.%Y")},
    )


@pytest.mark.parametrize("start", [date(2025, 1, 1), date(2030, 1, 1)])
def test_two_rates_on_one_day_are_a_mistake_of_the_table(start):
    with pytest.raises(ValueError, match=r"^KM has two rates on"):
        RateTable([rate(), rate(start=start)])


def test_rate_that_ends_before_it_begins_is_a_mistake_of_the_table():
    with pytest.raises(ValueError, match=r"^KM ends before it begins$"):
        RateTable([rate(end=date(2024, 12, 31))])


@pytest.mark.proves("INV-11")
@pytest.mark.parametrize(
    ("code", "amount"),
    [
        (tariffs.KM_CAR, "0.45"),
        (tariffs.MEALS_5_TO_8_H, "11.50"),
        (tariffs.MEALS_OVER_8_H, "19.00"),
        (tariffs.NIGHT, "37.50"),
        (tariffs.TRAVEL_LOCAL_MINIMUM, "10.00"),
    ],
)
def test_travel_rates_are_published(code, amount):
    found = published_rates().on(code, date(2026, 5, 11))
    assert (str(found.amount), found.start_known) == (amount, False)


@pytest.mark.proves("INV-11")
@pytest.mark.parametrize(
    ("day", "hour", "night", "ssi_8h"),
    [
        (date(2022, 12, 31), "33.50", "160.50", "79.65"),
        (date(2023, 1, 1), "34.30", "164.35", "81.65"),
        (date(2024, 12, 31), "34.30", "164.35", "81.65"),
        (date(2025, 1, 1), "35.30", "169.10", "84.00"),
    ],
)
def test_yearly_rates_change_on_new_year(day, hour, night, ssi_8h):
    table = published_rates()
    assert [str(table.on(code, day).amount) for code in ("CA_HOUR", "CA_NIGHT_MAX", "SSI_8H")] == [hour, night, ssi_8h]


def test_every_published_rate_names_its_source():
    table = published_rates()
    rates = [found for code in table.codes() for found in table.history(code)]
    assert len(rates) == 54
    assert [found.code for found in rates if not (found.source and found.unit and found.label and found.status)] == []


def test_rates_follow_from_the_maximum_pension():
    """80/50/20 % and 100/70/40 % of 2520 francs by thirty days, to five rappen (LAI 42ter)."""
    from guichet.kernel.money import round_to_5_rappen

    shares = {
        "API_MIN_GRAVE": "0.8", "API_MIN_MOYEN": "0.5", "API_MIN_FAIBLE": "0.2",
        "SSI_8H": "1", "SSI_6H": "0.7", "SSI_4H": "0.4",
    }  # fmt: skip
    computed = {code: round_to_5_rappen(Decimal(2520) * Decimal(share) / 30) for code, share in shares.items()}
    assert {code: published_rates().on(code, date(2025, 6, 1)).amount for code in shares} == computed


def test_an_entered_rate_ends_the_one_before_it():
    entered = Rate("CA_HOUR", date(2027, 1, 1), None, Decimal("36.00"), "RAI 39f", key="row")
    table = published_rates().extended([entered])
    assert [(rate.valid_from.year, rate.valid_to, rate.key) for rate in table.history("CA_HOUR")[-2:]] == [
        (2025, date(2026, 12, 31), ""),
        (2027, None, "row"),
    ]
    assert table.history("KM_AUTO") == published_rates().history("KM_AUTO")


def test_an_entered_rate_holds_though_one_is_published_later_for_its_day():
    entered = Rate("CA_HOUR", date(2025, 1, 1), None, Decimal("36.00"), "RAI 39f", key="row")
    assert published_rates().extended([entered]).on("CA_HOUR", date(2026, 5, 1)) == entered


def test_used_rates_are_fetched_once_and_remembered():
    fetched = []

    def fetch():
        fetched.append(1)
        return published_rates()

    rates = UsedRates(fetch)
    assert (rates.used, fetched) == ((), [])
    for day in (date(2026, 1, 1), date(2026, 2, 1), date(2024, 1, 1)):
        rates.on("CA_HOUR", day)
    assert [str(rate.amount) for rate in rates.used] == ["34.30", "35.30"]
    assert len(fetched) == 1
