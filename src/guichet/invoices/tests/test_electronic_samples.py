"""The public samples of generalInvoiceRequest, of all three versions, good and bad (INV-12)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from guichet import readers
from guichet.invoices import general_invoice_in

SHARED = os.environ.get("GUICHET_SHARED", "")
SAMPLES = Path(SHARED) / "data" / "invoices" / "forum-datenaustausch" / "samples"

pytestmark = [
    pytest.mark.proves("INV-12"),
    pytest.mark.skipif(not SHARED, reason="the samples lie beside the project: GUICHET_SHARED names where"),
]


def taken(name):
    return general_invoice_in.read(readers.xml((SAMPLES / name).read_bytes()))


def test_4_4_of_the_invalidity_insurance():
    found = taken("md_440_tg_ivg_de.xml")
    assert (found.raw["decision"], found.raw["supplier_number"]) == ("1234566789", "2009_01:001")
    assert (found.raw["period_from"], found.raw["period_to"]) == ("08.03.2013", "20.03.2013")
    first = found.raw["lines"][0]
    assert (first["on"], first["tariff"], first["quantity"], first["price"]) == (
        "08.03.2013",
        "001 00.0010",
        "1",
        "15.81",
    )
    assert found.person["last_name"] == "Muster"
    assert any("-306.99" in text for text in found.missing)
    assert any("BVR" in text for text in found.missing)


def test_4_5_of_another_law_says_so():
    found = taken("450_streha_invoice_03.xml")
    assert "decision" not in found.raw
    assert any("KVG" in text for text in found.missing)
    assert found.iban == "CH0930769016110591261"
    assert [line["price"] for line in found.raw["lines"]] == ["52537.49", "661.81"]


def test_5_0():
    found = taken("elexis_existing50_1.xml")
    assert any("VVG" in text for text in found.missing)
    assert (found.person["first_name"], found.person["sex"]) == ("Beatrice", "f")
    assert found.raw["lines"][2]["quantity"] in {"1", "0.5"}


def test_what_its_schema_refuses_is_read_as_far_as_it_goes():
    found = taken("elexis_readReq450.xml")
    assert found.avs_number == ""
    assert found.missing != []
