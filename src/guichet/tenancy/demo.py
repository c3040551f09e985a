"""The four insurers of the demo: two offices as their guides print them, an invented fund and an invented insurer."""

from __future__ import annotations

from typing import Any, Final

from guichet.tenancy.models import Insurer, Kind

_SMS_FOR_STAFF: Final = {"staff_factor": False}  # demo.md: the demo's insurers let staff log in by SMS

_CENTRALE: Final = {"name": "Centrale de compensation (démonstration)", "iban": "CH5604835012345678009", "bic": ""}
_CENTRALE_BILLS: Final = {
    "gln": "7601999900015",
    "via": "7601999900022",
    "street": "Avenue Edmond-Vaucher",
    "house_no": "18",
    "postcode": "1211",
    "town": "Genève",
    "country": "CH",
}  # invented numbers
INSURERS: Final[tuple[dict[str, Any], ...]] = (
    {
        "slug": "vs",
        "kind": Kind.AI_OFFICE,
        "name_fr": "Office cantonal AI du Valais",
        "name_de": "Kantonale IV-Stelle Wallis",
        "name_it": "Ufficio AI del Canton Vallese",
        "name_en": "Disability Insurance Office of Valais",
        "number_prefix": "VS",
        "office_code": "323",
        "canton": "VS",
        "address": {
            "street": "Av. de la Gare", "house_no": "15", "postcode": "1951", "town": "Sion", "country": "CH",
            "extra": "Case postale",
        },
        "phone": "027 324 96 11",
        "hours": "lu–ve 8–12, 13.30–17",
        "email": "guichet@aivs.example",
        "accent": "#a3142b",
        "languages": ["fr", "de"],
        "systems": ["invoices", "recordings"],
        "configuration": {
            "portal_address": "guichet.aivs.ch",
            "partner_word": "institutions",
            "mail_details": True,
            "four_eyes_above": 5000,
            "sms_signature": "Guichet AI",
            "debtor": _CENTRALE,
            "centrale": _CENTRALE_BILLS,
            **_SMS_FOR_STAFF,
        },
    },
    {
        "slug": "be",
        "kind": Kind.AI_OFFICE,
        "name_fr": "Office AI Canton de Berne",
        "name_de": "IV-Stelle Kanton Bern",
        "name_it": "Ufficio AI del Canton Berna",
        "name_en": "Disability Insurance Office of Bern",
        "number_prefix": "BE",
        "office_code": "302",
        "canton": "BE",
        "address": {
            "street": "Scheibenstrasse",
            "house_no": "70",
            "postcode": "3001",
            "town": "Berne",
            "town_de": "Bern",
            "country": "CH",
        },
        "phone": "058 219 77 20",
        "hours": "lu–ve 8–12, 13–17",
        "email": "guichet@aibe.example",
        "accent": "#1f4e8c",
        "languages": ["fr", "de"],
        "systems": ["invoices", "recordings"],
        "configuration": {
            "portal_address": "www.aibe.ch/fr/plateforme_factures_ai.html",
            "partner_word": "societes",
            "mail_details": True,
            "sms_signature": "Guichet AI",
            "debtor": _CENTRALE,
            "centrale": _CENTRALE_BILLS,
            **_SMS_FOR_STAFF,
        },
    },
    {
        "slug": "caisse",
        "kind": Kind.COMPENSATION_FUND,
        "name_fr": "Caisse de compensation des Vergers",
        "name_de": "Ausgleichskasse Obstgarten",
        "name_it": "Cassa di compensazione dei Frutteti",
        "name_en": "Orchard Compensation Fund",
        "number_prefix": "CV",
        "canton": "VD",
        "address": {
            "street": "Rue des Vergers",
            "house_no": "8",
            "postcode": "1003",
            "town": "Lausanne",
            "country": "CH",
        },
        "phone": "021 555 01 40",
        "hours": "lu–ve 8–12, 13.30–17",
        "email": "contact@caisse-vergers.example",
        "accent": "#1d6b3f",
        "languages": ["fr", "de"],
        "systems": [],
        "configuration": {"partner_word": "societes", "sms_signature": "Caisse Vergers", **_SMS_FOR_STAFF},
    },
    {
        "slug": "assurance",
        "kind": Kind.PRIVATE_INSURER,
        "name_fr": "Assurance Belvédère SA",
        "name_de": "Belvedere Versicherung AG",
        "name_it": "Assicurazione Belvedere SA",
        "name_en": "Belvedere Insurance Ltd",
        "number_prefix": "AB",
        "canton": "BE",
        "address": {
            "street": "Chemin du Belvédère",
            "house_no": "21",
            "postcode": "3008",
            "town": "Berne",
            "town_de": "Bern",
            "country": "CH",
        },
        "phone": "031 555 02 60",
        "hours": "lu–ve 8–17",
        "email": "clients@assurance-belvedere.example",
        "accent": "#5b3a8e",
        "languages": ["fr", "de"],
        "systems": [],
        "configuration": {"partner_word": "societes", "sms_signature": "Belvedere", **_SMS_FOR_STAFF},
    },
)  # fmt: skip


def seed_insurers() -> list[Insurer]:
    """Make the four insurers, in the order of demo.md; running it again changes nothing."""
    return [Insurer.objects.get_or_create(slug=values["slug"], defaults=values)[0] for values in INSURERS]
