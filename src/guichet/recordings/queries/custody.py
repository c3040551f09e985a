"""The chain of custody: everything that ever happened to a recording, from the tables of the system itself (REC-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.recordings import rules
from guichet.recordings.grounds import GROUNDS
from guichet.recordings.models import (
    Arrival,
    CourtPackage,
    DestructionRequest,
    Forwarding,
    IntegrityCheck,
    Listening,
    ListeningGrant,
    Mandate,
    Recording,
)
from guichet.recordings.states import CLOSED, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.accounts.access import Actor

ACTS: Final = {
    "begun": gettext_lazy("Dépôt commencé"),
    "received": gettext_lazy("Fichier reçu, somme de contrôle vérifiée"),
    "deposited": gettext_lazy("Déposé"),
    "sent": gettext_lazy("Envoyé à l'office"),
    "archived": gettext_lazy("Archivé"),
    "redeposit_asked": gettext_lazy("Nouveau dépôt demandé"),
    "replaced": gettext_lazy("Remplacé"),
    "redecoded": gettext_lazy("Décodé à nouveau"),
    "redecode_failed": gettext_lazy("Le nouveau décodage a échoué"),
    "forwarded": gettext_lazy("Transmis à un autre office"),
    "arrived": gettext_lazy("Reçu d'un autre office"),
    "destruction_asked": gettext_lazy("Destruction demandée"),
    "destruction_withdrawn": gettext_lazy("Demande de destruction retirée"),
    "destroyed": gettext_lazy("Détruit"),
    "destroyed_there": gettext_lazy("Détruit par l'office qui l'a reçu"),
    "court_asked": gettext_lazy("Remise à un tribunal demandée"),
    "court_approved": gettext_lazy("Remise à un tribunal approuvée"),
    "court_refused": gettext_lazy("Remise à un tribunal refusée"),
    "court_made": gettext_lazy("Paquet pour le tribunal préparé"),
    "court_handed": gettext_lazy("Support remis au tribunal"),
    "court_erased": gettext_lazy("Image du paquet effacée"),
    "damaged": gettext_lazy("Contrôle d'intégrité : fichier endommagé"),
}
"""Acts of the history that people read, in words."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event. `role` is of who did it (expert, staff, listener, commission, platform); `who` is the name."""

    at: datetime
    what: str
    role: str
    who: str = ""
    detail: str = ""
    named: str = ""  # detail that names a person: left out where no name may stand


def chain(recording: Recording) -> list[Step]:
    """Every event, the earliest first."""
    steps = [*_before(recording), *_events(recording), *_grants(recording), *_listenings(recording)]
    return sorted(steps, key=lambda step: step.at)


def _before(recording: Recording) -> Iterator[Step]:
    """At other offices, before it was forwarded here."""
    arrival = Arrival.objects.filter(recording=recording).first()
    for at, act, office in arrival.history if arrival else ():
        word = str(ACTS.get(act, act))
        yield Step(at=datetime.fromisoformat(at), what=word, role="platform", detail=office)


def _events(recording: Recording) -> Iterator[Step]:
    rows = recording.events.filter(act__in=ACTS).select_related("person").order_by("at", "id")
    for row in rows:
        yield Step(at=row.at, what=str(ACTS[row.act]), role=row.side, who=str(row.person or ""), named=row.text)


def _grants(recording: Recording) -> Iterator[Step]:
    rows = ListeningGrant.objects.filter(recording=recording).select_related("granted_by", "revoked_by")
    for row in rows.order_by("granted_at", "id"):
        detail = _("jusqu'au {day}, {ground}").format(day=f"{row.until:%d.%m.%Y}", ground=_ground(row.ground))
        kind = str(row.get_kind_display())
        yield Step(
            at=row.granted_at, what=_("Accès ouvert : {kind}").format(kind=kind), role="staff",
            who=str(row.granted_by), detail=detail, named=row.name,
        )  # fmt: skip
        if row.revoked_at:
            yield Step(
                at=row.revoked_at, what=_("Accès révoqué : {kind}").format(kind=kind), role="staff",
                who=str(row.revoked_by), named=row.name,
            )  # fmt: skip


def _listenings(recording: Recording) -> Iterator[Step]:
    rows = Listening.objects.filter(recording=recording).select_related("person", "grant")
    for row in rows.order_by("started_at", "id"):
        heard = rules.in_words(row.served) or _("rien")
        yield Step(
            at=row.started_at,
            what=_("Écoute, passages transmis : {spans}").format(spans=heard),
            role=row.role,
            who=row.who_name,
            detail=f"{_ground(row.ground)} · {row.case_reference}",
        )


def _ground(code: str) -> str:
    ground = GROUNDS.get(code)
    return f"{ground.label} ({ground.law})" if ground else code


def court_packages(recording: Recording) -> list[CourtPackage]:
    """The packages of a recording, the latest first."""
    rows = CourtPackage.objects.filter(recording=recording).select_related("asked_by", "decided_by")
    return list(rows.order_by("-asked_at", "-id")[:50])


def destructions(mandate: Mandate) -> list[DestructionRequest]:
    """The requests of a mandate, the latest first."""
    related = ("entered_by", "executed_by", "withdrawn_by")
    rows = DestructionRequest.objects.filter(mandate=mandate).select_related(*related)
    return list(rows.order_by("-entered_at", "-id")[:50])


def waiting_destructions(actor: Actor) -> tuple[list[DestructionRequest], list[DestructionRequest]]:
    """What waits for a second person, the oldest first; what was destroyed or taken back lately."""
    related = ("mandate", "entered_by", "executed_by", "withdrawn_by", "handed_from")
    rows = DestructionRequest.objects.visible_to(actor).select_related(*related)
    waiting = rows.filter(executed_at=None, withdrawn_at=None).order_by("entered_at", "id")[:200]
    over = Q(executed_at__isnull=False) | Q(withdrawn_at__isnull=False)
    done = rows.filter(over).order_by("-entered_at", "-id")[:50]
    return list(waiting), list(done)


def reach(request: DestructionRequest) -> list[Recording]:
    """What a request is about, forwarded recordings left out."""
    rows = Recording.objects.filter(mandate_id=request.mandate_id).exclude(status=Status.FORWARDED)
    if request.interview_on is not None:
        rows = rows.filter(interview_on=request.interview_on)
    return list(rows.order_by("started_at", "id")[:50])


def forwarded(request: DestructionRequest) -> list[Forwarding]:
    """What was forwarded to another office: a request of 7k al. 3 let. b follows it, one of 7l al. 3 does not."""
    rows = Forwarding.objects.filter(recording__mandate_id=request.mandate_id).select_related("to", "recording")
    if request.interview_on is not None:
        rows = rows.filter(recording__interview_on=request.interview_on)
    return list(rows.order_by("at", "id")[:50])


@dataclass(frozen=True)
class Care:
    """What the archive's keeper looks at: files that are damaged, mandates under hold, decisions in force."""

    damaged: list[IntegrityCheck]
    last: datetime | None
    held: list[Mandate]
    final: list[Mandate]


def care(actor: Actor) -> Care:
    """The page « Conservation », each list at most 200 long."""
    checks = IntegrityCheck.objects.filter(insurer=actor.insurer)
    damaged = checks.exclude(damage="").select_related("recording__mandate").order_by("damaged_at", "id")[:200]
    mandates = Mandate.objects.visible_to(actor)
    kept = Recording.objects.filter(mandate=OuterRef("pk")).exclude(status__in=CLOSED)
    final = mandates.filter(Exists(kept), decision_final_on__isnull=False).order_by("decision_final_on", "id")
    return Care(
        list(damaged),
        checks.order_by("-checked_at").values_list("checked_at", flat=True).first(),
        list(mandates.exclude(legal_hold="").order_by("created_at", "id")[:200]),
        list(final[:200]),
    )
