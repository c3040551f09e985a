"""generalInvoiceRequest 4.5: valid against its schema, and refused where an identifier is missing."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from guichet.invoices import general_invoice
from guichet.invoices.general_invoice import NAMESPACE, Claim, Party, Patient, Service
from guichet.kernel.address import NamedAddress
from guichet.kernel.bank import with_qrr_digit

pytestmark = pytest.mark.proves("INV-25")

HOME = NamedAddress(street="Rue du Lac", house_no="12a", postcode="1950", town="Sion", name="Foyer du Lac")
CLAIM = Claim(
    number="VS-2026-000123",
    sent_at=datetime(2026, 11, 5, 14, 32, tzinfo=UTC),
    language="fr",
    decision="32320260001234",
    biller=Party(HOME, gln="7601999000018", zsr="X123456", uid="CHE123456788", nif="1234567"),
    debitor=Party(replace(HOME, name="Centrale"), gln="7601999000025"),
    via="7601999000025",
    office=Party(replace(HOME, name="Office AI"), gln="7601999000032"),
    patient=Patient("Fournier", "Anne", HOME, date(1990, 5, 1), female=True, avs_number="7569999000004"),
    canton="VS",
    iban="CH5604835012345678009",
    reference="",
    creditor=HOME,
    services=(
        Service("Transport", Decimal("40.50"), date(2026, 10, 1), date(2026, 10, 3)),
        Service("Appareil", Decimal("840.00"), date(2026, 10, 2), date(2026, 10, 2), tariff="909.01"),
    ),
)


@pytest.fixture(scope="module")
def schema():
    shared = os.environ.get("GUICHET_SHARED")
    if not shared:
        pytest.skip("the schema lies outside the repository (GUICHET_SHARED)")
    folder = Path(shared) / "data/invoices/forum-datenaustausch"
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(folder / "generalInvoiceRequest_450.xsd"), parser))


def test_a_claim_is_valid(schema):
    schema.assertValid(etree.fromstring(general_invoice.write(CLAIM)))


@pytest.mark.parametrize(
    ("iban", "reference"),
    [("CH4431999123000889012", with_qrr_digit("21000000000313947143000901"[:26])), ("CH5604835012345678009", "")],
)
def test_references_are_written_where_they_belong(schema, iban, reference):
    root = etree.fromstring(general_invoice.write(replace(CLAIM, iban=iban, reference=reference)))
    schema.assertValid(root)
    assert root.find(f".//{{{NAMESPACE}}}esrQR").get("reference_number", "") == reference


def test_lines_keep_their_official_tariff():
    services = etree.fromstring(general_invoice.write(CLAIM)).findall(f".//{{{NAMESPACE}}}service")
    assert [(s.get("tariff_type"), s.get("code"), s.get("amount")) for s in services] == [
        ("999", "1", "40.50"),
        ("909", "909.01", "840.00"),
    ]


def test_the_law_names_decision_person_and_creditor():
    law = etree.fromstring(general_invoice.write(CLAIM)).find(f".//{{{NAMESPACE}}}ivg")
    assert dict(law.attrib) == {"case_id": "32320260001234", "ssn": "7569999000004", "nif": "1234567"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"biller": replace(CLAIM.biller, gln="")}, "claim.biller_gln"),
        ({"biller": replace(CLAIM.biller, zsr="")}, "claim.biller_zsr"),
        ({"debitor": replace(CLAIM.debitor, gln="")}, "claim.debitor_gln"),
        ({"via": ""}, "claim.debitor_gln"),
        ({"decision": "12"}, "claim.decision"),
        ({"iban": "DE89370400440532013000"}, "claim.iban"),
        ({"canton": ""}, "claim.canton"),
        ({"services": ()}, "claim.services"),
    ],
)
def test_what_is_missing_is_named(changed, code):
    claim = replace(CLAIM, **changed)
    assert general_invoice.fault(claim) == code
    with pytest.raises(ValueError, match=code):
        general_invoice.write(claim)


@settings(max_examples=40, deadline=None)
@given(name=st.text(max_size=90), street=st.text(max_size=70), town=st.text(max_size=35), line=st.text(max_size=500))
def test_any_text_fits_the_schema(schema, name, street, town, line):
    at = NamedAddress(street=street, house_no="1", postcode="1950", town=town, name=name)
    claim = replace(
        CLAIM,
        biller=replace(CLAIM.biller, at=at),
        patient=replace(CLAIM.patient, last_name=name, at=at),
        services=(Service(line, Decimal("1.05"), date(2026, 1, 1), date(2026, 1, 1)),),
    )
    schema.assertValid(etree.fromstring(general_invoice.write(claim)))
