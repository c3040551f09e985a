"""Structured addresses."""

import pytest

from guichet.kernel.address import Address, NamedAddress, parse_address, split_street, split_town
from guichet.kernel.findings import Invalid

SION = {"street": "Av. de la Gare", "house_no": "15", "postcode": "1951", "town": "Sion"}


def test_address_is_cleaned():
    assert parse_address(
        street=" Av. de la  Gare ", house_no="15", postcode="1951", town="Sion\u202e", country="ch"
    ) == (Address("Av. de la Gare", "15", "1951", "Sion", "CH"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"town": " "}, "address.town"),
        ({"postcode": "195"}, "address.postcode"),
        ({"postcode": "0951"}, "address.postcode"),
        ({"postcode": "A951", "country": "LI"}, "address.postcode"),
        ({"country": "Suisse"}, "address.country"),
        ({"country": ""}, "address.country"),
        ({"town": "x" * 36}, "text.too_long"),
        ({"street": "x" * 71}, "text.too_long"),
        ({"house_no": "x" * 17}, "text.too_long"),
    ],
)
def test_address_a_bank_would_refuse_is_refused(change, code):
    with pytest.raises(Invalid) as refused:
        parse_address(**(SION | change))
    assert refused.value.code == code


def test_foreign_postcode_is_free():
    assert parse_address(**(SION | {"postcode": "SW1A 1AA", "country": "GB"})).postcode == "SW1A 1AA"


def test_address_is_written_as_on_an_envelope():
    assert Address(**SION).lines() == ("Av. de la Gare 15", "1951 Sion")
    assert NamedAddress("", "", "9490", "Vaduz", "LI", "Muster").lines() == ("LI-9490 Vaduz",)
    assert Address().lines() == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Rue du Lac 12a", ("Rue du Lac", "12a")),
        ("Rue du Lac, 12", ("Rue du Lac", "12")),
        ("Musterstrasse 12-14", ("Musterstrasse", "12-14")),
        ("Rue du 31-Décembre 8", ("Rue du 31-Décembre", "8")),
        ("Case postale", ("Case postale", "")),
        ("12", ("12", "")),
        ("", ("", "")),
    ],
)
def test_street_line_is_split(line, expected):
    assert split_street(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1000 Lausanne", ("1000", "Lausanne")),
        ("CH-1950 Sion", ("1950", "Sion")),
        ("78462 Konstanz", ("78462", "Konstanz")),
        ("Sion", ("", "Sion")),
        ("1950", ("", "1950")),
    ],
)
def test_town_line_is_split(line, expected):
    assert split_town(line) == expected
