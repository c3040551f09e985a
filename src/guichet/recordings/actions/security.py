"""What a space says about security in public; changed by an administrator, audited (REC-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import Incomplete
from guichet.recordings.models import SecurityStatement

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

_LONGEST = {"place": 300, "standards": 600, "review": 600}


@transaction.atomic
def state(*, said: dict[str, Any], by: Actor) -> SecurityStatement:
    """Keep the texts of both languages and the day of the last review. Raises `NotYours`, `Incomplete`."""
    if by.role != "administrator":
        raise NotYours
    texts = {
        f"{name}_{language}": str(said.get(f"{name}_{language}", "")).strip()[:longest]
        for name, longest in _LONGEST.items()
        for language in ("fr", "de")
    }
    day = said.get("review_on") or None
    wanted = ["place_fr", "place_de", "standards_fr", "standards_de", *(["review_fr", "review_de"] if day else [])]
    if missing := [name for name in wanted if not texts[name]]:
        raise Incomplete(missing)
    if day is None:
        texts |= {"review_fr": "", "review_de": ""}
    found, _new = SecurityStatement.objects.update_or_create(
        insurer=by.insurer,
        defaults={**texts, "review_on": day, "changed_at": timezone.now(), "changed_by": by.person},
    )
    audit.record(
        "security.stated",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="insurer",
        object_id=str(by.insurer.pk),
        detail={"review_on": day.isoformat() if day else ""},
    )
    return found
