from __future__ import annotations

import pytest

from guichet.notify import gsm7


@pytest.mark.parametrize(
    "written, sent",
    [
        ("Code KX: 012345 – Guichet AI.", "Code KX: 012345 - Guichet AI."),
        ("N’en parlez à personne : « jamais »", 'N\'en parlez à personne : " jamais "'),
        ("reçu, être, Ça, naïf", "recu, etre, Ça, naif"),
        ("Größe, Übergabe", "Größe, Übergabe"),
        ("fin…", "fin..."),
    ],
)
def test_to_gsm7_writes_what_a_phone_would(written, sent):
    assert gsm7.to_gsm7(written) == sent


def test_to_gsm7_refuses_what_has_no_neighbour():
    with pytest.raises(ValueError, match="alphabet"):
        gsm7.to_gsm7("код")


@pytest.mark.parametrize("text, length", [("abc", 3), ("a€", 3), ("[x]", 5), ("é" * 160, 160)])
def test_length_counts_escapes(text, length):
    assert gsm7.length(text) == length
