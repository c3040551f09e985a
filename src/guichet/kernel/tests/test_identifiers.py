"""Numbers of people and organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.findings import Finding, Invalid, Level
from guichet.kernel.identifiers import (
    format_avs,
    format_gln,
    format_uid,
    gln_findings,
    mask_avs,
    parse_avs,
    parse_gln,
    parse_uid,
    with_ean_digit,
    zsr_findings,
)
from guichet.kernel.tests.outcomes import outcome


def changed(number, at, by):
    """The same number with one other digit."""
    other = str((int(number[at]) + by) % 10)
    return number[:at] + other + number[at + 1 :]


@given(st.text("0123456789", min_size=9, max_size=9))
def test_avs_round_trip_through_its_display(body):
    number = with_ean_digit(f"756{body}")
    assert parse_avs(format_avs(number)) == number


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(3, 12), st.integers(1, 9))
def test_avs_with_one_wrong_digit_is_refused(body, at, by):
    with pytest.raises(Invalid, match=r"^avs\.check_digit$"):
        parse_avs(changed(with_ean_digit(f"756{body}"), at, by))


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_gln_with_one_wrong_digit_is_refused(body, at, by):
    number = with_ean_digit(body)
    assert parse_gln(format_gln(number)) == number
    with pytest.raises(Invalid, match=r"^gln\.check_digit$"):
        parse_gln(changed(number, at, by))


@given(st.integers(0, 8), st.integers(1, 9))
def test_uid_with_one_wrong_digit_is_refused(at, by):
    with pytest.raises(Invalid, match=r"^uid\.check_digit$"):
        parse_uid(f"CHE{changed('100155212', at, by)}")


def test_uid_round_trip_through_its_display():
    assert parse_uid(format_uid("CHE112294866")) == "CHE112294866"


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text):
    for parse in (parse_avs, parse_gln, parse_uid):
        number, refusal = outcome(parse, text)
        assert refusal in ({"avs", "gln", "uid"} if number is None else {""})


def test_avs_is_masked_for_mails():
    assert mask_avs("7569217076985") == "756.••••.••••.85"


def test_avs_longer_than_any_spelling_is_not_even_looked_at():
    with pytest.raises(Invalid, match=r"^avs\.format$"):
        parse_avs("756.9217.0769.85" + " " * 100)


def test_avs_of_wrong_length_says_how_long_it_is():
    with pytest.raises(Invalid) as refused:
        parse_avs("756.9217")
    assert refused.value.params == {"length": 7}


def test_gln_from_abroad_is_a_warning_only():
    assert gln_findings("7601001302112") == ()
    assert gln_findings("4006381333931") == (Finding("gln.prefix", Level.WARNING, "gln"),)


def test_zsr_with_the_wrong_letter_is_a_warning_only():
    # 6·1 + 5·2 + 4·3 + 3·4 + 2·5 + 6 = 56, 56 mod 26 = 4, the fourth letter is D
    assert zsr_findings("D123456") == ()
    assert zsr_findings("Z123456") == (Finding("zsr.check_letter", Level.WARNING, "zsr"),)
