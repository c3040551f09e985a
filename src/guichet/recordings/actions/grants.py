"""Temporary accesses: given, renewed, revoked, the end announced (REC-13). Every act asks for the right `records`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit, notify
from guichet.accounts.tokens import token_hash
from guichet.casework import uploads
from guichet.casework.errors import Overtaken
from guichet.kernel import dates
from guichet.kernel.text import clean_line
from guichet.recordings import rules
from guichet.recordings.actions import listening, listening_access
from guichet.recordings.actions.listening_errors import NotListenable, NotYours, UnknownGround
from guichet.recordings.models import GrantKind, ListeningGrant, Recording

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.audit import Who
    from guichet.casework.uploads import Checked
    from guichet.tenancy.models import Insurer

ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else: links are typed, too
TOKEN_LENGTH: Final = 28  # of 31 letters: 138 bits; an SMS takes it in two facts of 14
_LONGEST_NAME: Final = 120
_LONGEST_REFERENCE: Final = 60


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom a recording is to be opened to. `mobile` in E.164, `email` empty: the link goes by SMS."""

    kind: str
    name: str
    ground: str
    case_reference: str
    mobile: str = ""
    email: str = ""
    language: str = "fr"


def give(recording: Recording, *, wanted: Wanted, document: Checked | None = None, by: Actor) -> ListeningGrant:
    """Open a recording for thirty days and send the link; to the commission, without link and code.

    Raises `NotYours` without the right, `UnknownGround`, `NotListenable` (also without mobile number or
    authorisation where they are needed), and `Overtaken` if the commission has it already.
    """
    if not by.has("records"):
        raise NotYours
    kind = GrantKind(wanted.kind)
    role = "commission" if kind == GrantKind.COMMISSION else "listener"
    if wanted.ground not in {ground.code for ground in rules.grounds_for(role)}:
        raise UnknownGround(wanted.ground)
    if kind in {GrantKind.AUTHORISED, GrantKind.PHYSICIAN} and document is None:
        raise NotListenable("authorisation")
    if kind != GrantKind.COMMISSION and not wanted.mobile:
        raise NotListenable("mobile")
    try:
        with transaction.atomic():
            listening.stay_listenable(recording)
            return _give(recording, wanted, document, by)
    except IntegrityError:
        raise Overtaken from None


def _give(recording: Recording, wanted: Wanted, document: Checked | None, by: Actor) -> ListeningGrant:
    kind = GrantKind(wanted.kind)
    if kind == GrantKind.COMMISSION:  # what ran out makes room
        over = ListeningGrant.objects.filter(recording=recording, kind=kind, revoked_at=None)
        over.filter(expires_at__lte=timezone.now()).update(revoked_at=timezone.now(), revoked_by=by.person)
    grant = _new(recording, wanted, by)
    if document is not None:
        grant.document = uploads.keep(document, insurer=by.insurer)
        grant.document_name = document.name
    token = _save(grant)
    _note(grant, "given", by=by.who)
    if token:
        _send_link(grant, token)
    return grant


def _new(recording: Recording, wanted: Wanted, by: Actor) -> ListeningGrant:
    now = timezone.now()
    until = rules.last_day(dates.zurich_date(now))
    return ListeningGrant(
        insurer=by.insurer,
        recording=recording,
        kind=wanted.kind,
        name=clean_line(wanted.name, _LONGEST_NAME),
        mobile=wanted.mobile,
        email=wanted.email,
        language=wanted.language,
        ground=wanted.ground,
        case_reference=clean_line(wanted.case_reference, _LONGEST_REFERENCE),
        granted_at=now,
        granted_by=by.person,
        until=until,
        expires_at=rules.end_of(until),
    )


def renew(grant: ListeningGrant, *, ground: str, case_reference: str, by: Actor) -> ListeningGrant:
    """Thirty days more, on a ground of its own: a new access with a new link; the former one ends.

    Raises `NotYours`, `UnknownGround`, `NotListenable`, and `Overtaken` if the former was revoked meanwhile.
    """
    if not by.has("records"):
        raise NotYours
    role = "commission" if grant.kind == GrantKind.COMMISSION else "listener"
    if ground not in {known.code for known in rules.grounds_for(role)}:
        raise UnknownGround(ground)
    wanted = Wanted(
        kind=grant.kind,
        name=grant.name,
        ground=ground,
        case_reference=case_reference,
        mobile=grant.mobile,
        email=grant.email,
        language=grant.language,
    )
    with transaction.atomic():
        listening.stay_listenable(grant.recording)
        _close(grant, by)
        renewed = _new(grant.recording, wanted, by)
        renewed.renews, renewed.document, renewed.document_name = grant, grant.document, grant.document_name
        token = _save(renewed)
        _note(renewed, "renewed", by=by.who)
        if token:
            _send_link(renewed, token)
    return renewed


def revoke(grant: ListeningGrant, *, by: Actor) -> None:
    """End an access at once, with what is being listened to on it. Raises `NotYours`, and `Overtaken` if it is."""
    if not by.has("records"):
        raise NotYours
    with transaction.atomic():
        ended = _close(grant, by)
        _note(grant, "revoked", by=by.who, listenings_ended=ended)


def revoke_all(recording: Recording, *, by: Actor) -> int:
    """End every access to a recording, for example when it leaves the office; the number of them."""
    alive = ListeningGrant.objects.filter(recording=recording).alive().select_related("recording__mandate")
    closed = 0
    with transaction.atomic():
        for grant in alive.order_by("pk"):
            ended = _close(grant, by)
            _note(grant, "revoked", by=by.who, listenings_ended=ended)
            closed += 1
    return closed


def send_link_again(grant: ListeningGrant, *, by: Actor) -> None:
    """A new link; the one before is worth nothing any more, and wrong codes are counted anew.

    Raises `NotYours`, `Overtaken` if the access is over.
    """
    if not by.has("records"):
        raise NotYours
    token = _new_token()
    alive = ListeningGrant.objects.filter(pk=grant.pk, token_hash__isnull=False).alive()
    with transaction.atomic():
        if not alive.update(token_hash=token_hash(token)):
            raise Overtaken
        listening_access.unlock(grant)
        _note(grant, "link_sent", by=by.who)
        _send_link(grant, token)


def remind(insurer: Insurer) -> int:
    """Tell listeners some days before the end (REC-13); once each. The number of them."""
    now = timezone.now()
    soon = rules.end_of(dates.zurich_date(now) + timedelta(days=rules.REMIND_DAYS))
    waiting = ListeningGrant.objects.filter(
        insurer=insurer, token_hash__isnull=False, reminded_at=None, revoked_at=None,
        expires_at__gt=now, expires_at__lte=soon, granted_at__lt=now - timedelta(days=1),
    ).select_related("recording__mandate")  # fmt: skip
    told = 0
    for grant in waiting.order_by("pk"):
        with transaction.atomic():
            if not ListeningGrant.objects.filter(pk=grant.pk, reminded_at=None).update(reminded_at=now):
                continue
            _tell(grant, "grant_reminder")
            _note(grant, "reminded", by=audit.Who(role="platform"))
            told += 1
    return told


def _close(grant: ListeningGrant, by: Actor) -> int:
    open_ones = ListeningGrant.objects.filter(pk=grant.pk, revoked_at=None)
    if not open_ones.update(revoked_at=timezone.now(), revoked_by=by.person):
        raise Overtaken
    return listening.end_running(grant=grant)


def _save(grant: ListeningGrant) -> str:
    """The link's secret, which is kept nowhere; none for the commission."""
    if grant.kind == GrantKind.COMMISSION:
        grant.save()
        return ""
    token = _new_token()
    grant.token_hash = token_hash(token)
    grant.save()
    return token


def _new_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def _send_link(grant: ListeningGrant, token: str) -> None:
    half = TOKEN_LENGTH // 2
    _tell(grant, "grant", first=token[:half], second=token[half:])


def _tell(grant: ListeningGrant, template: str, **facts: str) -> None:
    """By mail, or by SMS if no address is known. Neither says what the access is to: no health data (MSG-01)."""
    day = dates.format_date(grant.until)
    space = {"slug": grant.insurer.slug, "day": day}
    if grant.email:
        key = f"{template}-{grant.pk}-{facts.get('first', '')[:6]}"
        context = {"name": grant.name, **space, **facts}
        notify.mail(
            f"recordings/{template}",
            insurer=grant.insurer, to=grant.email, language=grant.language, context=context, key=key,
            expires_at=grant.expires_at,
        )  # fmt: skip
    else:
        key = f"{template}-sms-{grant.pk}-{facts.get('first', '')[:6]}"
        notify.sms(
            f"recordings/{template}",
            insurer=grant.insurer, to=grant.mobile, language=grant.language, context={**space, **facts}, key=key,
            expires_at=grant.expires_at,
        )  # fmt: skip


def _note(grant: ListeningGrant, act: str, *, by: Who, **detail: object) -> None:
    audit.record(
        f"grant.{act}",
        insurer_id=grant.insurer_id,
        by=by,
        on="recording",
        object_id=str(grant.recording_id),
        subject=grant.recording.mandate.avs_number,
        recipient=f"grant:{grant.pk}",
        reason=grant.ground,
        legal_basis=rules.article(grant.ground),
        detail={"kind": str(grant.kind), "until": grant.until.isoformat(), "case": grant.case_reference, **detail},
    )
