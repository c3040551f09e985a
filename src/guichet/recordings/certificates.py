"""The certificate of a destruction: what, on which right, by whom, when (REC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet.kernel import dates
from guichet.recordings import papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.accounts.access import Actor
    from guichet.recordings.models import DestructionRequest, Recording
    from guichet.tenancy.models import Insurer

LIMIT: Final = 5 * 1024 * 1024


def certificate(
    request: DestructionRequest, gone: Sequence[Recording], *, by: Actor, office: Insurer | None = None
) -> bytes:
    """As PDF, in the language of the insured person. It names files by their checksum alone.

    `office` is the one that destroyed what this office had forwarded.
    """
    mandate, language = request.mandate, request.mandate.language
    with override(language):
        rows = [
            (dates.format_date(one.interview_on), str(one.pk), one.original.sha256 if one.original else "–")
            for one in gone
        ]
        columns = ((_("Entretien du"), 25), (_("Enregistrement"), 62), (_("SHA-256 de l'original"), 83))
        paper = papers.Paper(
            title=_("Certificat de destruction"),
            created_at=request.executed_at or timezone.now(),
            lead=f"{mandate.last_name} {mandate.first_name}, {dates.format_date(mandate.birth_date)}",
            groups=[(_("Destruction"), _facts(request, by, office))],
            tables=[papers.table(_("Ce qui est détruit"), columns, rows)],
            paragraphs=[
                _(
                    "Les clés de ces fichiers sont détruites, dans Guichet et, par la liste des destructions, dans "
                    "toute sauvegarde qui serait restaurée. L'original, la copie d'écoute, les parties déposées et "
                    "les notes ne peuvent plus être lus par personne. Le journal, qui dit qui a écouté et quand, "
                    "demeure."
                ),
                _(
                    "L'expert·e est tenu·e d'effacer toute copie restée sur un appareil ou un dictaphone ; l'office "
                    "l'en a averti·e."
                ),
            ],
        )
        return papers.pdf(paper, insurer=mandate.insurer, language=language)


def _facts(request: DestructionRequest, by: Actor, office: Insurer | None) -> list[tuple[str, str]]:
    facts = [
        (_("Mandat"), request.mandate.number),
        (_("Droit"), str(request.get_kind_display())),
        (_("Déclaration reçue le"), dates.format_date(request.declared_on)),
        (_("Inscrite par"), f"{request.entered_by}, {dates.format_datetime(request.entered_at)}"),
        (_("Détruit par"), f"{by.person}, {dates.format_datetime(request.executed_at or timezone.now())}"),
    ]
    if office is not None:
        facts.append((_("Office qui l'a détruit"), office.name))
    if request.handed_from is not None:
        facts.insert(3, (_("Reçue d'abord par"), request.handed_from.name))
    if request.final_on:
        facts.insert(2, (_("Décision entrée en force le"), dates.format_date(request.final_on)))
    return facts
