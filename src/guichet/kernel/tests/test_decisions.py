"""Decision and communication numbers."""

from datetime import date

import pytest

from guichet.kernel.decisions import OFFICES, decision_findings, office_code, parse_decision

TODAY = date(2026, 11, 22)


def warnings(number, office=""):
    return [(finding.code, dict(finding.params)) for finding in decision_findings(number, today=TODAY, office=office)]


def test_offices_are_the_28_published_codes():
    assert sorted(OFFICES) == [str(code) for code in (*range(301, 328), 350)]


@pytest.mark.parametrize("code", sorted(OFFICES))
def test_decision_of_every_office_is_accepted(code):
    number = parse_decision(f"{code} 2025 1000896")
    assert (number, office_code(number)) == (f"{code}20251000896", code)


def test_special_number_says_its_office():
    assert office_code(parse_decision("323280")) == "323"


def test_old_number_is_kept_and_flagged():
    number = parse_decision("12345/6789")
    assert (number, office_code(number)) == ("123456789", "")
    assert warnings(number, office="323") == [("decision.old", {})]


def test_decision_of_the_own_office_gives_no_warning():
    assert warnings("32320251000896", office="323") == []


def test_decision_of_another_office_is_a_warning():
    assert warnings("31220251000896", office="323") == [("decision.other_office", {"found": "312", "expected": "323"})]


@pytest.mark.parametrize(
    ("year", "expected"), [("1959", True), ("1960", False), ("2027", False), ("2028", True), ("0000", True)]
)
def test_decision_of_an_odd_year_is_a_warning(year, expected):
    codes = [code for code, _params in warnings(f"323{year}1000896")]
    assert codes == (["decision.year"] if expected else [])
