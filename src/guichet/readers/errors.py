"""Why a file is not read: the HTTP status that fits, and words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

REFUSALS: Final[dict[str, tuple[int, StrPromise]]] = {
    "table.empty": (422, _("Le fichier ne contient aucune donnée. Choisissez un autre fichier.")),
    "table.large": (413, _("Le fichier est trop volumineux. Répartissez vos lignes dans plusieurs fichiers.")),
    "table.rows": (
        422,
        _("Le fichier a plus de {most_rows} lignes. Répartissez vos lignes dans plusieurs fichiers."),
    ),
    "table.columns": (422, _("Le fichier a plus de {most_columns} colonnes. Supprimez celles qui ne servent pas.")),
    "table.type": (
        415,
        _("Ce type de fichier n'est pas accepté. Choisissez un classeur Excel (.xlsx) ou un fichier CSV."),
    ),
    "table.locked": (
        422,
        _("Le classeur est protégé par un mot de passe. Retirez la protection et choisissez-le à nouveau."),
    ),
    "table.broken": (
        422,
        _("Le classeur est endommagé. Ouvrez-le dans votre tableur et enregistrez-le à nouveau."),
    ),
    "table.heavy": (
        422,
        _("Le classeur demande trop de mémoire. Copiez vos lignes dans un classeur neuf."),
    ),
    "table.quotes": (
        422,
        _("Un guillemet n'est pas fermé dans ce fichier CSV. Enregistrez-le au format Excel (.xlsx)."),
    ),
    "xml.type": (415, _("Ce fichier n'est pas un document XML.")),
    "xml.other": (
        422,
        _("Ce document XML n'est pas une facture électronique (generalInvoiceRequest 4.4, 4.5 ou 5.0)."),
    ),
    "xml.broken": (422, _("Le document XML est incomplet ou endommagé.")),
    "xml.dtd": (422, _("Le document XML contient une déclaration DTD, ce qui n'est pas accepté.")),
    "xml.large": (413, _("Le document XML est trop volumineux ou trop complexe.")),
    "reader.closed": (503, _("La lecture de fichiers n'est pas disponible. Réessayez dans quelques minutes.")),
    "write.failed": (503, _("Le classeur n'a pas pu être préparé. Réessayez dans quelques minutes.")),
}


class Unreadable(Exception):
    """The bytes are not read. `code` is a key of `REFUSALS`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def text(self) -> str:
        """Words for the sender, in the language of the moment."""
        return str(REFUSALS[self.code][1]).format(**self.params)

    @property
    def status(self) -> int:
        """The HTTP status that fits: 413, 415, 422 or 503."""
        return REFUSALS[self.code][0]
