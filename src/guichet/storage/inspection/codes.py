"""Why a file is refused: the HTTP status that fits, and words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

REFUSALS: Final[dict[str, tuple[int, StrPromise]]] = {
    "file.empty": (422, _("Le fichier est vide. Choisissez un autre fichier.")),
    "file.large": (413, _("Le fichier est trop volumineux. Réduisez-le ou partagez-le en plusieurs fichiers.")),
    "file.type": (415, _("Ce type de fichier n'est pas accepté. Joignez un fichier PDF, JPG ou PNG.")),
    "file.heic": (
        415,
        _(
            "Les photos HEIC ne sont pas acceptées. Enregistrez la photo au format JPG et joignez-la. "
            "Sur un iPhone : Réglages, Appareil photo, Formats, « Le plus compatible »."
        ),
    ),
    "file.extension": (
        415,
        _("Le nom du fichier ne correspond pas à son contenu. Renommez-le avec l'extension .pdf, .jpg ou .png."),
    ),
    "file.polyglot": (
        415,
        _("Le fichier contient un second fichier caché. Imprimez le document en PDF et joignez ce nouveau fichier."),
    ),
    "file.unreadable": (
        422,
        _("Le fichier ne peut pas être lu. Imprimez-le en PDF ou photographiez-le, puis joignez ce fichier."),
    ),
    "image.broken": (422, _("L'image est incomplète ou endommagée. Enregistrez-la ou photographiez-la à nouveau.")),
    "image.pixels": (
        422,
        _("L'image est trop grande : au plus 50 millions de pixels. Réduisez-la et joignez-la à nouveau."),
    ),
    "pdf.broken": (422, _("Le PDF est incomplet ou endommagé. Enregistrez ou imprimez à nouveau le document en PDF.")),
    "pdf.encrypted": (
        422,
        _("Le PDF est protégé par un mot de passe ou des restrictions. Retirez la protection et joignez-le à nouveau."),
    ),
    "pdf.javascript": (
        422,
        _("Le PDF contient du code (JavaScript). Imprimez le document en PDF et joignez ce nouveau fichier."),
    ),
    "pdf.launch": (
        422,
        _("Le PDF veut ouvrir un programme. Imprimez le document en PDF et joignez ce nouveau fichier."),
    ),
    "pdf.action": (
        422,
        _("Le PDF contient une action automatique. Imprimez le document en PDF et joignez ce nouveau fichier."),
    ),
    "pdf.embedded": (
        422,
        _("Le PDF contient d'autres fichiers. Joignez-les séparément, et le document imprimé en PDF."),
    ),
    "pdf.pages": (422, _("Le PDF a trop de pages : au plus 200. Partagez-le en plusieurs fichiers.")),
}


@dataclass(frozen=True)
class Refusal:
    """Why a file is not taken."""

    code: str

    @property
    def text(self) -> str:
        """Words for the sender, in the language of the moment."""
        return str(REFUSALS[self.code][1])

    @property
    def status(self) -> int:
        """The HTTP status that fits: 413, 415 or 422."""
        return REFUSALS[self.code][0]
