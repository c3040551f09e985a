"""The payment file, against the Swiss Payment Standards 2025."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from guichet.invoices.pain001 import NAMESPACE, Order, Payment, fault, write
from guichet.kernel.address import Address
from guichet.kernel.findings import Invalid
from guichet.kernel.sepa_text import check_id, is_allowed

pytestmark = pytest.mark.proves("INV-25")

IBAN, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"
QRR, SCOR = "210000000003139471430009017", "RF18539007547034"
SHARED = os.environ.get("GUICHET_SHARED")
_IN = {"p": NAMESPACE}


def payment(**changes):
    facts = {
        "end_to_end_id": "VS-2026-000123",
        "amount": Decimal("370.50"),
        "creditor": "Foyer d'essai",
        "address": Address("Chemin du Test", "7a", "1950", "Sion", "CH"),
        "iban": IBAN,
        "reference": "",
        "text": "VS-2026-000123 2026-0512",
    }
    return Payment(**(facts | changes))


def order(*payments, **changes):
    facts = {
        "message_id": "GUICHET-VS-20261122-0123456789",
        "created_at": datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
        "execution_date": date(2026, 11, 23),
        "debtor": "Centrale de compensation (essai)",
        "debtor_iban": IBAN,
        "debtor_bic": "",
        "payments": payments,
    }
    return Order(**(facts | changes))


HOSTILE = "Łukasz <b>&amp;</b> 李 \u202e\0 Ивáнов " * 9

EVERY_KIND = order(
    payment(),
    payment(end_to_end_id="VS-2026-000124", iban=QR_IBAN, reference=QRR),
    payment(end_to_end_id="VS-2026-000125", reference=SCOR),
    payment(end_to_end_id="VS-2026-000126", amount=Decimal("0.01"), address=Address(town="Sion")),
    payment(end_to_end_id="VS-2026-000127", amount=Decimal("9999999999.99")),
    payment(
        end_to_end_id="VS-2026-000128",
        creditor=HOSTILE,
        text=HOSTILE,
        address=Address("Ž" * 70, "ẞ" * 16, "1950", "Zürich € Ş", "CH"),
    ),
    payment(end_to_end_id="VS-2026-000129", creditor="\u202e\0", text=""),
)


def document(of):
    return etree.fromstring(write(of))


def texts(of, path):
    return [node.text for node in document(of).findall(f".//{path}", _IN)]


@pytest.mark.skipif(SHARED is None, reason="the schema is not part of the project: set GUICHET_SHARED")
@pytest.mark.parametrize("bic", ["", "POFICHBEXXX"])
def test_the_file_is_valid_against_the_swiss_schema(bic):
    schema = Path(str(SHARED)) / "data" / "invoices" / "iso20022" / "pain.001.001.09.ch.03.xsd"
    etree.XMLSchema(etree.parse(schema)).assertValid(document(order(*EVERY_KIND.payments, debtor_bic=bic)))


def test_it_is_utf_8_without_mark_and_says_so():
    assert write(EVERY_KIND).startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<Document xmlns=")


def test_counts_and_sums_are_said_twice_and_agree():
    assert texts(EVERY_KIND, "p:NbOfTxs") == ["7", "7"]
    total = sum(one.amount for one in EVERY_KIND.payments)
    assert texts(EVERY_KIND, "p:CtrlSum") == [f"{total:.2f}"] * 2
    assert sum(Decimal(text) for text in texts(EVERY_KIND, "p:InstdAmt")) == total
    assert {node.get("Ccy") for node in document(EVERY_KIND).iterfind(".//p:InstdAmt", _IN)} == {"CHF"}


def test_identifications_are_of_the_banks_alphabet_and_each_once():
    for path in ("p:MsgId", "p:PmtInfId", "p:InstrId", "p:EndToEndId"):
        found = texts(EVERY_KIND, path)
        assert [check_id(text) for text in found] == found
        assert len(set(found)) == len(found)


def test_a_qr_iban_goes_with_its_qr_reference_and_no_text():
    [information] = document(order(payment(iban=QR_IBAN, reference=QRR))).findall(".//p:RmtInf", _IN)
    assert [(node.tag.split("}")[1], node.text) for node in information.iter() if not len(node)] == [
        ("Prtry", "QRR"),
        ("Ref", QRR),
    ]


def test_a_creditor_reference_says_its_issuer():
    [information] = document(order(payment(reference=SCOR))).findall(".//p:RmtInf", _IN)
    assert [(node.tag.split("}")[1], node.text) for node in information.iter() if not len(node)] == [
        ("Cd", "SCOR"),
        ("Issr", "ISO"),
        ("Ref", SCOR),
    ]


def test_without_reference_there_is_an_unstructured_text():
    assert texts(order(payment()), "p:Ustrd") == ["VS-2026-000123 2026-0512"]


def test_addresses_are_structured_and_in_the_schemas_order():
    [address] = document(order(payment())).findall(".//p:Cdtr/p:PstlAdr", _IN)
    assert [(node.tag.split("}")[1], node.text) for node in address] == [
        ("StrtNm", "Chemin du Test"),
        ("BldgNb", "7a"),
        ("PstCd", "1950"),
        ("TwnNm", "Sion"),
        ("Ctry", "CH"),
    ]


def test_what_is_not_known_of_an_address_is_left_out():
    [address] = document(order(payment(address=Address(town="Sion")))).findall(".//p:Cdtr/p:PstlAdr", _IN)
    assert [node.tag.split("}")[1] for node in address] == ["TwnNm", "Ctry"]


def test_the_debtors_bank_is_named_by_bic_or_clearing_number():
    assert texts(order(payment()), "p:DbtrAgt//p:MmbId") == ["762"]
    assert texts(order(payment(), debtor_bic="POFICHBEXXX"), "p:DbtrAgt//p:BICFI") == ["POFICHBEXXX"]


@pytest.mark.proves("SEC-02")
def test_hostile_names_are_transliterated_and_cut():
    said = [node.text for node in document(EVERY_KIND).iter() if node.text and node.text.strip()]
    assert [text for text in said if not is_allowed(text)] == []
    names, remarks = texts(EVERY_KIND, "p:Cdtr/p:Nm"), texts(EVERY_KIND, "p:Ustrd")
    assert (max(map(len, names)), max(map(len, remarks))) == (70, 139)  # the 140th would be a blank
    assert names[5][:24] == "Łukasz <b>&amp;</b> .  I"
    assert (names[6], remarks[-1]) == ("-", "-")


REFUSED = {
    "a QR-IBAN without reference": ({"iban": QR_IBAN}, "reference.required"),
    "a QR-IBAN with a creditor reference": ({"iban": QR_IBAN, "reference": SCOR}, "reference.scor_forbidden"),
    "an IBAN with a QR reference": ({"reference": QRR}, "reference.qrr_forbidden"),
    "a QR reference with a wrong digit": ({"iban": QR_IBAN, "reference": QRR[:-1] + "8"}, "qrr.check_digit"),
    "a creditor reference with a wrong digit": ({"reference": "RF19539007547034"}, "scor.check_digits"),
    "a reference of no kind": ({"reference": "FACTURE"}, "reference.format"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_does_not_go_together_is_refused_before_a_byte_is_written(kind):
    changes, code = REFUSED[kind]
    assert fault(payment(**changes)) == code
    with pytest.raises(Invalid) as refused:
        write(order(payment(), payment(**changes)))
    assert refused.value.code == code


def test_what_no_swiss_file_can_hold_has_a_fault():
    assert fault(payment()) == ""
    assert fault(payment(iban="DE89370400440532013000")) == "iban.foreign"
    assert fault(payment(address=Address("Rue", "1", "1950", " ", "CH"))) == "address.town"
    assert fault(payment(end_to_end_id="VS//1")) == "sepa.id"
