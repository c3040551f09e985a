"""Why a recording is not taken: the HTTP status that fits, and words that say what to do (REC-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST_BYTES: Final = 2 * 1024**3
MOST_SECONDS: Final = 6 * 3600

REFUSALS: Final[dict[str, tuple[int, StrPromise]]] = {
    "audio.empty": (422, _("Le fichier est vide. Copiez-le à nouveau depuis l'appareil, puis déposez-le.")),
    "audio.large": (413, _("Le fichier dépasse 2 Gio. Enregistrez-le au format MP3 ou AAC (64 kbit/s suffisent).")),
    "audio.long": (
        422,
        _("L'enregistrement dure plus de 6 heures. Déposez chaque entretien dans un fichier séparé."),
    ),
    "audio.type": (
        415,
        _(
            "Ce n'est pas un enregistrement AAC, MP3 ou DSS. Choisissez le fichier de l'enregistrement, avec "
            "l'extension .aac, .m4a, .mp3 ou .dss."
        ),
    ),
    "audio.document": (
        415,
        _("C'est un document, pas un enregistrement sonore. Choisissez un fichier .aac, .m4a, .mp3 ou .dss."),
    ),
    "audio.playlist": (
        415,
        _("C'est une liste de lecture : elle ne contient aucun son. Choisissez l'enregistrement lui-même."),
    ),
    "audio.other": (
        415,
        _(
            "Ce format sonore n'est pas accepté. Enregistrez au format MP3, AAC ou DSS, ou convertissez le fichier "
            "avec le programme de votre appareil. N'utilisez jamais un convertisseur en ligne."
        ),
    ),
    "audio.wav": (
        415,
        _(
            "Les fichiers WAV ne sont pas acceptés. Convertissez l'enregistrement en MP3 avec le programme de votre "
            "dictaphone. N'utilisez jamais un convertisseur en ligne."
        ),
    ),
    "audio.wma": (
        415,
        _(
            "Les fichiers WMA ne sont pas acceptés. Convertissez l'enregistrement en MP3 avec le programme de votre "
            "dictaphone. N'utilisez jamais un convertisseur en ligne."
        ),
    ),
    "audio.webm": (
        415,
        _(
            "Ce format est réservé à l'enregistreur de Guichet. Déposez un fichier AAC, MP3 ou DSS, ou envoyez "
            "l'enregistrement depuis l'appareil qui l'a fait."
        ),
    ),
    "audio.video": (
        415,
        _("C'est une vidéo. Exportez le son seul au format AAC (.m4a) ou MP3, puis déposez ce fichier."),
    ),
    "audio.codec": (
        415,
        _(
            "Le son de ce fichier n'est pas codé en AAC. Enregistrez-le à nouveau au format AAC ou MP3 avec le "
            "programme de votre appareil."
        ),
    ),
    "audio.ds2": (
        415,
        _(
            "Les fichiers DS2 (DSS Pro) ne peuvent pas être convertis ici. Exportez l'enregistrement en MP3 avec le "
            "programme de votre dictaphone (Olympus DSS Player, Philips SpeechExec)."
        ),
    ),
    "audio.encrypted": (
        415,
        _(
            "Ce fichier DSS est chiffré. Ouvrez-le avec son mot de passe dans le programme de votre dictaphone et "
            "exportez-le en MP3."
        ),
    ),
    "audio.grundig": (
        415,
        _(
            "Les fichiers DSS de Grundig Digta ne peuvent pas être convertis ici. Exportez l'enregistrement en MP3 "
            "avec le programme DigtaSoft."
        ),
    ),
    "audio.dss": (
        415,
        _(
            "Cette variante de DSS ne peut pas être convertie. Exportez l'enregistrement en MP3 avec le programme de "
            "votre dictaphone."
        ),
    ),
    "audio.index": (
        422,
        _(
            "L'enregistrement n'a pas été terminé : la fin du fichier, qui permet de le lire, manque. Ouvrez-le et "
            "enregistrez-le à nouveau sur l'appareil d'origine, ou copiez-le encore une fois en entier."
        ),
    ),
    "audio.incomplete": (
        422,
        _(
            "Le fichier est incomplet : il annonce une durée bien plus longue que ce qu'il contient. Copiez-le à "
            "nouveau en entier depuis l'appareil, puis déposez-le."
        ),
    ),
    "audio.silent": (
        422,
        _(
            "Rien n'est audible dans cet enregistrement. Réécoutez-le sur l'appareil et choisissez le bon fichier ; "
            "si l'appareil n'a rien enregistré, avertissez l'office AI."
        ),
    ),
    "audio.failed": (
        422,
        _(
            "Le contrôle du fichier s'est interrompu. Déposez-le à nouveau ; si cela se répète, exportez "
            "l'enregistrement au format MP3 avec le programme de votre appareil."
        ),
    ),
    "audio.unreadable": (
        422,
        _(
            "Le son ne peut pas être décodé. Réécoutez l'enregistrement sur l'appareil, exportez-le au format MP3 et "
            "déposez ce nouveau fichier."
        ),
    ),
}


@dataclass(frozen=True)
class Refused:
    """Why a recording is not taken; `code` is a key of `REFUSALS`."""

    code: str

    @property
    def text(self) -> str:
        """Words for the expert, in the language of the moment."""
        return str(REFUSALS[self.code][1])

    @property
    def status(self) -> int:
        """The HTTP status that fits: 413, 415 or 422."""
        return REFUSALS[self.code][0]
