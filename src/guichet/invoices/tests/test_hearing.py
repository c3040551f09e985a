"""300.001: lump sums for hearing aids, repairs and batteries (form of 07/2011; domain page § 2.7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.formspec.findings import words
from guichet.invoices.formtypes.f_300_001 import BatteryTariff, Device, HearingAids
from guichet.invoices.tests.forms import answers, context, earlier, findings, said, total
from guichet.kernel.findings import Level
from guichet.kernel.tariffs import Rate, RateTable

pytestmark = pytest.mark.proves("INV-05")


def device(code: str = "909.01", **changes: Any) -> dict[str, Any]:
    return {
        "insurance": "avs" if code in {"909.03", "AVS_BIN"} else "ai", "device": code, "supply": "first",
        "seller": "Acoustique du Lac", "delivered_on": "04.05.2026",
    } | changes  # fmt: skip


def repair(tariff: str = "909.04", on: str = "10.02.2026") -> dict[str, str]:
    return {"on": on, "tariff": tariff, "maker": "Otion"}


def batteries(
    tariff: str = "909.06", years: int = 1, first: str = "01.01.2026", last: str = "31.12.2026"
) -> dict[str, str]:
    return {"tariff": tariff, "years": str(years), "first": first, "last": last}


def extras(*repairs: dict[str, str], power: tuple[dict[str, str], ...] = (), **changes: Any) -> dict[str, Any]:
    return {"insurance": "ai", "repairs": list(repairs), "batteries": list(power)} | changes


@pytest.mark.proves("INV-11")
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        pytest.param(device("909.01"), "840.00", id="909.01 one device, AI"),
        pytest.param(device("909.02"), "1650.00", id="909.02 two devices, AI"),
        pytest.param(device("909.03"), "630.00", id="909.03 one device, AVS"),
        pytest.param(device("AVS_BIN"), "1237.50", id="two devices, AVS"),
        pytest.param(device("MIN_MONO"), "2830.00", id="minor, one device"),
        pytest.param(device("MIN_BIN"), "4170.00", id="minor, two devices"),
        pytest.param(extras(repair("909.04")), "200.00", id="909.04 electronic repair"),
        pytest.param(extras(repair("909.05")), "130.00", id="909.05 other repair"),
        pytest.param(extras(repair("909.04"), repair("909.05")), "330.00", id="two repairs"),
        pytest.param(extras(power=(batteries("909.06"),)), "40.00", id="909.06 batteries, one device"),
        pytest.param(extras(power=(batteries("909.07"),)), "80.00", id="909.07 batteries, two devices"),
        pytest.param(extras(power=(batteries("MIN_BAT1"),)), "60.00", id="minor, batteries, one device"),
        pytest.param(extras(power=(batteries("MIN_BAT2"),)), "120.00", id="minor, batteries, two devices"),
        pytest.param(extras(power=(batteries("909.07", 3, "01.01.2024"),)), "240.00", id="three years of batteries"),
        pytest.param(
            extras(power=(batteries("909.06", 2, "01.07.2024", "31.12.2025"),)), "80.00", id="a begun year counts"
        ),
        pytest.param(
            device("909.02") | extras(repair(), power=(batteries("909.07"),)), "1930.00", id="everything at once"
        ),
        pytest.param(device("909.01", delivered_on="31.12.2025"), "840.00", id="the last day of a year"),
    ],
)
def test_lump_sums_are_those_of_the_form(typed, amount):
    assert total(HearingAids, typed) == amount


def test_lump_sums_are_those_of_the_day_they_are_for():
    rates = RateTable(
        [
            Rate("HEAR_909.01", date(2011, 7, 1), date(2026, 12, 31), Decimal("840.00"), "test"),
            Rate("HEAR_909.01", date(2027, 1, 1), None, Decimal("900.00"), "test"),
            Rate("HEAR_909.06", date(2011, 7, 1), date(2026, 12, 31), Decimal("40.00"), "test"),
            Rate("HEAR_909.06", date(2027, 1, 1), None, Decimal("45.00"), "test"),
        ]
    )
    facts = {"rates": rates, "today": date(2027, 3, 1)}
    assert total(HearingAids, device(delivered_on="31.12.2026"), **facts) == "840.00"
    assert total(HearingAids, device(delivered_on="01.01.2027"), **facts) == "900.00"
    two = extras(power=(batteries("909.06", 2, "01.01.2026", "31.12.2027"),))
    [line] = answers(HearingAids, two, **facts).compute(context(**facts)).lines
    assert (str(line.amount), line.how) == ("85.00", "40.00 + 45.00")


def test_one_device_only_is_chosen_so_909_01_and_909_02_exclude_each_other():
    assert said(HearingAids, device("909.01 909.02")) == [("choice.unknown", "device")]


@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"insurance": "ai"}, ("hearing.nothing", "device")),
        (device(supply=""), ("hearing.device", "supply")),
        (device(seller=""), ("hearing.device", "seller")),
        (device(delivered_on=""), ("hearing.device", "delivered_on")),
        (device(delivered_on="23.11.2026"), ("invoice.future", "delivered_on")),
        (device("909.03", insurance="ai"), ("hearing.insurance", "device")),
        (device("909.02", insurance="avs"), ("hearing.insurance", "device")),
        (device(delivered_on="30.06.2011"), ("tariff.missing", "device")),
        (extras(repair(on="23.11.2026")), ("invoice.future", "repairs-0-on")),
        (extras(power=(batteries(first="01.12.2026"),)), ("invoice.future", "batteries-0-first")),
        (extras(power=(batteries(years=2),)), ("hearing.years", "batteries-0-years")),
        (
            extras(power=(batteries(first="01.02.2026", last="31.01.2026"),)),
            ("hearing.batteries_backwards", "batteries-0-last"),
        ),
        (extras(power=(batteries(), batteries("909.07"))), ("hearing.batteries_twice", "batteries-1-first")),
        (
            device(worn=[{"side": "left", "brand": "Otion"}, {"side": "left", "brand": "Otion"}]),
            ("hearing.side_twice", "worn-1-side"),
        ),
    ],
)
def test_every_slip_has_its_message_at_its_place(typed, found):
    assert said(HearingAids, typed) == [found]


def test_batteries_are_due_from_the_first_day_of_their_year():
    assert total(HearingAids, extras(power=(batteries(last="31.12.2026"),)), today=date(2026, 1, 1)) == "40.00"


@pytest.mark.parametrize(
    ("code", "before", "warned"),
    [
        ("909.01", "device:909.01:2020-05-05", True),
        ("909.01", "device:909.01:2020-05-04", False),
        ("909.02", "device:909.01:2024-01-01", True),
        ("909.03", "device:909.03:2021-05-05", True),
        ("909.03", "device:909.03:2021-05-04", False),
        ("AVS_BIN", "device:909.02:2022-02-28", True),
        ("909.01", "device:909.01:2027-01-01", False),
        ("909.01", "omai:5.06", False),
    ],
)
def test_a_device_is_due_every_six_years_or_five_under_the_avs(code, before, warned):
    found = findings(HearingAids, device(code), earlier=(earlier("300.001", before),))
    assert [(one.code, one.level, one.place) for one in found] == [
        ("hearing.too_soon", Level.WARNING, "device")
    ] * warned


def test_the_warning_names_the_day_and_the_interval_and_a_refused_device_does_not_count():
    before = earlier("300.001", "device:909.02:2024-02-29")
    [found] = findings(HearingAids, device("909.02"), earlier=(before,))
    assert words(found) == (
        "Un forfait pour appareil a été facturé le 29.02.2024 ; il est dû tous les 6 ans. Expliquez."
    )
    refused = earlier("300.001", "device:909.02:2024-02-29", status="refused")
    assert said(HearingAids, device("909.02"), earlier=(refused,)) == []


@pytest.mark.parametrize(
    ("before", "warned"),
    [
        ("batteries:2025-07-01:2026-06-30", True),
        ("batteries:2026-12-31:2027-12-30", True),
        ("batteries:2025-01-01:2025-12-31", False),
    ],
)
def test_batteries_of_a_period_already_claimed_are_questioned(before, warned):
    typed = extras(power=(batteries(),))
    assert (
        said(HearingAids, typed, earlier=(earlier("300.001", before),))
        == [("hearing.batteries_again", "batteries-0-first")] * warned
    )


def test_repairs_under_the_avs_and_two_devices_at_the_price_of_one_are_questioned():
    assert said(HearingAids, extras(repair(), insurance="avs")) == [("hearing.avs_extras", "insurance")]
    worn = [{"side": side, "brand": "Otion"} for side in ("left", "right")]
    assert said(HearingAids, device("909.01", worn=worn)) == [("hearing.devices", "device")]
    assert said(HearingAids, device("909.02", worn=worn)) == []


def test_hearing_aids_want_the_suppliers_bill():
    assert said(HearingAids, device(), attachments=0) == [("invoice.document", "attachments")]


@pytest.mark.proves("INV-10")
def test_what_is_claimed_is_remembered_and_taken_on_its_own_day():
    form = answers(HearingAids, device("909.02") | extras(repair(), power=(batteries("909.07"),)))
    assert form.tags() == {"device:909.02:2026-05-04", "batteries:2026-01-01:2026-12-31"}
    assert form.period() == (date(2026, 1, 1), date(2026, 12, 31))
    assert [(use.on, str(use.quantity)) for use in form.uses(form.compute(context()))] == [
        (date(2026, 5, 4), "1650.00"),
        (date(2026, 2, 10), "200.00"),
        (date(2026, 1, 1), "80.00"),
    ]


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(["", *Device.values]),
    st.lists(st.sampled_from(["909.04", "909.05"]), max_size=4),
    st.lists(st.tuples(st.sampled_from(BatteryTariff.values), st.integers(1, 6), st.integers(0, 3000)), max_size=3),
)
def test_the_total_is_the_sum_of_lump_sums_whatever_was_paid(code, repaired, powered):
    start = date(2016, 1, 1)
    power = [
        batteries(tariff, years, f"{start + timedelta(days=offset):%d.%m.%Y}", "31.12.2026")
        for tariff, years, offset in powered
    ]
    fixed = {"beneficiary": "b", "account": "a", "decision": "32320260001234"}
    chosen = device(code) if code else {"insurance": "ai"}
    typed = chosen | {"repairs": [repair(tariff) for tariff in repaired], "batteries": power} | fixed
    computed = HearingAids.model_validate(typed).compute(context())
    each = {"909.04": 200, "909.05": 130, "909.06": 40, "909.07": 80, "MIN_BAT1": 60, "MIN_BAT2": 120}
    lump = {
        "909.01": "840",
        "909.02": "1650",
        "909.03": "630",
        "AVS_BIN": "1237.50",
        "MIN_MONO": "2830",
        "MIN_BIN": "4170",
    }
    expected = Decimal(lump.get(code, "0")) + sum(each[tariff] for tariff in repaired)
    assert computed.total == expected + sum(each[tariff] * years for tariff, years, _offset in powered)
    assert computed.total == sum(one.amount for one in computed.lines)
