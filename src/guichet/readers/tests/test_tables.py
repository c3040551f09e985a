"""Workbooks and delimited text become rows, whatever wrote them; what is hostile is refused in words."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from guichet import readers
from guichet.readers import Mark, Sheet, Unreadable

pytestmark = pytest.mark.proves("INV-14")


def book(*rows, **sheets):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for title, (state, more) in sheets.items():
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for row in more:
            sheet.append(row)
    return made


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(data, **limits):
    return readers.table(data, name="liste.xlsx", most_rows=limits.pop("most_rows", 100), **limits)


def refusal(data, **limits):
    with pytest.raises(Unreadable) as caught:
        read(data, **limits)
    assert caught.value.text
    return caught.value.code


def test_a_workbook_s_cells_have_addresses_texts_and_values():
    made = book(["Date", "Prix", "Texte"], [date(2026, 5, 1), 1234.5, "  é "], [None, 0.1 + 0.2, 12.0])
    table = read(saved(made))
    assert table.header.texts == ("Date", "Prix", "Texte")
    first, second = table.rows
    assert [(cell.address, cell.text) for cell in first.cells] == [("A2", "01.05.2026"), ("B2", "1234.5"), ("C2", "é")]
    assert first.cells[0].value in (date(2026, 5, 1), datetime(2026, 5, 1))
    assert [(cell.address, cell.text) for cell in second.cells] == [("A3", ""), ("B3", "0.3"), ("C3", "12")]
    assert second.cell(30).address == "AE3"


def test_empty_rows_are_left_out_and_addresses_stay_true():
    made = Workbook()
    made.active["B4"] = "Nom"
    made.active["B7"] = "Exemple"
    table = read(saved(made))
    assert [[cell.address for cell in line.cells if cell.text] for line in table.lines] == [["B4"], ["B7"]]


def test_the_first_visible_sheet_with_something_in_it_counts():
    made = book(Caché=("hidden", [["non"]]), Vide=("visible", []), Liste=("visible", [["oui"]]))
    table = read(saved(made))
    assert (table.sheet, table.hidden, table.lines[0].texts) == ("Liste", 1, ("oui",))


def test_merged_cells_are_named():
    made = book(["a", "b"], ["1", "2"], [None, "3"])
    made.active.merge_cells("A2:A3")
    assert read(saved(made)).merged == ("A2:A3",)


@pytest.mark.parametrize(
    "data",
    [
        "Nom;Prénom\r\nExemple;Zoë\r\n".encode("cp1252"),
        "Nom;Prénom\nExemple;Zoë".encode(),
        "\ufeffNom;Prénom\nExemple;Zoë".encode(),
        "Nom\tPrénom\r\nExemple\tZoë".encode("utf-16"),
        "Nom\tPrénom\r\nExemple\tZoë".encode("utf-16-le"),
        "Nom\tPrénom\r\nExemple\tZoë".encode("utf-16-be"),
        "Nom,Prénom\nExemple,Zoë".encode(),
        'sep=|\n"Nom"|"Prénom"\n"Exemple"|"Zoë"'.encode(),
    ],
)
def test_text_is_read_in_every_usual_spelling(data):
    assert [line.texts for line in read(data).lines] == [("Nom", "Prénom"), ("Exemple", "Zoë")]


def test_amounts_with_commas_do_not_cut_a_list_of_semicolons():
    table = read(b"Texte;Prix\nUn, deux;1,50\nTrois, quatre;2,50")
    assert [line.texts for line in table.lines] == [("Texte", "Prix"), ("Un, deux", "1,50"), ("Trois, quatre", "2,50")]


def test_a_quoted_cell_keeps_its_lines():
    assert read(b'a;b\n"x\ny";z').rows[0].texts == ("x\ny", "z")


def zip_of(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.proves("SEC-04")
def test_hostile_files_are_refused_in_words():
    assert refusal(b"") == "table.empty"
    assert refusal(b" \n ") == "table.empty"
    assert refusal(saved(Workbook())) == "table.empty"
    assert refusal(b"%PDF-1.7 x") == "table.type"
    assert refusal(b"abc\0def" * 10) == "table.type"
    assert refusal(b"PK\x03\x04 broken") == "table.broken"
    assert refusal(zip_of(hello="x")) == "table.type"
    assert refusal(zip_of(xl__workbook_xml=b" " * (201 * 1024 * 1024))) == "table.heavy"
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")) == "table.locked"
    assert refusal(b"x\n" * 200) == "table.rows"
    assert refusal(b"a;" * 300 + b"b") == "table.columns"
    assert refusal(b"x" * (20 * 1024 * 1024 + 1)) == "table.large"


@pytest.mark.proves("SEC-04")
def test_a_far_away_cell_does_not_eat_the_memory():
    made = Workbook()
    made.active["A1"] = "x"
    made.active["XFD1048576"] = "y"
    assert refusal(saved(made)) == "table.heavy"


@pytest.mark.proves("SEC-04")
def test_entities_of_a_workbook_lead_nowhere(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("Zqcanary")
    made = saved(book(["a"], ["b"]))
    evil = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = evil.encode() + content.replace(b"<t>a</t>", b"<t>&e;</t>")
            new.writestr(part, content)
    try:
        said = str(read(out.getvalue()).lines)
    except Unreadable as refused:
        said = refused.code
    assert "Zqcanary" not in said


def test_what_is_written_is_read_back_and_no_text_is_a_formula():
    rows = [["Nom", "Le", "Prix"], ["=1+1", date(2026, 5, 1), 12.5], ["-2", "@x", "+3"]]
    data = readers.write_table(Sheet("Liste: a/b", rows, marks=[Mark(2, 0, "Faux"), Mark(3, 1, "", is_fault=False)]))
    table = read(data)
    assert [line.texts for line in table.lines] == [
        ("Nom", "Le", "Prix"),
        ("=1+1", "01.05.2026", "12.5"),
        ("-2", "@x", "+3"),
    ]
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data)).active
    assert [sheet["A2"].data_type, sheet["A3"].data_type] == ["s", "s"]
    assert (sheet["A2"].comment.text, sheet["A2"].fill.fgColor.rgb) == ("Faux", "00F8D7DA")


def test_rows_may_keep_their_old_numbers():
    data = readers.write_table(Sheet("x", [["a"], ["b"]], numbers=[3, 9]))
    assert [line.number for line in read(data).lines] == [3, 9]
