"""The demo's listenings: who heard what on which ground, accesses in every state, markers, a reported defect."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet.accounts.visitor import Visitor
from guichet.casework.uploads import Checked
from guichet.recordings import streaming
from guichet.recordings.actions import grants, listening, listening_marks
from guichet.recordings.actions.grants import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from guichet.accounts.access import Actor
    from guichet.recordings.models import Listening, Recording

_DESK: Final = Visitor(ip="192.0.2.14", user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140")
_PHONE: Final = Visitor(ip="198.51.100.7", user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Safari")
_SIGNED: Final = b"%PDF-1.7\n% procuration de la demonstration\n"


def seed_listening(recordings: Sequence[Recording], *, manager: Actor, hearer: Actor, commission: Actor | None) -> None:
    """Fill archived recordings, the newest first; with fewer than four of them, what there is room for.

    `manager` holds `records`, `hearer` holds `listen`.
    """
    now = timezone.now()
    scenes = (_heard_and_marked, _opened_to_a_lawyer, _opened_and_revoked, _opened_to_the_commission)
    for recording, scene in zip(recordings, scenes, strict=False):
        scene(recording, manager, hearer if scene is not _opened_to_the_commission else commission, now)


@contextmanager
def _at(moment: datetime) -> Iterator[None]:
    """Act at an earlier moment: the demo's past is made by the same actions as its present."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def _heard_and_marked(recording: Recording, manager: Actor, hearer: Actor | None, now: datetime) -> None:
    if hearer is None:
        return
    with _at(now - timedelta(days=6, hours=2)):
        found, _token = listening.begin(
            recording, ground="procedure", case_reference="AI 26-0412", by=hearer, visitor=_DESK
        )
        _play(found, [1, 2], until_ms=9_400)
        for at_ms, text, shared in (
            (1_500, "Confirmation orale du début, avec l'heure", True),
            (7_200, "Description des douleurs", True),
            (9_000, "À comparer avec le rapport, page 4", False),
        ):
            listening_marks.set_marker(found, at_ms=at_ms, text=text, shared=shared, by=hearer)
        listening.finish(found)
    with _at(now - timedelta(days=1, hours=4)):
        found, _token = listening.begin(
            recording, ground="preavis", case_reference="AI 26-0412", by=hearer, visitor=_DESK
        )
        _play(found, [1, 3], until_ms=15_800)
        listening.finish(found)
    with _at(now - timedelta(days=4)):
        grant = grants.give(recording, wanted=_insured(recording, "consultation"), by=manager)
        found, _token = listening.begin_on_grant(grant, visitor=_PHONE)
        _play(found, [1, 2, 3], until_ms=17_000)
        said = "Pendant quelques secondes, je n'entends plus les questions de l'expert."
        listening_marks.report_defect(found, at_ms=16_000, text=said)
        listening.finish(found)


def _opened_to_a_lawyer(recording: Recording, manager: Actor, _hearer: Actor | None, now: datetime) -> None:
    with _at(now - timedelta(days=27)):
        wanted = Wanted(
            kind="authorised",
            name="Me Catherine Vuignier",
            ground="opposition",
            case_reference="OPP 26-118",
            mobile="+41790001122",
            email="etude@vuignier.example",
        )
        signed = Checked(data=_SIGNED, name="procuration.pdf", media_type="application/pdf", pages=1, state="clean")
        grant = grants.give(recording, wanted=wanted, document=signed, by=manager)
        found, _token = listening.begin_on_grant(grant, visitor=_DESK)
        _play(found, [1], until_ms=5_900)
        listening.finish(found)
    grants.remind(manager.insurer)


def _opened_and_revoked(recording: Recording, manager: Actor, _hearer: Actor | None, now: datetime) -> None:
    with _at(now - timedelta(days=12)):
        grant = grants.give(recording, wanted=_insured(recording, "appeal"), by=manager)
    with _at(now - timedelta(days=9)):
        grants.revoke(grant, by=manager)


def _opened_to_the_commission(recording: Recording, manager: Actor, commission: Actor | None, now: datetime) -> None:
    with _at(now - timedelta(days=3)):
        wanted = Wanted(
            kind="commission",
            name="Commission fédérale d'assurance qualité des expertises médicales",
            ground="quality",
            case_reference="COQEM 2026-7",
        )
        grants.give(recording, wanted=wanted, by=manager)
        if commission is None:
            return
        found, _token = listening.begin(
            recording, ground="quality", case_reference="COQEM 2026-7", by=commission, visitor=_DESK
        )
        _play(found, [1], until_ms=4_000)
        listening.finish(found)


def _insured(recording: Recording, ground: str) -> Wanted:
    mandate = recording.mandate
    return Wanted(
        kind="insured",
        name=f"{mandate.first_name} {mandate.last_name}",
        ground=ground,
        case_reference=mandate.number,
        mobile=mandate.mobile or "+41790003344",
        email=mandate.email,
        language=mandate.language,
    )


def _play(found: Listening, numbers: list[int], *, until_ms: int) -> None:
    """Fetch some segments and play them, the last one up to a place."""
    served = []
    for number in numbers:
        asked = listening.find_piece(found.pk, insurer=found.insurer, number=number)
        piece = getattr(asked, "piece", None)
        if not piece:
            return
        listening.serve(asked, number, keys=streaming.keys_of(found.pk, bytes(found.salt)))
        served.append((piece[2], min(piece[2] + piece[3], until_ms)))
    played = [(start, end) for start, end in served if start < end]
    listening.heard(listening.find(found.pk, insurer=found.insurer), played)
