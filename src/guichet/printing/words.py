"""The fixed words of printed documents, in the reader's language."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def labels(language: str) -> Mapping[str, str]:
    """Every fixed word of a receipt. `{page}`, `{pages}`, `{version}`, `{insurer}` and `{code}` are filled in later."""
    with override(language):
        words = {
            "receipt": _("Quittance"),
            "code": _("Code de quittance"),
            "verify": _("Vérifier cette quittance"),
            "qr_alt": _("Code QR de l'adresse qui vérifie la quittance {code}"),
            "logo_alt": _("Logo : {insurer}"),
            "form": _("Formulaire n°"),
            "edition": _("Édition"),
            "version": _("Version {version}"),
            "sent_at": _("Envoyé le"),
            "sent_by": _("Envoyé par"),
            "company": _("Au nom de"),
            "no_lines": _("Aucune ligne"),
            "remark": _("Remarque"),
            "attachments": _("Pièces jointes"),
            "index": _("N°"),
            "attachment": _("Document"),
            "attachment_note": _("Détails"),
            "no_attachments": _("Aucune pièce jointe"),
            "content_hash": _("Empreinte du contenu (SHA-256)"),
            "page": _("Page {page}/{pages}"),
        }
    return MappingProxyType(words)
