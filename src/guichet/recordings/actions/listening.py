"""Listening: begun on a ground, served by the segment, paced, written down before a byte leaves (REC-10, 20, 21).

A segment costs one statement, which is its own transaction: an UPDATE that checks the pace and notes the range, and
the entry of the audit. If either cannot be written, nothing is served.
"""

from __future__ import annotations

import hmac
import math
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

from django.db import IntegrityError, connection, transaction
from django.db.models import Func, IntegerField, JSONField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from guichet import audit
from guichet.accounts import sessions, throttles
from guichet.accounts.throttles import Brake
from guichet.accounts.tokens import new_token, token_hash
from guichet.audit import Who
from guichet.kernel.text import clean_line
from guichet.recordings import rules, streaming
from guichet.recordings.actions.listening_errors import (
    NotListenable,
    NotServed,
    NotYours,
    Over,
    TooFast,
    UnknownGround,
)
from guichet.recordings.models import EndReason, Listening, ListeningGrant, Recording
from guichet.recordings.rules import BUFFER_MS, HEARING_SPEED, LISTENABLE
from guichet.tenancy.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.accounts.visitor import Visitor
    from guichet.tenancy.models import Insurer

LIFE: Final = timedelta(hours=4)
PASS_LIFE: Final = timedelta(minutes=30)
UNTRUE: Final = Brake("listen.untrue", 10, timedelta(hours=1), timedelta(hours=1))  # lines of the audit
_NOTE_EVERY: Final = 50  # refused requests between two lines in the audit
_LONGEST_REFERENCE: Final = 60
_MOST_SPANS: Final = 60
_MOST_SEGMENTS: Final = 100_000  # no recording has more; the database takes no larger place in a list than 2³¹

_OF_COPY: Final = (
    "insurer_id", "size", "chunk_size", "algorithm", "holder", "unfinished", "bound_insurer", "bound_object",
    "destroyed_at",
)  # fmt: skip
_TO_SERVE: Final = (
    "insurer_id", "person_id", "role", "ground", "key_hash", "salt", "expires_at", "ended_at", "end_reason",
    "recording__status", "recording__mandate__avs_number", "grant__revoked_at", "grant__expires_at",
    *(f"recording__copy__{name}" for name in _OF_COPY),
)  # fmt: skip

_PLACE_IN_LIST: Final = {"template": "%(expressions)s", "arg_joiner": " -> ", "output_field": JSONField()}

_ALLOWANCE: Final = (
    "LEAST(%(buffer)s, allowance_ms + (GREATEST(0, EXTRACT(EPOCH FROM %(now)s - paced_at)) * %(speed)s * 1000)::bigint)"
)
_SERVE: Final = f"""
UPDATE recordings_listening SET
    allowance_ms = {_ALLOWANCE} - %(length)s,
    paced_at = %(now)s,
    served = served + int4multirange(int4range(%(start)s, %(end)s))
WHERE id = %(id)s AND ended_at IS NULL AND {_ALLOWANCE} >= %(length)s
RETURNING id
"""  # noqa: S608 - constants
_THROTTLE: Final = f"""
UPDATE recordings_listening SET throttled = throttled + 1
WHERE id = %(id)s AND ended_at IS NULL RETURNING throttled, {_ALLOWANCE}
"""  # noqa: S608 - constants
_PLAYED: Final = """
UPDATE recordings_listening SET played = played + %(spans)s::int4multirange
WHERE id = %(id)s AND ended_at IS NULL AND %(spans)s::int4multirange <@ served
"""


def begin(
    recording: Recording, *, ground: str, case_reference: str, by: Actor, visitor: Visitor
) -> tuple[Listening, str]:
    """Staff begins to listen, on a ground and for a case; gives the cookie's value.

    A listening of the same person that still runs ends. Raises `NotYours`, `UnknownGround`, `NotListenable`.
    """
    if not rules.may_listen(by):
        raise NotYours
    role = rules.listening_role(by)
    if ground not in {known.code for known in rules.grounds_for(role)}:
        raise UnknownGround(ground)
    grant = None
    if role == "commission":
        grant = ListeningGrant.objects.filter(recording=recording, kind="commission").alive().first()
        if grant is None:
            raise NotYours
    who = {"person": by.person, "grant": grant, "role": role}
    facts = {"ground": ground, "case_reference": clean_line(case_reference, _LONGEST_REFERENCE)}
    return _open(recording, audit_as=by.who, visitor=visitor, **who, **facts)


def begin_on_grant(grant: ListeningGrant, *, visitor: Visitor) -> tuple[Listening, str]:
    """A listener has shown the link and the code; gives the cookie's value.

    A listening on the same phone that still runs ends, be it on another access. Raises `Over`, `NotListenable`.
    """
    if not grant.is_alive:
        raise Over
    return _open(
        grant.recording,
        audit_as=listener(grant),
        visitor=visitor,
        person=None,
        grant=grant,
        role="listener",
        ground=grant.ground,
        case_reference=grant.case_reference,
    )


def listener(grant: ListeningGrant) -> Who:
    """A person without an account, for the audit: the grant is who they are."""
    return Who(person_id=f"grant:{grant.pk}", role="listener")


def _open(recording: Recording, *, audit_as: Who, visitor: Visitor, **who: Any) -> tuple[Listening, str]:
    if recording.copy is None or recording.copy.destroyed_at:
        raise NotListenable(recording.status)
    now, token = timezone.now(), new_token()
    ends = min(now + LIFE, who["grant"].expires_at) if who["grant"] else now + LIFE
    same = {"recording": recording, "person": who["person"]}
    if who["grant"] and not who["person"]:
        same["grant__mobile"] = who["grant"].mobile
    try:
        with transaction.atomic():
            stay_listenable(recording)
            running = Listening.objects.filter(**same, ended_at=None)
            running.update(ended_at=now, end_reason=EndReason.REPLACED)
            listening = Listening.objects.create(
                insurer_id=recording.insurer_id,
                recording=recording,
                key_hash=token_hash(token),
                salt=secrets.token_bytes(16),
                started_at=now,
                expires_at=ends,
                allowance_ms=_left_over(same, now),
                paced_at=now,
                ip=visitor.ip,
                user_agent=visitor.user_agent,
                **who,
            )
            _note(listening, "begun", by=audit_as, detail={"case": who["case_reference"]})
    except IntegrityError:  # begun twice at the same moment: one of them is enough
        raise NotListenable("twice") from None
    return listening, token


def stay_listenable(recording: Recording) -> None:
    """Its row is locked: no destruction and no other listening comes at the same time. Raises `NotListenable`."""
    row = Recording.objects.select_for_update(no_key=True).filter(pk=recording.pk)
    status = row.values_list("status", flat=True).first()
    if status not in LISTENABLE:
        raise NotListenable(status)


def _left_over(same: dict[str, Any], now: datetime) -> int:
    """What the one before left, grown since: no new session, no other access of the same phone is a new buffer."""
    rows = Listening.objects.filter(**same).order_by("-paced_at", "allowance_ms")
    before = rows.only("allowance_ms", "paced_at").first()
    return rules.allowance(before.allowance_ms, since=before.paced_at, now=now) if before else BUFFER_MS


def find(listening_id: UUID, *, insurer: Insurer, whole: bool = False) -> Listening:
    """A listening with what its pages need, in one statement; `whole`: with the places of all its segments.

    Raises `NotYours` if there is none.
    """
    rows = Listening.objects.filter(pk=listening_id, insurer=insurer).select_related(
        "recording__copy", "recording__mandate", "grant", "person"
    )
    if not whole:
        rows = rows.defer("recording__segments", "recording__quality", "recording__parts")
    found = rows.first()
    if found is None:
        raise NotYours
    return found


def find_piece(listening_id: UUID, *, insurer: Insurer, number: int) -> Listening:
    """A listening with what serving one segment needs, and no more: asked every six seconds by whoever listens.

    Of the recording's segments the database gives this one alone, as `piece`. Raises `NotYours` if there is none.
    """
    found = number <= _MOST_SEGMENTS and _with_piece(listening_id=listening_id, insurer_id=insurer.pk, number=number)
    if not found:
        raise NotYours
    return found[0]


def _listening_with_piece(*, listening_id: UUID, insurer_id: int, number: int) -> QuerySet[Listening]:
    return (
        Listening.objects.filter(pk=listening_id, insurer=insurer_id)
        .select_related("recording__copy", "recording__mandate", "grant")
        .only(*_TO_SERVE)
        .annotate(piece=Func("recording__segments", Cast(Value(number), IntegerField()), **_PLACE_IN_LIST))
    )


_with_piece: Final = Prepared(_listening_with_piece)


def authorise(listening: Listening, *, token: str, ticket: str, actor: Actor | None) -> streaming.Keys:
    """Whether this browser may go on listening at this moment; gives the keys of the listening.

    `ticket` is `streaming.BY_COOKIE`, or the pass of a player that sends no cookie. What was taken away holds at
    once: right, grant, recording. Raises `NotYours` and `Over`.
    """
    keys, now = streaming.keys_of(listening.pk, bytes(listening.salt)), timezone.now()
    if ticket == streaming.BY_COOKIE:
        if not hmac.compare_digest(token_hash(token), listening.key_hash):
            raise NotYours
        if listening.person_id and (actor is None or actor.person.pk != listening.person_id):
            raise NotYours
    elif not keys.pass_holds(ticket, now):
        raise NotYours
    elif listening.person_id and listening.person:
        logins = sessions.alive(now).filter(person=listening.person_id, space=listening.insurer_id)
        if not logins.exists():  # a pass outlives no logout
            raise NotYours
        actor = sessions.actor_of(listening.person, listening.insurer)
    if listening.ended_at:
        if listening.end_reason == EndReason.WITHDRAWN:
            raise NotYours
        raise Over
    _refuse_what_was_taken_away(listening, actor, now)
    return keys


def _refuse_what_was_taken_away(listening: Listening, actor: Actor | None, now: datetime) -> None:
    if listening.person_id and not rules.may_listen(actor):
        _end(listening, EndReason.WITHDRAWN)
        raise NotYours
    grant, recording = listening.grant, listening.recording
    gone = recording.status not in LISTENABLE or recording.copy is None or recording.copy.destroyed_at
    if gone or (grant and grant.revoked_at):
        _end(listening, EndReason.REVOKED)
        raise Over
    if now >= listening.expires_at or (grant and now >= grant.expires_at):
        _end(listening, EndReason.EXPIRED)
        raise Over


def serve(listening: Listening, number: int, *, keys: streaming.Keys) -> bytes:
    """One segment (0 is the header), sealed; it is written down before its bytes are read.

    Wants a listening of `find_piece`. Raises `Over`, `TooFast`, `NotYours` for a number there is not, and
    `AuditUnavailable`.
    """
    piece = getattr(listening, "piece", None)
    copy = listening.recording.copy
    if not piece or copy is None:
        raise NotYours
    start, length = piece[2], piece[3]
    values: dict[str, Any] = _pace(listening) | {"length": length, "start": start, "end": start + length}
    detail = {"from_ms": start, "to_ms": start + length, "segment": number}
    entry = audit.Entry(**_facts(listening, "served"), detail=detail) if number else None
    if not audit.record_with(_SERVE, values, entry):
        _refuse(listening, length)
    return streaming.sealed(keys, number, streaming.cut(copy, tuple(piece)))


def _pace(listening: Listening) -> dict[str, Any]:
    return {"id": listening.pk, "now": timezone.now(), "buffer": BUFFER_MS, "speed": HEARING_SPEED}


def _refuse(listening: Listening, length: int) -> None:
    """Count what came too fast; the audit learns of the first and of every fiftieth (REC-21)."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_THROTTLE, _pace(listening))
            row = cursor.fetchone()
        if row and row[0] % _NOTE_EVERY == 1:
            _note(listening, "throttled", outcome="refused", reason="faster than hearing", detail={"times": row[0]})
    if row is None:
        raise Over
    raise TooFast(max(1, math.ceil((length - row[1]) / 1000 / HEARING_SPEED)))


def heard(listening: Listening, spans: Iterable[tuple[int, int]]) -> None:
    """What the browser says it played, in ms; taken only if all of it was served. Raises `NotServed`, `Over`.

    A player says all it played again and again, also while it pauses: what is known leaves no line in the audit.
    """
    said = rules.merged(spans)
    inside = [rules.within(span, listening.served) for span in said]
    if len(said) > _MOST_SPANS or None in inside:
        _refuse_unserved(listening, said)
    if all(span and _is_known(span, listening.played) for span in inside):
        return
    taken = "{" + ",".join(f"[{span[0]},{span[1]})" for span in inside if span) + "}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PLAYED, {"id": listening.pk, "spans": taken})
            changed = cursor.rowcount
        if not changed:
            raise Over
        _note(listening, "played", detail={"spans": rules.in_words(said)})


def _is_known(span: tuple[int, int], known: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in known)


def _refuse_unserved(listening: Listening, said: list[tuple[int, int]]) -> NoReturn:
    """The audit learns of it some times in an hour: nobody fills it with lies."""
    if throttles.take(UNTRUE, str(listening.pk)).until is None:
        with transaction.atomic():
            _note(listening, "played_refused", outcome="refused", detail={"said": rules.in_words(said[:5])})
    raise NotServed


def finish(listening: Listening) -> None:
    """The listener leaves the player; nothing happens if it is over already."""
    _end(listening, EndReason.FINISHED)


def end_running(*, grant: ListeningGrant) -> int:
    """End what runs on a grant that is being revoked, in its transaction; the number of listenings."""
    running = Listening.objects.filter(grant=grant, ended_at=None)
    return running.update(ended_at=timezone.now(), end_reason=EndReason.REVOKED)


def end_overdue(insurer: Insurer) -> int:
    """End what ran out while nobody asked for more; the number of listenings."""
    now = timezone.now()
    overdue = Listening.objects.filter(insurer=insurer, ended_at=None, expires_at__lte=now)
    ended = 0
    for listening in overdue.select_related("recording__mandate", "grant", "person").order_by("pk"):
        ended += _end(listening, EndReason.EXPIRED)
    return ended


def _end(listening: Listening, reason: EndReason) -> bool:
    with transaction.atomic():
        running = Listening.objects.filter(pk=listening.pk, ended_at=None)
        if not running.update(ended_at=timezone.now(), end_reason=reason):
            return False
        listening.refresh_from_db(fields=["served", "played"])
        detail = {"why": str(reason), "played": rules.in_words(listening.played), "served": len(listening.served)}
        _note(listening, "ended", detail=detail)
    return True


def _note(listening: Listening, act: str, *, by: Who | None = None, **more: Any) -> None:
    facts = _facts(listening, act) | more
    audit.record(**facts | {"by": by or facts["by"]})


def _facts(listening: Listening, act: str) -> dict[str, Any]:
    return {
        "action": f"listening.{act}",
        "insurer_id": listening.insurer_id,
        "by": _who(listening),
        "on": "recording",
        "object_id": str(listening.recording_id),
        "subject": listening.recording.mandate.avs_number,
        "recipient": str(listening.pk),
        "reason": listening.ground,
        "legal_basis": rules.article(listening.ground),
    }


def _who(listening: Listening) -> Who:
    if listening.grant and not listening.person_id:
        return listener(listening.grant)
    return Who(person_id=str(listening.person_id), role=listening.role)
