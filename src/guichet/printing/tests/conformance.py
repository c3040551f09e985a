"""What a file must have to be PDF/A-2a and PDF/UA-1, as far as its structure tells; veraPDF decides where installed.

typst checks the same standards while it writes and refuses what does not conform; these assertions do not trust it.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# ISO 32000-1, 14.8.4: the structure types every reader knows.
STANDARD_TYPES = frozenset(
    [
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "Index",
        "NonStruct",
        "Private",
        "P",
        "H",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Quote",
        "Note",
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "Warichu",
        "Figure",
        "Formula",
        "Form",
    ]
)


def assert_conforms(document: bytes) -> None:
    """Every structural mark of PDF/A-2a and PDF/UA-1 that can be read from the file."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        _assert_metadata(pdf)
        _assert_structure(pdf)
        _assert_fonts(pdf)
        _assert_nothing_active(pdf)


def verapdf_says(document: bytes, path: Path) -> list[str]:
    """veraPDF's verdicts for PDF/A-2a and PDF/UA-1 (["PASS", "PASS"]); none where it is not installed."""
    program = shutil.which("verapdf")
    if program is None:
        return []
    path.write_bytes(document)
    answers = (
        subprocess.run([program, "--format", "text", "--flavour", flavour, path], capture_output=True, check=False)
        for flavour in ("2a", "ua1")
    )
    return [answer.stdout.split()[0].decode() for answer in answers]


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The structure elements in reading order."""
    waiting: list[Any] = [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if not isinstance(element, pikepdf.Dictionary):
            continue
        if "/S" in element:
            yield element
        children: Any = element.get("/K", [])
        waiting.extend(reversed(list(children)) if isinstance(children, pikepdf.Array) else [children])


def types(document: bytes) -> list[str]:
    """The types of the structure elements in reading order: ["Document", "Div", …]."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return [str(element.S)[1:] for element in elements(pdf)]


def _assert_metadata(pdf: pikepdf.Pdf) -> None:
    root: Any = pdf.Root
    assert root.MarkInfo.Marked is True
    assert root.ViewerPreferences.DisplayDocTitle is True
    assert str(root.Lang)[2:] == "-CH"
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert str(metadata["dc:title"]).strip() != ""
    assert [str(intent.S) for intent in root.OutputIntents] == ["/GTS_PDFA1"]
    assert [page.get("/Tabs") for page in pdf.pages] == ["/S"] * len(pdf.pages)


def _assert_structure(pdf: pikepdf.Pdf) -> None:
    roles = {str(role)[1:] for role in pdf.Root.StructTreeRoot.get("/RoleMap", pikepdf.Dictionary())}
    found = list(elements(pdf))
    assert {str(element.S)[1:] for element in found} - roles - STANDARD_TYPES == set()
    for element in found:
        if element.S == "/Figure":
            assert str(element.Alt).strip() != ""
        if element.S == "/Table":
            head = next(part for part in element.K if part.S == "/THead")
            assert {str(cell.S) for row in head.K for cell in row.K} == {"/TH"}


def _assert_fonts(pdf: pikepdf.Pdf) -> None:
    fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    assert fonts != []
    for font in fonts:
        descendants: Any = font.get("/DescendantFonts", [])
        for described in (font, *descendants):
            if "/FontDescriptor" in described:
                assert {"/FontFile2", "/FontFile3"} & set(described.FontDescriptor.keys()) != set()
        if font.get("/Subtype") == "/Type0":
            assert "/ToUnicode" in font


def _assert_nothing_active(pdf: pikepdf.Pdf) -> None:
    assert {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(pdf.Root.keys()) == set()
    actions = {str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/URI" in item}
    assert actions <= {"/URI"}
    names = {str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/JS" in item}
    assert names == set()
