"""The insurer decides on registrations (ACC-03, INV-20): right `vet`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import notify
from guichet.accounts.errors import ConflictError, InvalidFieldsError
from guichet.accounts.models import Affiliation, AffiliationStatus, MemberRole, Membership, Person
from guichet.audit import record
from guichet.kernel.findings import Invalid
from guichet.kernel.text import clean_text

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

_LONGEST_REASON = 2000


def accept(*, by: Actor, affiliation: Affiliation) -> None:
    """Open the space to the partner: its registrant may log in. Raises ConflictError if somebody was faster."""
    with transaction.atomic():
        _decide(by, affiliation, AffiliationStatus.ACCEPTED)
        people = [member.person_id for member in _managers(affiliation)]
        Person.objects.filter(pk__in=people).update(is_active=True)
        record(
            "affiliation.accepted", insurer_id=by.insurer.pk, by=by.who, on="affiliation", object_id=str(affiliation.pk)
        )
        _tell(by, affiliation, "accounts/accepted")


def refuse(*, by: Actor, affiliation: Affiliation, reason: str) -> None:
    """Refuse with a reason the applicant will read. Raises InvalidFieldsError and ConflictError."""
    cleaned = _reason(reason)
    with transaction.atomic():
        _decide(by, affiliation, AffiliationStatus.REFUSED, reason=cleaned)
        record(
            "affiliation.refused",
            insurer_id=by.insurer.pk,
            by=by.who,
            on="affiliation",
            object_id=str(affiliation.pk),
            detail={"reason_length": len(cleaned)},
        )
        _tell(by, affiliation, "accounts/refused", reason=cleaned)


def _reason(reason: str) -> str:
    try:
        cleaned = clean_text(reason, _LONGEST_REASON)
    except Invalid:
        raise InvalidFieldsError(reason=_("Saisissez un motif de 2000 caractères au plus.")) from None
    if not cleaned:
        raise InvalidFieldsError(reason=_("Saisissez le motif du refus : il est envoyé au requérant."))
    return cleaned


def _decide(by: Actor, affiliation: Affiliation, status: AffiliationStatus, *, reason: str = "") -> None:
    decided = Affiliation.objects.filter(
        pk=affiliation.pk, insurer=by.insurer, status=AffiliationStatus.REQUESTED
    ).update(status=status, decided_at=timezone.now(), decided_by=by.person, reason=reason)
    if not decided:
        raise ConflictError("decided")


def _managers(affiliation: Affiliation) -> list[Membership]:
    members = affiliation.memberships.filter(role=MemberRole.MANAGER, removed_at=None)
    return list(members.select_related("person").order_by("created_at"))


def _tell(by: Actor, affiliation: Affiliation, template: str, **context: str) -> None:
    for member in _managers(affiliation):
        notify.mail(
            template,
            insurer=by.insurer,
            to=member.person.email,
            language=member.person.language,
            context={"person": member.person, "company": affiliation.partner.name, **context},
            key=f"{template}-{affiliation.pk}-{member.person_id}",
        )
