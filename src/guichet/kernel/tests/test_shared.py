"""The shared material, where it is at hand (`GUICHET_SHARED`): every row and every sample."""

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guichet.kernel.bank import is_qr_iban, parse_iban, parse_qrr, parse_scor
from guichet.kernel.decisions import OFFICES, parse_decision
from guichet.kernel.findings import Invalid
from guichet.kernel.identifiers import parse_avs, parse_gln, parse_uid
from guichet.kernel.qrbill import parse_qrbill
from guichet.kernel.tariffs import published_rates

pytestmark = pytest.mark.skipif("GUICHET_SHARED" not in os.environ, reason="GUICHET_SHARED names the shared material")

INVOICES = Path(os.environ.get("GUICHET_SHARED", "")) / "data/invoices"
ACCEPTED = {
    "AHV": parse_avs,
    "IBAN": parse_iban,
    "QRIBAN": lambda text: is_qr_iban(parse_iban(text)),
    "QRR": parse_qrr,
    "SCOR": parse_scor,
    "GLN": parse_gln,
    "UID": parse_uid,
    "DECISION": parse_decision,
}


def rows(name):
    with (INVOICES / "vectors" / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def is_accepted(kind, value):
    try:
        return bool(ACCEPTED[kind](value))
    except Invalid:
        return False


def test_identifiers_are_judged_as_the_table_says():
    table = rows("identifiers.csv")
    judged = [(row["kind"], row["value"], str(is_accepted(row["kind"], row["value"])).lower()) for row in table]
    assert judged == [(row["kind"], row["value"], row["valid"]) for row in table]


def test_rates_are_those_of_the_table():
    for row in rows("tariffs.csv"):
        day = date.fromisoformat(row["valid_from"] or row["valid_to"] or "2026-01-01")
        assert (row["code"], published_rates().on(row["code"], day).amount) == (row["code"], Decimal(row["amount_chf"]))


def test_offices_are_those_of_the_table():
    assert {row["office_code"]: row["canton"] for row in rows("ai_offices.csv")} == OFFICES


def test_sample_bills_are_read_except_the_one_with_a_wrong_reference():
    results: dict[str, str] = {}
    for path in sorted((INVOICES / "qrbill").glob("*/*.txt")):
        try:
            results[path.stem] = parse_qrbill(path.read_bytes().decode("utf-8")).reference.kind
        except Invalid as error:
            results[path.stem] = error.code
    refused = {name: result for name, result in results.items() if "." in result}
    assert refused == {"example4_SCOR_published_ref_FAILS_mod97": "scor.check_digits"}
    assert len(results) >= 16
