"""What the invented people of the demo write, in German where their office works in German."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language

_GERMAN: Final = {
    "Veuillez joindre le rapport de la prestation et vérifier la quantité.": (
        "Bitte legen Sie den Bericht zur Leistung bei und prüfen Sie die Menge."
    ),
    "La pièce jointe est illisible : veuillez la numériser à nouveau.": (
        "Die Beilage ist unleserlich: Bitte scannen Sie sie noch einmal ein."
    ),
    "Le montant ne correspond pas à la facture jointe. Merci de le corriger.": (
        "Der Betrag stimmt nicht mit der beigelegten Rechnung überein. Bitte korrigieren Sie ihn."
    ),
    "Veuillez préciser la période ; elle dépasse celle de la décision.": (
        "Bitte präzisieren Sie den Zeitraum; er geht über jenen der Verfügung hinaus."
    ),
    "Les procurations des institutions courent plus longtemps.": "Die Vollmachten der Institutionen laufen länger.",
    "Il manque la preuve du paiement.": "Der Zahlungsbeleg fehlt.",
    "Mesures 2025–2027": "Massnahmen 2025–2027",
    "Mesures médicales 2025–2027": "Medizinische Massnahmen 2025–2027",
    "Vérifié avec l'office par téléphone.": "Mit der IV-Stelle telefonisch geklärt.",
    "La quantité dépasse celle du rapport.": "Die Menge ist grösser als im Bericht.",
    "La prestation n'est pas couverte par la décision indiquée.": (
        "Die Leistung ist durch die angegebene Verfügung nicht gedeckt."
    ),
    "Logopédie": "Logopädie",
    "Ergothérapie": "Ergotherapie",
    "Intervention précoce": "Frühintervention",
    "Stage d'observation": "Schnupperlehre",
    "Transport adapté": "Behindertentransport",
    "Siège de travail adapté": "Angepasster Arbeitsstuhl",
    "Piles du système FM": "Batterien der FM-Anlage",
    "Table réglable en hauteur": "Höhenverstellbarer Tisch",
    "Accélérateur au volant": "Handgas am Lenkrad",
    "Élargissement de portes": "Verbreiterung von Türen",
    "Perruque": "Perücke",
    "Polissage de la prothèse": "Politur der Prothese",
    "Plage braille": "Braillezeile",
    "Canne blanche": "Weisser Stock",
    "Lit électrique": "Elektrobett",
    "Révision du fauteuil roulant": "Revision des Rollstuhls",
    "Seconde paire, pointure 42": "Zweites Paar, Grösse 42",
    "Attestation": "Bestätigung",
    "Appelé le foyer : le rapport suit par la poste.": "Mit dem Heim telefoniert: Der Bericht folgt per Post.",
    "Recours au tribunal cantonal, S1 26 114": "Beschwerde beim Verwaltungsgericht, 200 26 114",
    "La séance a eu lieu deux fois, matin et soir.": "Die Sitzung fand zweimal statt, am Morgen und am Abend.",
}


def said(text: str) -> str:
    """What somebody of the demo writes, in the language of the moment."""
    return _GERMAN.get(text, text) if get_language() == "de" else text
