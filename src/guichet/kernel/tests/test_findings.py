"""Findings and Invalid."""

import pickle

import pytest

from guichet.kernel.findings import Finding, Invalid, Level


def test_invalid_carries_its_code_and_parameters():
    error = Invalid("avs.length", length=12)
    assert (error.code, dict(error.params), str(error)) == ("avs.length", {"length": 12}, "avs.length {'length': 12}")


def test_invalid_without_parameters_says_its_code():
    assert str(Invalid("avs.prefix")) == "avs.prefix"


def test_invalid_is_a_value_error_for_callers_who_catch_those():
    with pytest.raises(ValueError, match=r"^iban\.missing$"):
        raise Invalid("iban.missing")


def test_invalid_survives_the_way_through_another_process():
    error = pickle.loads(pickle.dumps(Invalid("qr.lines", lines=3)))  # noqa: S301 - made two words earlier
    assert (error.code, error.params) == ("qr.lines", {"lines": 3})


def test_invalid_becomes_a_finding_at_a_place():
    finding = Invalid("amount.ambiguous", text="1.234").as_finding("lines.2.amount", source="RAI art. 90")
    assert finding == Finding(
        "amount.ambiguous", Level.BLOCKING, "lines.2.amount", params={"text": "1.234"}, source="RAI art. 90"
    )


def test_finding_can_be_kept_in_a_set():
    assert len({Finding("a", Level.WARNING, params={"x": 1}), Finding("a", Level.WARNING, params={"x": 1})}) == 1
