"""The demo's mandates and a dozen audible recordings in every state, by the real actions. Everybody is invented.

The sound is one short interview, decoded once; every recording gets its own sealed copy of it.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet import audio, storage
from guichet.casework.uploads import Checked
from guichet.kernel.identifiers import with_ean_digit
from guichet.recordings.actions import deposits, forwarding, ingesting, mandates, receiving, sending, uploads
from guichet.recordings.holding import holder_of

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.models import Identity
    from guichet.recordings.models import Mandate, Recording

_SOUND: Final = Path(__file__).parent / "demo_data" / "entretien.mp3"


@dataclass(frozen=True)
class Interview:
    """One person's expertise; `state` is how far it is, `days` how long ago (negative: to come)."""

    last: str
    first: str
    born: date
    days: int
    state: str  # announced, opened, waived, begun, deposited, sent, archived, asked, forwarded
    avs: str = ""  # of a person with an account; otherwise an invented one


_HERS: Final = "Zenklusen"
_PEOPLE: Final = (
    Interview("Bruttin", "Élodie", date(1984, 5, 12), 60, "archived"),
    Interview("Pfammatter", "Kurt", date(1969, 11, 2), 41, "archived"),
    Interview("Délèze", "Martine", date(1975, 2, 27), 33, "asked"),
    Interview("Ruppen", "Stefan", date(1990, 8, 19), 21, "archived"),
    Interview("Vouilloz", "Patrick", date(1962, 1, 30), 12, "sent"),
    Interview("Exquis", "Amandine", date(1988, 6, 4), 9, "sent"),
    Interview("Zenklusen", "Ruth", date(1971, 9, 15), 6, "archived"),
    Interview("Carron", "Yvan", date(1980, 12, 8), 5, "sent"),
    Interview("Métroz", "Lina", date(1995, 3, 22), 3, "deposited"),
    Interview("Fellay", "Olivier", date(1958, 7, 1), 2, "begun"),
    Interview("Imhof", "Brigitte", date(1966, 10, 10), -4, "waived"),
    Interview("Gabioud", "Thierry", date(1977, 4, 17), -6, "announced"),
    Interview("Lambiel", "Chantal", date(1983, 8, 25), -11, "announced"),
    Interview("Quinodoz", "Marc-Antoine", date(1992, 2, 14), 1, "opened"),
    Interview("Germanier", "Alain", date(1973, 9, 3), 0, "announced"),
    Interview("Mottet", "Josiane", date(1986, 12, 1), 0, "announced"),
    Interview("Zurbriggen", "Rosa", date(1968, 3, 19), 0, "waived"),
    Interview("Kämpfer", "Anita", date(1979, 5, 2), 4, "forwarded"),
)


def seed_recordings(
    *, experts: list[Actor], office: Actor, first: int, insured: Identity | None = None
) -> list[Recording]:
    """Mandates for the experts in turn, each as far as it says; gives what the office has.

    The insured person with an account stands in the place of one of them: her own page has something to show.
    """
    data = _SOUND.read_bytes()
    copy = io.BytesIO()
    heard = audio.ingest(io.BytesIO(data), name=_SOUND.name, size=len(data), out=copy)
    assert isinstance(heard, audio.Ingested)  # noqa: S101 -- the file is ours
    made = []
    for number, interview in enumerate(_people(insured)):
        by = experts[number % len(experts)]
        mandate = _mandate(interview, number, first, by=by, office=office)
        recording = _recording(interview, mandate, data, heard, copy.getvalue(), by=by, office=office)
        made += [recording] if recording is not None and recording.sent_at else []
    return made


def _plain(name: str) -> str:
    """A name as it stands in an address: « elodie »."""
    return unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode().replace(" ", "-")


def _people(insured: Identity | None) -> list[Interview]:
    if insured is None:
        return list(_PEOPLE)

    def hers(one: Interview) -> Interview:
        last, first = insured.last_name, insured.first_name
        return replace(one, last=last, first=first, born=insured.birth_date, avs=insured.avs_number)

    return [hers(one) if one.last == _HERS else one for one in _PEOPLE]


def _mandate(interview: Interview, number: int, first: int, *, by: Actor, office: Actor) -> Mandate:
    day = timezone.localdate() - timedelta(days=interview.days)
    facts = mandates.Facts(
        last_name=interview.last,
        first_name=interview.first,
        birth_date=interview.born,
        avs_number=interview.avs or with_ean_digit(f"7569999{first + number:05d}"),
        interview_dates=(day,),
        number="" if interview.state == "opened" else f"{office.insurer.number_prefix}-E-{first + number}",
        mobile=f"+41791{first + number:06d}",
        email=f"{_plain(interview.first)}.{_plain(interview.last)}@courrier.example",
        expert_name="Dre Simone Udry" if by.affiliation and by.affiliation.kind == "centre" else "",
    )
    if interview.state == "opened":
        return mandates.open_mandate(facts=facts, by=by)
    assert by.affiliation is not None  # noqa: S101 -- experts and centres have one
    mandate = mandates.announce(affiliation=by.affiliation, facts=facts, by=office)
    if interview.state == "waived":
        paper = Checked(data=PAPER, name="renonciation.pdf", media_type="application/pdf", pages=1, state="clean")
        mandates.enter_waiver(mandate, declared_on=timezone.localdate(), document=paper, by=office)
    return mandate


def _recording(
    interview: Interview,
    mandate: Mandate,
    data: bytes,
    heard: audio.Ingested,
    copy: bytes,
    *,
    by: Actor,
    office: Actor,
) -> Recording | None:
    if interview.state in {"announced", "opened", "waived"}:
        return None
    recording = deposits.begin(mandate, interview_on=mandate.interview_dates[0], by=by)
    if interview.state == "begun":
        return recording
    _deposit(recording, data, heard, copy, by=by)
    if interview.state == "deposited":
        return recording
    declared = sending.Declared(
        spoken_start_ms=1000,
        spoken_end_ms=(heard.duration_ms // 1000 - 1) * 1000,
        report_reference=f"EXP-{mandate.number[-4:]}",
        report_date=timezone.localdate() - timedelta(days=1),
        confirmed=frozenset({*sending.CONFIRMATIONS, sending.AUDIBLE}),
    )
    recording = sending.send(recording, declared=declared, by=by)
    if interview.state in {"archived", "asked"}:
        receiving.archive(recording, by=office)
    if interview.state == "forwarded" and (others := forwarding.offices(office.insurer)):
        forwarding.forward(recording, to=others[0], reason="Domicile dans un autre canton", by=office)
    if interview.state == "asked":
        receiving.ask_redeposit(
            recording, reason="Le fichier DSS grésille dès la 20e minute : déposez un MP3.", by=office
        )
    return recording


def _deposit(recording: Recording, data: bytes, heard: audio.Ingested, copy: bytes, *, by: Actor) -> None:
    upload = uploads.begin(recording, name=f"{recording.mandate.last_name}-entretien.mp3", length=len(data), by=by)
    uploads.write(upload, data, offset=0, by=by, sha256=hashlib.sha256(data).hexdigest())
    upload.refresh_from_db()
    ingesting.compare(upload)
    recording.refresh_from_db()
    assert recording.original is not None  # noqa: S101 -- the checksum is right
    holder = holder_of(recording.affiliation_id)
    chunk = ingesting.COPY_CHUNK
    with storage.Writer(insurer=recording.insurer, limit=ingesting.COPY_LIMIT, chunk_size=chunk, holder=holder) as out:
        out.write(copy)
        ingesting.keep(recording, original=recording.original, heard=heard, out=out)
    recording.refresh_from_db()


PAPER: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>endobj\n"
    b"trailer<</Size 4/Root 1 0 R>>\n%%EOF\n"
)
