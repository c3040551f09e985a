"""What each code of the kernel says, in French: the source of the catalogue that the form layer translates.

Templates take the parameters of the finding by name (`{length}`). Every message says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


def _(words: str) -> str:
    """Mark words for the catalogue of translations; the kernel itself speaks French only."""
    return words


MESSAGES: Final[dict[str, str]] = {
    # people and organisations
    "avs.missing": _("Saisissez le numéro AVS, par exemple 756.9217.0769.85."),
    "avs.format": _("Saisissez un numéro AVS composé de chiffres, par exemple 756.9217.0769.85."),
    "avs.length": _("Un numéro AVS compte 13 chiffres, vous en avez saisi {length}. Comparez avec la carte d'assuré."),
    "avs.prefix": _("Un numéro AVS commence par 756. Comparez avec la carte d'assuré."),
    "avs.check_digit": _("Ce numéro AVS contient une faute de frappe. Comparez chaque chiffre avec la carte d'assuré."),
    "gln.missing": _("Saisissez le GLN, par exemple 7601001302112."),
    "gln.format": _("Saisissez un GLN composé de 13 chiffres, par exemple 7601001302112."),
    "gln.length": _("Un GLN compte 13 chiffres, vous en avez saisi {length}."),
    "gln.check_digit": _("Ce GLN contient une faute de frappe. Comparez chaque chiffre avec votre attestation."),
    "gln.prefix": _("Ce GLN n'a pas été attribué en Suisse (il ne commence pas par 76). Vérifiez-le."),
    "uid.missing": _("Saisissez le numéro IDE, par exemple CHE-100.155.212."),
    "uid.format": _("Saisissez un numéro IDE : CHE suivi de neuf chiffres, par exemple CHE-100.155.212."),
    "uid.length": _("Un numéro IDE compte neuf chiffres après CHE, vous en avez saisi {length}."),
    "uid.check_digit": _("Ce numéro IDE contient une faute de frappe. Comparez avec le registre sur www.uid.admin.ch."),
    "zsr.missing": _("Saisissez le numéro RCC, par exemple Z 1234.56."),
    "zsr.format": _("Saisissez un numéro RCC : une lettre et six chiffres, par exemple Z 1234.56."),
    "zsr.check_letter": _("La lettre de ce numéro RCC ne correspond pas à ses chiffres. Vérifiez le numéro."),
    "nif.missing": _("Saisissez le NIF communiqué par la Centrale de compensation."),
    "nif.format": _("Un NIF compte de un à sept chiffres. Reprenez celui que la Centrale vous a communiqué."),
    "canton.missing": _("Choisissez un canton."),
    "canton.format": _("Saisissez le nom ou l'abréviation d'un canton, par exemple Valais ou VS."),
    # telephone
    "phone.missing": _("Saisissez un numéro de téléphone, par exemple 079 123 45 67."),
    "phone.format": _("Saisissez un numéro de téléphone complet, par exemple 079 123 45 67 ou +33 6 12 34 56 78."),
    "phone.country": _(
        "Saisissez un numéro de Suisse, du Liechtenstein, de France, d'Allemagne, d'Italie ou d'Autriche."
    ),
    "phone.kind": _("Ce genre de numéro (surtaxé, par internet) n'est pas accepté. Saisissez un autre numéro."),
    "phone.not_mobile": _("Saisissez un numéro de téléphone portable : les codes d'accès sont envoyés par SMS."),
    # accounts and references
    "iban.missing": _("Saisissez l'IBAN, par exemple CH93 0076 2011 6238 5295 7."),
    "iban.format": _(
        "Saisissez un IBAN : deux lettres, deux chiffres de contrôle et le numéro de compte, par exemple CH93 0076"
        " 2011 6238 5295 7."
    ),
    "iban.length": _(
        "Cet IBAN compte {length} caractères, ce qui ne va pas pour le pays {country} (21 en Suisse). Comparez "
        "avec un extrait de compte."
    ),
    "iban.check_digits": _("Cet IBAN contient une faute de frappe. Comparez chaque groupe avec un extrait de compte."),
    "iban.country": _("Cet IBAN ne correspond pas aux règles du pays {country}. Comparez avec un extrait de compte."),
    "qrr.missing": _("Saisissez la référence QR, par exemple 21 00000 00003 13947 14300 09017."),
    "qrr.format": _("Une référence QR ne contient que des chiffres, par exemple 21 00000 00003 13947 14300 09017."),
    "qrr.length": _("Une référence QR compte 27 chiffres, celle-ci en compte {length}."),
    "qrr.zero": _("Une référence QR ne peut pas être composée uniquement de zéros."),
    "qrr.check_digit": _("Cette référence QR contient une faute de frappe. Comparez chaque groupe avec le bulletin."),
    "scor.missing": _("Saisissez la référence, par exemple RF18 5390 0754 7034."),
    "scor.format": _("Une référence SCOR commence par RF et deux chiffres, par exemple RF18 5390 0754 7034."),
    "scor.length": _("Une référence SCOR compte au plus 25 caractères, celle-ci en compte {length}."),
    "scor.check_digits": _(
        "Cette référence RF contient une erreur : ses chiffres de contrôle ne sont pas justes. Comparez avec le "
        "bulletin ou demandez une référence correcte au créancier."
    ),
    "reference.missing": _("Saisissez la référence de paiement ou laissez le champ vide."),
    "reference.required": _("Ce compte est un QR-IBAN : saisissez la référence QR de 27 chiffres."),
    "reference.format": _("Saisissez une référence QR (27 chiffres) ou une référence qui commence par RF."),
    "reference.scor_forbidden": _(
        "Ce compte est un QR-IBAN : il demande une référence QR de 27 chiffres, pas une référence RF."
    ),
    "reference.qrr_forbidden": _("Une référence QR ne va qu'avec un QR-IBAN. Retirez-la ou choisissez ce compte."),
    "sepa.id": _(
        "Utilisez au plus 35 lettres sans accent, chiffres, espaces ou signes ' ( ) + , - . / : ? ; ni espace ni "
        "barre oblique au début, pas de barre oblique à la fin."
    ),
    # addresses
    "address.town": _("Saisissez la localité."),
    "address.postcode": _("Saisissez un numéro postal de quatre chiffres, par exemple 1950."),
    "address.country": _("Choisissez le pays."),
    # decisions
    "decision.missing": _("Saisissez le numéro de décision ou de communication."),
    "decision.format": _("Saisissez un numéro de décision composé de chiffres, par exemple 323 2025 1000896."),
    "decision.length": _("Un numéro de décision compte 14 chiffres (ou 6 : 3XX280), vous en avez saisi {length}."),
    "decision.office": _(
        "Aucun office AI n'a le code {office}. Comparez les trois premiers chiffres avec la décision."
    ),
    "decision.old": _(
        "Ce numéro a l'ancienne forme de 9 ou 10 chiffres. Depuis le 1er janvier 2024 les factures sans numéro à "
        "14 chiffres peuvent être rejetées : demandez le nouveau numéro à l'office AI."
    ),
    "decision.other_office": _(
        "Cette décision vient de l'office {found}, ce guichet est celui de l'office {expected}. Vérifiez le numéro"
        " ou envoyez la facture à l'autre office."
    ),
    "decision.year": _("L'année {year} dans ce numéro de décision est inhabituelle. Comparez avec la décision."),
    # money and rates
    "amount.missing": _("Saisissez un montant, par exemple 1'234.50."),
    "amount.format": _("Saisissez un montant en francs, par exemple 1'234.50."),
    "amount.ambiguous": _("« {text} » peut se lire de deux façons. Saisissez par exemple 1'234.00 ou 1.20."),
    "amount.decimals": _("Un montant a au plus deux décimales, par exemple 1'234.50."),
    "amount.negative": _("Saisissez un montant sans signe moins."),
    "amount.too_small": _("Saisissez un montant d'au moins {smallest} francs."),
    "amount.too_large": _("Saisissez un montant d'au plus {largest} francs."),
    # measures; number.whole is raised where a form counts
    "number.missing": _("Saisissez un nombre, par exemple 12 ou 12.5."),
    "number.format": _("Saisissez un nombre, par exemple 12 ou 12.5."),
    "number.ambiguous": _("« {text} » peut se lire de deux façons. Saisissez par exemple 1'234 ou 1.2."),
    "number.decimals": _("Saisissez un nombre avec {places} décimales au plus."),
    "number.positive": _("Saisissez un nombre plus grand que 0."),
    "number.too_large": _("Saisissez {largest} au plus."),
    "number.whole": _("Saisissez un nombre entier, par exemple 2."),
    "tariff.missing": _("Aucun tarif « {tariff} » n'est connu pour le {day}. Vérifiez la date ou appelez l'office."),
    # dates and times
    "month.format": _("Saisissez un mois et une année, par exemple 05.2026."),
    "date.missing": _("Saisissez une date au format jj.mm.aaaa, par exemple 05.11.2026."),
    "date.format": _("Saisissez une date au format jj.mm.aaaa, par exemple 05.11.2026."),
    "date.unknown_day": _("Le {day} n'existe pas dans le calendrier. Vérifiez le jour et le mois."),
    "date.out_of_range": _("Saisissez une année entre {first} et {last}."),
    "date.future": _("Le {day} est dans le futur. Saisissez une date passée ou celle d'aujourd'hui."),
    "time.missing": _("Saisissez une heure au format hh:mm, par exemple 08:30."),
    "time.format": _("Saisissez une heure au format hh:mm, par exemple 08:30."),
    "time.unknown": _("L'heure {time} n'existe pas. Saisissez une heure entre 00:00 et 23:59."),
    "absence.end_before_start": _(
        "Le retour ({end}) doit être après le départ ({start}). Une absence de plusieurs jours se saisit jour par jour."
    ),
    "period.end_before_start": _("La fin ({end}) est avant le début ({start}). Inversez les dates ou corrigez-les."),
    # text; text.missing is raised where a form asks
    "text.missing": _("Remplissez ce champ."),
    "text.too_long": _("Ce texte compte {length} caractères, {limit} au plus sont possibles. Raccourcissez-le."),
    # QR bills
    "qr.not_swiss": _("Ce code QR n'est pas celui d'une QR-facture suisse. Saisissez les données de la facture."),
    "qr.version": _("Ce code QR a la version {version}, qui n'est pas connue. Saisissez les données de la facture."),
    "qr.length": _("Ce code QR contient {length} caractères, une QR-facture en a au plus 997. Saisissez les données."),
    "qr.lines": _("Ce code QR est incomplet : il compte {lines} lignes. Photographiez-le de nouveau ou saisissez-le."),
    "qr.characters": _("Ce code QR contient des caractères interdits. Saisissez les données de la facture."),
    "qr.trailer": _("Ce code QR n'est pas terminé comme il se doit (EPD). Saisissez les données de la facture."),
    "qr.iban_country": _("Une QR-facture demande un compte en Suisse ou au Liechtenstein. Saisissez les données."),
    "qr.ultimate_creditor": _("Ce code QR nomme un créancier final, ce que la norme interdit. Saisissez les données."),
    "qr.amount": _("Le montant dans ce code QR n'est pas lisible. Saisissez le montant de la facture."),
    "qr.currency": _("Une QR-facture est en francs (CHF) ou en euros (EUR). Saisissez les données de la facture."),
    "qr.address": _("Une adresse dans ce code QR est incomplète ou trop longue. Saisissez les données de la facture."),
    "qr.address_type": _("Le type d'adresse dans ce code QR n'est pas connu. Saisissez les données de la facture."),
    "qr.reference_type": _("La référence dans ce code QR n'est pas du type annoncé. Saisissez la référence."),
    "qr.message_length": _("Les communications dans ce code QR dépassent 140 caractères. Saisissez les données."),
    "qr.procedures": _("Les procédures alternatives dans ce code QR sont trop longues. Saisissez les données."),
}


def message(code: str, params: Mapping[str, object] | None = None) -> str:
    """The French sentence of a code with its parameters. Raises KeyError for an unknown code or parameter."""
    return MESSAGES[code].format_map(dict(params or {}))
