"""The cantons by their abbreviation, in four languages."""

from __future__ import annotations

from typing import Final

from guichet.kernel.findings import Invalid
from guichet.kernel.spelling import simplified

LANGUAGES: Final = ("fr", "de", "it", "en")

CANTONS: Final[dict[str, tuple[str, str, str, str]]] = {
    "AG": ("Argovie", "Aargau", "Argovia", "Aargau"),
    "AI": ("Appenzell Rhodes-Intérieures", "Appenzell Innerrhoden", "Appenzello Interno", "Appenzell Innerrhoden"),
    "AR": ("Appenzell Rhodes-Extérieures", "Appenzell Ausserrhoden", "Appenzello Esterno", "Appenzell Ausserrhoden"),
    "BE": ("Berne", "Bern", "Berna", "Bern"),
    "BL": ("Bâle-Campagne", "Basel-Landschaft", "Basilea Campagna", "Basel-Landschaft"),
    "BS": ("Bâle-Ville", "Basel-Stadt", "Basilea Città", "Basel-Stadt"),
    "FR": ("Fribourg", "Freiburg", "Friburgo", "Fribourg"),
    "GE": ("Genève", "Genf", "Ginevra", "Geneva"),
    "GL": ("Glaris", "Glarus", "Glarona", "Glarus"),
    "GR": ("Grisons", "Graubünden", "Grigioni", "Graubünden"),
    "JU": ("Jura", "Jura", "Giura", "Jura"),
    "LU": ("Lucerne", "Luzern", "Lucerna", "Lucerne"),
    "NE": ("Neuchâtel", "Neuenburg", "Neuchâtel", "Neuchâtel"),
    "NW": ("Nidwald", "Nidwalden", "Nidvaldo", "Nidwalden"),
    "OW": ("Obwald", "Obwalden", "Obvaldo", "Obwalden"),
    "SG": ("Saint-Gall", "St. Gallen", "San Gallo", "St. Gallen"),
    "SH": ("Schaffhouse", "Schaffhausen", "Sciaffusa", "Schaffhausen"),
    "SO": ("Soleure", "Solothurn", "Soletta", "Solothurn"),
    "SZ": ("Schwytz", "Schwyz", "Svitto", "Schwyz"),
    "TG": ("Thurgovie", "Thurgau", "Turgovia", "Thurgau"),
    "TI": ("Tessin", "Tessin", "Ticino", "Ticino"),
    "UR": ("Uri", "Uri", "Uri", "Uri"),
    "VD": ("Vaud", "Waadt", "Vaud", "Vaud"),
    "VS": ("Valais", "Wallis", "Vallese", "Valais"),
    "ZG": ("Zoug", "Zug", "Zugo", "Zug"),
    "ZH": ("Zurich", "Zürich", "Zurigo", "Zurich"),
}

_BY_NAME: Final = {name.casefold(): code for code, names in CANTONS.items() for name in (code, *names)}


def parse_canton(text: str) -> str:
    """Abbreviation or name in any language → abbreviation. Raises Invalid: canton.missing, canton.format."""
    code = _BY_NAME.get(simplified(text, "canton").casefold())
    if code is None:
        raise Invalid("canton.format")
    return code


def format_canton(code: str, language: str = "fr") -> str:
    """The name in a language, French if we do not speak it: VS → « Valais »."""
    names = CANTONS[code]
    return names[LANGUAGES.index(language)] if language in LANGUAGES else names[0]
