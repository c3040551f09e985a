"""Names of files are shown without tricks (C14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet import storage
from guichet.storage.names import LONGEST


@pytest.mark.parametrize(
    "name, shown",
    [
        ("Facture 12.pdf", "Facture 12.pdf"),
        ("décompte été.PDF", "décompte été.PDF"),
        ("de\u0301compte.pdf", "décompte.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("C:\\Users\\Nora\\scan.pdf", "scan.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("gpj\u202efdp.exe", "gpjfdp.exe"),
        ("a\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        (".htaccess", "htaccess"),
        ("  a   b .pdf ", "a b.pdf"),
        ("", "document"),
        ("...", "document"),
        ("\u202e\0", "document"),
        ("/", "document"),
        (".pdf", "pdf"),
        ("a.notanextension", "a.notanextension"),
    ],
)
@pytest.mark.proves("SEC-02")
def test_names_are_shown_clean(name, shown):
    assert storage.clean_display_name(name) == shown


def test_names_are_cut_but_keep_their_extension():
    shown = storage.clean_display_name("é" * 300 + ".pdf")
    assert (len(shown), shown[-5:]) == (LONGEST, "é.pdf")


@given(st.text(max_size=400))
def test_names_are_never_empty_long_or_dangerous(name):
    shown = storage.clean_display_name(name)
    assert 0 < len(shown) <= LONGEST
    assert not set(shown) & set('<>:"|?*\\/\0\r\n\u202e')
    assert shown[0] != "."
    assert storage.clean_display_name(shown) == shown
