"""The words of a package for a court: chain of custody as PDF, how to check it, checksums (REC-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from guichet.kernel import dates
from guichet.recordings import papers, rules
from guichet.recordings.grounds import GROUNDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guichet.recordings.models import CourtPackage
    from guichet.recordings.queries.custody import Step

READ_ME: Final = """\
PAQUET POUR LE TRIBUNAL / PAKET FÜR DAS GERICHT
{office}
Référence / Referenz: {reference}

FRANÇAIS
1. Contrôler que rien n'a changé, dans le dossier de ce support :
       sha256sum -c SHA256SUMS
   (Windows : certutil -hashfile paquet.age SHA256, puis comparer avec SHA256SUMS)
2. Rien ne s'écrit sur ce support : copier paquet.age dans un dossier vide de l'ordinateur.
   Dans ce dossier, l'ouvrir avec la phrase secrète, transmise par un autre chemin :
       age -d -o paquet.zip paquet.age
       unzip paquet.zip
   Le programme age est libre : https://age-encryption.org
3. paquet.zip contient l'original, une copie d'écoute (AAC), manifest.json, la chaîne de
   conservation (PDF), le journal (journal.json) et SHA256SUMS. Contrôler à nouveau, dans ce
   dossier :
       sha256sum -c SHA256SUMS
L'enregistrement n'est destiné qu'à cette procédure (art. 7l OPGA).

DEUTSCH
1. Prüfen, dass nichts verändert wurde, im Ordner dieses Datenträgers:
       sha256sum -c SHA256SUMS
   (Windows: certutil -hashfile paquet.age SHA256, dann mit SHA256SUMS vergleichen)
2. Auf diesen Datenträger lässt sich nichts schreiben: paquet.age in einen leeren Ordner des
   Computers kopieren. Dort mit der Passphrase öffnen, die auf einem anderen Weg übermittelt
   wurde:
       age -d -o paquet.zip paquet.age
       unzip paquet.zip
   Das Programm age ist frei: https://age-encryption.org
3. paquet.zip enthält das Original, eine Hörkopie (AAC), manifest.json, die Verwahrungskette
   (PDF), das Protokoll (journal.json) und SHA256SUMS. Erneut prüfen, in diesem Ordner:
       sha256sum -c SHA256SUMS
Die Aufnahme ist nur für dieses Verfahren bestimmt (Art. 7l ATSV).
"""


def read_me(package: CourtPackage) -> str:
    """How to check and to open the package, in both languages at once."""
    return READ_ME.format(office=package.insurer.name, reference=f"{package.court}, {package.court_reference}")


def sums(known: Mapping[str, str]) -> str:
    """Checksums as `sha256sum -c` reads them."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(known.items()))


def ground_words(package: CourtPackage) -> str:
    """The ground with its article."""
    return f"{GROUNDS[package.ground].label} ({GROUNDS[package.ground].law})"


def chain_pdf(package: CourtPackage, steps: Sequence[Step], *, named: bool, language: str) -> bytes:
    """Every event since the deposit. Without names it says who by role alone: it lies beside the sealed envelope."""
    recording = package.recording
    sound = [
        (_("Durée"), rules.clock(recording.duration_ms or 0)),
        (_("SHA-256 de l'original"), recording.original.sha256 if recording.original else "–"),
        (_("SHA-256 de la copie d'écoute"), recording.copy.sha256 if recording.copy else "–"),
    ]
    who = recording.mandate
    person = [(_("Personne assurée"), f"{who.last_name} {who.first_name}, {dates.format_date(who.birth_date)}")]
    facts = [
        (_("Mandat"), who.number),
        (_("Entretien du"), dates.format_date(recording.interview_on)),
        (_("Tribunal"), f"{package.court}, {package.court_reference}"),
        (_("Motif"), ground_words(package)),
    ]
    people = [
        (_("Demandé par"), str(package.asked_by)),
        (_("Approuvé par"), str(package.decided_by or "")),
        (_("Destinataire"), package.receiver),
    ]
    paper = papers.Paper(
        title=_("Chaîne de conservation"),
        created_at=timezone.now(),
        lead="" if named else _("Ce document ne contient aucun nom ; le document complet est dans le paquet scellé."),
        groups=[(_("Remise"), [*facts, *(person + people if named else [])]), (_("Enregistrement"), sound)],
        tables=[
            papers.table(
                _("Tous les événements"),
                ((_("Moment"), 32), (_("Qui"), 38), (_("Événement"), 100)),
                [_row(step, named=named) for step in steps],
            )
        ],
    )  # fmt: skip
    return papers.pdf(paper, insurer=package.insurer, language=language)


def _row(step: Step, *, named: bool) -> tuple[str, str, str]:
    role = {
        "partner": _("Expert·e"),
        "staff": _("Office"),
        "listener": _("Personne autorisée"),
        "commission": _("Commission"),
        "platform": "Guichet",
    }.get(step.role, step.role)
    details = [step.detail, step.named if named else ""]
    event = " · ".join(part for part in (step.what, *details) if part)
    return dates.format_datetime(step.at), f"{role}, {step.who}".strip(" ,") if named else role, event
