"""The copy of a sent form: complete, conforming, readable by a camera, the same every time."""

from __future__ import annotations

import io

import pikepdf
import pytest

from guichet import printing
from guichet.printing.tests import conformance, reading
from guichet.printing.tests.examples import receipt, travel_lines

PAGE = """\
Office cantonal AI du Valais
Avenue de la Gare 15
1950 Sion
027 000 00 00
lu–ve 8–12, 13–17
Quittance
VS-2026-000123
Code de quittance
K7QF-2M9X-PD4T
Vérifier cette quittance
Facture pour frais de voyage et nourriture
Formulaire n° 318.632.1 · Édition 01.2026
Envoyé le
05.11.2026 14:32
Envoyé par
Chantal Rey
Au nom de
Fondation Les Mélèzes, Sierre
Bénéficiaire
Nom et prénom Favre Lucien
N° assuré 756.9999.0000.24
Date de naissance 14.03.1998
Adresse Rue du Bourg 4
3960 Sierre
Paiement
IBAN CH93 0076 2011 6238 5295 7
Titulaire Fondation Les Mélèzes
Numéro de décision 323 2026 0001234
Référence Octobre 2026
Prestations
Période 01.10.2026 – 31.10.2026
Motif Réadaptation professionnelle
Trajets et repas
Date Trajet Genre Moyen de transport Kilomètres Repas CHF Montant CHF
01.10.2026 Sierre, 3960 – Sion, Centre de réadaptation Aller-retour Véhicule privé 32.4 19.00 33.58
Total 32.4 19.00 33.58
Trajets 14.58
Repas 19.00
Total CHF 33.58
Remarque
Les trajets du matin ont été partagés avec un autre participant.
Merci de verser le montant avant la fin du mois.
Pièces jointes
N° Document Détails
1 justificatifs-octobre.pdf 184 Ko · 3 pages · SHA-256 9f2c41aa…
2 attestation de présence.jpg 612 Ko · 1 page · SHA-256 04be77d1…
Empreinte du contenu (SHA-256)
3f9a5c1e 77b04d28 96e1f0ab 5c3d7e9a 0b1c2d3e 4f506172 8394a5b6 c7d8e9f0
Cette quittance confirme la réception de votre demande et son contenu. Elle ne vaut pas acceptation du paiement. \
Le code QR mène à la page qui confirme son authenticité sans en montrer le contenu.
Facture pour frais de voyage et nourriture Page 1/1
"""


def printed(lines: int = 1, **changes: object) -> bytes:
    return printing.pdf("printing/receipt", data={**receipt(lines), **changes}, language="fr")


@pytest.mark.proves("FRM-06")
@pytest.mark.parametrize("lines", [0, 1, 80])
def test_receipt_conforms_to_archive_and_accessibility_standards(lines):
    conformance.assert_conforms(printed(lines))


@pytest.mark.proves("FRM-06")
def test_receipt_passes_verapdf_where_it_is_installed(tmp_path):
    verdicts = conformance.verapdf_says(printed(3), tmp_path / "receipt.pdf")
    assert verdicts in ([], ["PASS", "PASS"])


@pytest.mark.proves("FRM-06")
def test_receipt_shows_everything_in_reading_order():
    (page,) = reading.pages(printed())
    assert page.split() == PAGE.split()


@pytest.mark.proves("FRM-06")
def test_receipt_carries_the_address_of_its_verification_as_a_code():
    assert reading.codes(printed()) == ["https://guichet.example/vs/verification/K7QF-2M9X-PD4T/"]


@pytest.mark.proves("FRM-06")
def test_receipt_is_the_same_file_for_the_same_data():
    first = printed(40)
    printing.press.PRESS.close()  # as in another process, on another day
    assert printed(40) == first


def test_receipt_is_dated_by_the_moment_of_sending():
    with pikepdf.open(io.BytesIO(printed())) as pdf, pdf.open_metadata() as metadata:
        assert metadata["xmp:CreateDate"] == "2026-11-05T13:32:10+00:00"
        assert metadata["dc:title"] == "Facture pour frais de voyage et nourriture, VS-2026-000123"


def test_receipt_repeats_the_heads_of_its_table_and_of_its_pages():
    first, *others = reading.pages(printed(80))
    assert len(others) == 3
    for number, page in enumerate(others[:-1], start=2):
        lines = page.split("\n")
        assert lines[0] == "Office cantonal AI du Valais VS-2026-000123"
        assert lines[-1] == f"Facture pour frais de voyage et nourriture Page {number}/4"
        assert page.count("Kilomètres") == 1
    assert first.count("Kilomètres") == 1


def test_receipt_reads_a_repeated_head_only_once():
    assert conformance.types(printed(80)).count("TH") == 7 + 3


def test_correction_says_which_version_it_is_and_what_it_replaces():
    note = "Cette version remplace celle du 05.11.2026."
    corrected = printed(version=2, status_note=note)
    assert reading.between(corrected, "Édition 01.2026", "Envoyé le") == reading.letters(f"Version 2 {note}")
    conformance.assert_conforms(corrected)


def test_first_version_says_nothing_about_versions():
    assert reading.between(printed(version=1), "Édition 01.2026", "Envoyé le") == ""


def test_receipt_says_that_a_list_is_empty():
    table = {**travel_lines(0), "footer": []}
    document = printed(tables=[table], groups=[], totals=[], attachments=[], remark="", small_print="")
    shown = reading.between(document, "Fondation Les Mélèzes, Sierre", "Empreinte du contenu")
    assert shown == reading.letters("Trajets et repas Aucune ligne Pièces jointes Aucune pièce jointe")
    conformance.assert_conforms(document)


def test_receipt_of_a_person_who_sends_for_herself_names_no_company():
    assert reading.between(printed(company=""), "Envoyé par", "Bénéficiaire") == reading.letters("Chantal Rey")


def test_receipt_without_a_logo_shows_the_name_alone():
    insurer = {name: value for name, value in receipt()["insurer"].items() if name != "logo_svg"}
    document = printed(insurer=insurer)
    assert conformance.types(document).count("Figure") == 1
    assert reading.pages(document)[0].split("\n")[0] == "Office cantonal AI du Valais"


def test_receipt_takes_its_fixed_words_from_the_builder_if_given():
    document = printed(labels={"receipt": "Quittung", "page": "Seite {page} von {pages}"})
    lines = reading.pages(document)[0].split("\n")
    assert lines[5] == "Quittung"
    assert lines[-1] == "Facture pour frais de voyage et nourriture Seite 1 von 1"


def test_labels_are_the_same_set_in_every_language():
    assert set(printing.labels("de")) == set(printing.labels("fr"))


def test_unknown_template_is_refused():
    with pytest.raises(LookupError, match="printing/leaflet"):
        printing.pdf("printing/leaflet", data={}, language="fr")


def test_picture_that_is_none_is_refused():
    with pytest.raises(printing.PrintFailed):
        printed(insurer={**receipt()["insurer"], "logo_svg": "no picture"})
