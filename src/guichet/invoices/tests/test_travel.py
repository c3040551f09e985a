"""318.632.1: every amount, by the rates of the day of the trip (RAI art. 90; domain page § 2.9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.formspec import reading
from guichet.formspec.findings import words
from guichet.invoices.formtypes.base import AccountFacts, Context
from guichet.invoices.formtypes.f_318_632_1 import TravelAndMeals
from guichet.kernel.tariffs import Rate, RateTable, published_rates

pytestmark = pytest.mark.proves("INV-11")


def context(**changes: Any) -> Context:
    facts: dict[str, Any] = {
        "today": date(2026, 11, 22),
        "rates": published_rates(),
        "office_code": "323",
        "beneficiary_known": True,
        "account": AccountFacts("CH9300762011623852957", is_qr=False),
        "attachments": 1,
    }
    return Context(**(facts | changes))


def trip(**changes: str) -> dict[str, str]:
    return {
        "on": "03.02.2026", "origin": "Sion", "destination": "Lausanne", "way": "single", "times": "1",
        "transport": "public", "ticket": "33.00",
    } | changes  # fmt: skip


def car(**changes: str) -> dict[str, str]:
    return trip(transport="car", ticket="", kilometres="100", car_needed="on") | changes


def raw(*trips: dict[str, str], **changes: str) -> dict[str, Any]:
    return {
        "beneficiary": "b", "account": "beneficiary", "decision": "32320260001234", "motive": "medical",
        "trips": list(trips),
    } | changes  # fmt: skip


def total(*trips: dict[str, str], **facts: Any) -> str:
    read = reading.read(TravelAndMeals, raw(*trips), context(**facts))
    assert [words(finding) for finding in read.findings] == []
    assert isinstance(read.answers, TravelAndMeals)
    return str(read.answers.compute(context(**facts)).total)


@pytest.mark.parametrize(
    ("trips", "amount"),
    [
        pytest.param([trip()], "33.00", id="one ticket"),
        pytest.param([trip(times="3")], "99.00", id="the same ticket three times"),
        pytest.param([trip(), trip(on="31.12.2025")], "66.00", id="over the turn of the year"),
        pytest.param([car()], "45.00", id="100 km at 0.45"),
        pytest.param([car(way="return")], "90.00", id="there and back"),
        pytest.param([car(way="return", times="2")], "180.00", id="there and back, twice"),
        pytest.param([car(kilometres="12.3")], "5.54", id="5.535 is rounded half up to the rappen"),
        pytest.param([car(kilometres="0.1")], "0.05", id="0.045 is rounded half up to the rappen"),
        pytest.param([car(car_needed="", ticket="33.00")], "33.00", id="car not needed: the ticket is the cap"),
        pytest.param([car(car_needed="", ticket="60.00")], "45.00", id="car not needed: cheaper than the ticket"),
        pytest.param([trip(transport="taxi", ticket="120.55")], "120.55", id="taxi at cost"),
        pytest.param([trip(companion="Claire Exemple", companion_ticket="33.00")], "66.00", id="companion's ticket"),
        pytest.param([trip(departure="08:00", back="12:59")], "33.00", id="4 h 59: no meal"),
        pytest.param([trip(departure="08:00", back="13:00")], "44.50", id="exactly 5 hours: 11.50"),
        pytest.param([trip(departure="08:00", back="16:00")], "44.50", id="exactly 8 hours: still 11.50"),
        pytest.param([trip(departure="08:00", back="16:01")], "52.00", id="more than 8 hours: 19.00"),
        pytest.param([trip(times="2", departure="08:00", back="17:00")], "104.00", id="a meal for each trip"),
        pytest.param([trip(nights="2")], "108.00", id="two nights at 37.50"),
        pytest.param([trip(nights="1", departure="18:00", back="09:00")], "89.50", id="overnight is over 8 hours"),
        pytest.param([trip(extras="12.00", extras_text="Parking")], "45.00", id="parking"),
        pytest.param([trip(ticket="6.00", local="on")] * 2, "12.00", id="local area from 10.00 a month on"),
        pytest.param([trip(ticket="5.00", local="on")] * 2, "10.00", id="local area: exactly 10.00 is paid"),
    ],
)
def test_travel_costs_what_the_rules_say(trips: list[dict[str, str]], amount: str) -> None:
    assert total(*trips) == amount


def test_local_trips_below_the_threshold_of_their_month_are_kept_back() -> None:
    assert total(trip(ticket="9.95", local="on"), trip(on="04.03.2026", ticket="20.00", local="on")) == "20.00"


def test_the_local_threshold_is_deducted_where_the_insurer_says_so() -> None:
    assert total(trip(ticket="25.00", local="on"), local_rule="deductible") == "15.00"


def test_rates_are_those_of_the_day_of_the_trip() -> None:
    rates = RateTable(
        [
            Rate("KM_AUTO", date(2020, 1, 1), date(2026, 12, 31), Decimal("0.45"), "test"),
            Rate("KM_AUTO", date(2027, 1, 1), None, Decimal("0.50"), "test"),
        ]
    )
    assert total(car(on="31.12.2026"), car(on="01.01.2027"), rates=rates, today=date(2027, 2, 1)) == "95.00"


def test_a_day_without_a_rate_is_explained_and_not_a_crash() -> None:
    read = reading.read(TravelAndMeals, raw(car()), context(rates=RateTable([])))
    assert [(finding.place, finding.code) for finding in read.findings] == [("trips", "tariff.missing")]


@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize(
    ("changed", "place", "text"),
    [
        (car(kilometres=""), "trips-0-kilometres", "Indiquez les kilomètres parcourus en voiture."),
        (trip(ticket=""), "trips-0-ticket", "Indiquez le prix du billet ou de la facture."),
        (trip(departure="08:00"), "trips-0-back", "Indiquez l'heure de départ et l'heure de retour."),
        (trip(departure="12:00", back="08:00"), "trips-0-back", "L'heure de retour doit suivre l'heure de départ."),
        (trip(extras="3.00"), "trips-0-extras_text", "Précisez la nature des frais accessoires."),
        (trip(companion_ticket="3.00"), "trips-0-companion", "Indiquez le nom de l'accompagnant."),
        (trip(on="23.11.2026"), "trips-0-on", "Saisissez une date qui n'est pas dans le futur."),
        (trip(origin=""), "trips-0-origin", "Le champ De est obligatoire."),
    ],
)
def test_every_slip_has_its_message_at_its_field(changed: dict[str, str], place: str, text: str) -> None:
    read = reading.read(TravelAndMeals, raw(changed), context())
    assert [(finding.place, words(finding)) for finding in read.findings] == [(place, text)]


def test_a_car_that_was_not_needed_asks_for_the_ticket() -> None:
    read = reading.read(TravelAndMeals, raw(car(car_needed="")), context())
    assert [(finding.place, finding.source) for finding in read.findings] == [("trips-0-ticket", "RAI 90 al. 2")]


def test_visits_have_no_meal_allowance() -> None:
    read = reading.read(TravelAndMeals, raw(trip(departure="08:00", back="14:00"), motive="visit"), context())
    assert [(finding.place, finding.code) for finding in read.findings] == [("trips-0-departure", "travel.visit_meals")]


def test_kilometres_alone_need_no_document_but_tickets_do() -> None:
    assert reading.read(TravelAndMeals, raw(car()), context(attachments=0)).findings == ()
    read = reading.read(TravelAndMeals, raw(trip()), context(attachments=0))
    assert [finding.place for finding in read.findings] == ["attachments"]


def test_an_empty_line_between_two_is_skipped_and_places_stay() -> None:
    read = reading.read(TravelAndMeals, raw(trip(), {}, trip(ticket="")), context())
    assert [finding.place for finding in read.findings] == ["trips-2-ticket"]


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 62), st.booleans()), min_size=1, max_size=12))
def test_the_total_is_the_sum_of_its_lines_and_never_negative(drives: list[tuple[int, int, bool]]) -> None:
    trips = [
        car(kilometres=str(km), times=str(times), local="on" if local else "", on=f"{1 + index:02d}.02.2026")
        for index, (km, times, local) in enumerate(drives)
    ]
    read = reading.read(TravelAndMeals, raw(*trips), context())
    assert isinstance(read.answers, TravelAndMeals)
    computed = read.answers.compute(context())
    assert computed.total == sum(line.amount for line in computed.lines)
    assert computed.total >= 0
