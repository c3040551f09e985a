"""The template letter for recordings that arrive another way: not taken, sent back (REC-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet.kernel.dates import hours_in
from guichet.recordings import papers

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


HOTLINE: Final = "058 715 11 12"
_HOURS: Final = "lu–ve 8–12, 13–17"


def hotline_hours(language: str) -> str:
    """When the common hotline of the recordings answers, in words."""
    return hours_in(_HOURS, language)


def _whole(number: str) -> str:
    """A number that no line cuts in two."""
    return number.replace(" ", "\u00a0")


def sent_back(insurer: Insurer, *, language: str) -> bytes:
    """As PDF, with the places the office fills in."""
    with override(language):
        paper = papers.Paper(
            title=_("Votre enregistrement ne peut pas être accepté par cette voie"),
            created_at=timezone.now(),
            addressee=_("[Nom]\n[Rue]\n[Lieu]\n\n[Date]"),
            groups=[(_("Concerne"), [(_("Mandat"), "[…]"), (_("Reçu le"), "[…]"), (_("Support"), "[…]")])],
            paragraphs=_paragraphs(insurer, language),
        )
        return papers.pdf(paper, insurer=insurer, language=language)


def _paragraphs(insurer: Insurer, language: str) -> list[str]:
    return [
        _("Madame, Monsieur,"),
        _(
            "Vous nous avez fait parvenir un enregistrement sonore par la poste, par e-mail, sur un support "
            "(clé, CD, carte, dictaphone) ou par un service de transfert. Nous ne pouvons pas l'accepter "
            "ainsi : un enregistrement ne nous parvient que par Guichet, où il est chiffré dès le début de "
            "l'envoi (art. 7k al. 7 OPGA)."
        ),
        _(
            "Nous ne l'avons ni écouté ni copié. Le support est joint à cette lettre ; un fichier reçu par "
            "voie électronique a été effacé."
        ),
        _(
            "Déposez l'enregistrement dans Guichet, au mandat concerné, avec le rapport : {address}. Les "
            "formats acceptés sont AAC, MP3 et DSS, jusqu'à 2 Gio et 6 heures. Un autre format se convertit "
            "avec le programme de votre dictaphone, jamais avec un convertisseur en ligne. Gardez votre "
            "fichier jusqu'à ce que Guichet confirme l'envoi."
        ).format(address=f"{settings.BASE_URL}/{insurer.slug}/"),
        _(
            "Si vous avez déjà perdu ou effacé l'enregistrement, appelez-nous tout de suite : son absence "
            "peut rendre l'expertise inutilisable."
        ),
        _("Questions sur le mandat : {office}, {phone}. Aide au dépôt : {hotline} ({hours}).").format(
            office=insurer.name,
            phone=_whole(insurer.phone),
            hotline=_whole(HOTLINE),
            hours=hotline_hours(language),
        ),
        _("Avec nos meilleures salutations"),
        insurer.name,
    ]
