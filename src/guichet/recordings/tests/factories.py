"""Invented people, mandates and recordings in every state, for the tests of this system and of everything above it.

States are reached by the real actions; only insurers, people and companies are rows. What the sound door would say of a
file is prepared: a short interview and its listening copy. All functions but `insurer` want the tenant entered:

    vs = insurer()
    with tenant(vs.pk):
        desk, doctor = office(vs), expert(vs)
        recording = sent(by=doctor)
        archived(by=doctor, agent=desk.records)
"""

from __future__ import annotations

import hashlib
import io
import itertools
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from guichet import storage
from guichet.accounts.models import (
    AffiliationKind,
    MemberRole,
    PartnerKind,
    StaffRole,
)
from guichet.accounts.tests import invented
from guichet.accounts.tests.invented import avs_number, member, person, staff  # theirs as well
from guichet.audio.door import Ingested
from guichet.audio.peaks import write_peaks
from guichet.audio.quality import Measured, judge
from guichet.casework.uploads import Checked
from guichet.recordings.actions import deposits, ingesting, mandates, receiving, sending, uploads
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Source

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.recordings.models import Mandate, Recording, RedepositRequest, Upload, Waiver
    from guichet.tenancy.models import Insurer

_SOUND: Final = Path(__file__).parent.parent / "demo_data"


@dataclass(frozen=True)
class Office:
    """The people of an insurer."""

    administrator: Actor
    records: Actor  # an agent who manages mandates and the archive
    listener: Actor  # an agent who may hear
    agent: Actor  # has no right at all
    auditor: Actor


def insurer(slug: str = "vs", **changes: Any) -> Insurer:
    """An AI office that keeps recordings; every column can be named. It needs no tenant."""
    return invented.insurer(slug, **({"systems": ["recordings"]} | changes))


def office(of: Insurer) -> Office:
    """Administrator, an agent for the records, one who listens, one without rights, an auditor."""
    return Office(
        administrator=staff(of, StaffRole.ADMINISTRATOR),
        records=staff(of, StaffRole.AGENT, "records"),
        listener=staff(of, StaffRole.AGENT, "listen"),
        agent=staff(of, StaffRole.AGENT),
        auditor=staff(of, StaffRole.AUDITOR),
    )


def expert(of: Insurer, name: str = "Dr Essai", *, kind: str = AffiliationKind.EXPERT) -> Actor:
    """A medical expert with an accepted affiliation; its manager is the expert."""
    partner = PartnerKind.COMPANY if kind == AffiliationKind.CENTRE else PartnerKind.PERSON
    affiliation = invented.affiliation(of, name, kind=kind, partner=partner)
    return member(of, affiliation, MemberRole.MANAGER, person("Marc"))


def centre(of: Insurer, name: str = "Centre d'essai") -> Actor:
    """An expertise centre; the actor is its manager."""
    return expert(of, name, kind=AffiliationKind.CENTRE)


def facts(**changes: Any) -> mandates.Facts:
    """What is known of an expertise: an interview today, of somebody invented."""
    known: dict[str, Any] = {
        "last_name": "Exemple",
        "first_name": "Lucie",
        "birth_date": date(1979, 4, 3),
        "avs_number": avs_number(),
        "interview_dates": (timezone.localdate(),),
        "mobile": f"+4176{invented.following():07d}",
    }
    return mandates.Facts(**(known | changes))


def mandate(*, by: Actor, agent: Actor | None = None, **changes: Any) -> Mandate:
    """Announced by the office to the expert `by`; without an agent, opened by the expert and not confirmed yet."""
    if agent is None:
        return mandates.open_mandate(facts=facts(**changes), by=by)
    assert by.affiliation is not None
    return mandates.announce(affiliation=by.affiliation, facts=facts(**changes), by=agent)


def signed_paper() -> Checked:
    """A signed document, as `casework.uploads.check` gives it."""
    return Checked(data=b"%PDF-1.7", name="renonciation.pdf", media_type="application/pdf", pages=1, state="clean")


def waived(*, by: Actor, agent: Actor, **changes: Any) -> Waiver:
    """A mandate whose person has waived the recording."""
    announced = mandate(by=by, agent=agent, **changes)
    return mandates.enter_waiver(announced, declared_on=timezone.localdate(), document=signed_paper(), by=agent)


def begun(*, by: Actor, on: Mandate | None = None, interview_on: date | None = None, **changes: Any) -> Recording:
    """« En cours de dépôt », without a file; `interview_on` is today if nothing is said."""
    day = interview_on or timezone.localdate()
    of = on or mandate(by=by, interview_dates=(day,), **changes)
    return deposits.begin(of, interview_on=day, by=by, source=Source.UPLOAD)


def uploading(recording: Recording, *, by: Actor, data: bytes = b"", name: str = "entretien.mp3") -> Upload:
    """An upload of this file, of which nothing has come yet."""
    return uploads.begin(recording, name=name, length=len(data or sound()), by=by)


def uploaded(recording: Recording, *, by: Actor, data: bytes = b"", name: str = "entretien.mp3") -> Upload:
    """An upload of which everything has come; the worker has not looked at it."""
    data = data or sound()
    upload = uploading(recording, by=by, data=data, name=name)
    offset, digest = 0, hashlib.sha256(data).hexdigest()
    while offset < len(data):
        part = data[offset : offset + storage.part_length(upload.stored, offset)]
        offset = uploads.write(upload, part, offset=offset, by=by, sha256=digest)
    upload.refresh_from_db()
    return upload


def take_in(
    recording: Recording, *, by: Actor, data: bytes = b"", said: Ingested | None = None, name: str = "entretien.mp3"
) -> None:
    """Fill a begun recording as the worker would: checksum compared, decoded (prepared), deposited."""
    upload = uploaded(recording, by=by, data=data, name=name)
    assert ingesting.compare(upload)
    recording.refresh_from_db()
    original, holder = recording.original, holder_of(recording.affiliation_id)
    assert original is not None
    with storage.Writer(insurer=recording.insurer, limit=10_000_000, holder=holder) as out:
        out.write(listening_copy())
        ingesting.keep(recording, original=original, heard=said or heard(), out=out)
    recording.refresh_from_db()


def deposited(*, by: Actor, said: Ingested | None = None, **asked: Any) -> Recording:
    """« Déposé »: controlled, only the expert can open it. Takes what `begun` takes."""
    recording = begun(by=by, **asked)
    take_in(recording, by=by, said=said)
    return recording


def declared(**changes: Any) -> sending.Declared:
    """Everything the expert confirms."""
    known: dict[str, Any] = {
        "spoken_start_ms": 500,
        "spoken_end_ms": 24_000,
        "report_reference": "EXP-2026-17",
        "report_date": timezone.localdate(),
        "confirmed": frozenset({*sending.CONFIRMATIONS, sending.AUDIBLE}),
    }
    return sending.Declared(**(known | changes))


def sent(*, by: Actor, **asked: Any) -> Recording:
    """« Envoyé »: the office holds the key (its re-wrapping follows the commit, or the first reading)."""
    recording = deposited(by=by, **asked)
    sending.send(recording, declared=declared(), by=by)
    recording.refresh_from_db()
    return recording


def archived(*, by: Actor, agent: Actor, **asked: Any) -> Recording:
    """« Archivé », in a mandate the office has announced or confirmed."""
    recording = sent(by=by, **asked)
    if recording.mandate.confirmed_at is None:
        mandates.confirm(recording.mandate, number="", by=agent)
    receiving.archive(recording, by=agent)
    return recording


def asked_again(recording: Recording, *, agent: Actor) -> RedepositRequest:
    """« Demander un nouveau dépôt » for a sent or archived recording."""
    return receiving.ask_redeposit(recording, reason="Le son est brouillé dès la vingtième minute.", by=agent)


def days_ago(recording: Recording, days: int) -> None:
    """Let the deposit be as old as this."""
    recording.deposited_at = timezone.now() - timedelta(days=days)
    recording.save(update_fields=["deposited_at"])


@cache
def sound() -> bytes:
    """A short interview, MP3."""
    return (_SOUND / "entretien.mp3").read_bytes()


@cache
def listening_copy() -> bytes:
    """The same as AAC in fragmented MP4."""
    return (_SOUND / "entretien.mp4").read_bytes()


@cache
def heard() -> Ingested:
    """What the sound door says of `sound`."""
    measured = Measured(duration_ms=26_016, declared_ms=26_016, packets=1084, level_db=-22, silent_pct=12)
    waves = [(step * 7) % 90 for step in range(260)]
    peaks = write_peaks(b"".join(struct.pack("bb", -height, height) for height in waves))
    return Ingested(
        media="mp3",
        duration_ms=26_016,
        declared_ms=26_016,
        segments=_segments(listening_copy(), 26_016),
        peaks=peaks,
        quality=judge(measured),
        parts_ms=(26_016,),
    )


def _segments(data: bytes, length_ms: int) -> list[list[int]]:
    """[[byte, length, start ms, duration ms], …] of a fragmented MP4; the first is its header."""
    starts, place, source = [], 0, io.BytesIO(data)
    while head := source.read(8):
        size, kind = struct.unpack(">I4s", head)
        starts += [place] if kind == b"moof" else []
        place += size
        source.seek(place)
    tail = data.rfind(b"mfra")
    edges = [*starts, tail - 4 if tail > starts[-1] else len(data)]
    found = [[0, starts[0], 0, 0]]
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        begins = min(number * 6000, length_ms)
        found.append([start, end - start, begins, min(6000, length_ms - begins)])
    return found
