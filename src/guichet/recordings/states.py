"""The life of a recording. Start reading here."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.workflow import Move, Workflow


class Status(TextChoices):
    """The states and their words, which never vary (spec/recordings)."""

    UPLOADING = "uploading", _("En cours de dépôt")
    DEPOSITED = "deposited", _("Déposé")
    SENT = "sent", _("Envoyé")
    ARCHIVED = "archived", _("Archivé")
    FORWARDED = "forwarded", _("Transmis à un autre office")
    REPLACED = "replaced", _("Remplacé")
    DESTRUCTION_ASKED = "destruction_asked", _("Destruction demandée")
    DESTROYED = "destroyed", _("Détruit")


HELD_BY_EXPERT = frozenset({Status.UPLOADING, Status.DEPOSITED})
"""Only the expert's key opens it (REC-04)."""
HELD_BY_OFFICE = frozenset({Status.SENT, Status.ARCHIVED, Status.REPLACED, Status.DESTRUCTION_ASKED})
CLOSED = frozenset({Status.FORWARDED, Status.DESTROYED})


def _move(name: str, sources: set[Status], target: Status, side: str, *, right: str = "", reason: bool = False) -> Move:
    return Move(
        name=name,
        sources=frozenset(str(source) for source in sources),
        target=str(target),
        side=side,
        right=right,
        needs_reason=reason,
    )


_STOPPABLE = (Status.UPLOADING, Status.DEPOSITED, Status.SENT, Status.ARCHIVED, Status.REPLACED)
"""Where a request for the destruction finds it, and where it is again once the request is taken back."""

WORKFLOW = Workflow(
    start=Status.UPLOADING,
    moves=(
        _move("deposit", {Status.UPLOADING}, Status.DEPOSITED, "platform"),
        _move("start_again", {Status.UPLOADING, Status.DEPOSITED}, Status.UPLOADING, "partner"),
        _move("send", {Status.DEPOSITED}, Status.SENT, "partner"),
        _move("archive", {Status.SENT}, Status.ARCHIVED, "staff", right="records"),
        _move("forward", {Status.SENT, Status.ARCHIVED}, Status.FORWARDED, "staff", right="records", reason=True),
        _move("replace", {Status.SENT, Status.ARCHIVED}, Status.REPLACED, "partner"),
        _move(
            "ask_destruction",
            set(_STOPPABLE),
            Status.DESTRUCTION_ASKED,
            "staff",
            right="records",
            reason=True,
        ),
        *(
            _move(f"back_to_{status}", {Status.DESTRUCTION_ASKED}, status, "staff", right="records", reason=True)
            for status in _STOPPABLE
        ),
        _move("destroy", {Status.DESTRUCTION_ASKED}, Status.DESTROYED, "staff", right="records"),
    ),
)
