"""Writes the owner's security history (ACC-08): a business table of its own, beside the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.accounts.models import SecurityEvent
from guichet.accounts.visitor import Visitor

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.tenancy.models import Insurer

NOBODY = Visitor()


def note(kind: str, *, person_id: UUID, space: Insurer, visitor: Visitor = NOBODY, detail: str = "") -> None:
    """One line the owner of the account will see; `visitor` only if the owner's own browser did it."""
    SecurityEvent.objects.create(
        person_id=person_id,
        space=space,
        kind=kind,
        at=timezone.now(),
        ip=visitor.ip,
        user_agent=visitor.user_agent,
        detail=detail,
    )
