"""The template letter for recordings that arrive another way: not taken, sent back (REC-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet.recordings import papers

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


def sent_back(insurer: Insurer, *, language: str) -> bytes:
    """As PDF, with the places the office fills in."""
    with override(language):
        paper = papers.Paper(
            title=_("Votre enregistrement ne peut pas être accepté par cette voie"),
            created_at=timezone.now(),
            addressee=_("[Nom]\n[Rue]\n[Lieu]\n\n[Date]"),
            groups=[(_("Concerne"), [(_("Mandat"), "[…]"), (_("Reçu le"), "[…]"), (_("Support"), "[…]")])],
            paragraphs=[
                _("Madame, Monsieur,"),
                _(
                    "Vous nous avez fait parvenir un enregistrement sonore par la poste, par e-mail, sur une clé ou "
                    "par un autre service. Nous ne pouvons pas l'accepter ainsi : un enregistrement ne nous parvient "
                    "que par Guichet, où il est chiffré dès le début de l'envoi (art. 7k al. 7 OPGA)."
                ),
                _(
                    "Nous ne l'avons ni écouté ni copié. Le support est joint à cette lettre ; un fichier reçu par "
                    "voie électronique a été effacé."
                ),
                _(
                    "Déposez l'enregistrement dans Guichet, au mandat concerné. Si son format n'est pas accepté, "
                    "convertissez-le avec le programme de votre dictaphone, jamais avec un convertisseur en ligne."
                ),
                _("Avec nos meilleures salutations"),
                insurer.name,
            ],
        )
        return papers.pdf(paper, insurer=insurer, language=language)
