"""The life of an invoice. Start reading here."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.workflow import Move, Workflow


class Status(TextChoices):
    """The states and their words, which never vary (spec/invoices)."""

    DRAFT = "draft", _("Brouillon")
    IN_REVIEW = "in_review", _("En traitement")
    TO_CORRECT = "to_correct", _("À corriger")
    AWAITING_SECOND = "awaiting_second", _("En traitement")  # of a second agent; the sender sees no difference
    ACCEPTED = "accepted", _("Accepté")
    TRANSMITTED = "transmitted", _("Transmis pour paiement")
    PAID = "paid", _("Payé")
    REJECTED = "rejected", _("Rejeté par la Centrale")
    REFUSED = "refused", _("Refusé")
    WITHDRAWN = "withdrawn", _("Retiré")


EDITABLE = frozenset({Status.DRAFT, Status.TO_CORRECT})
CLOSED = frozenset({Status.PAID, Status.REFUSED, Status.WITHDRAWN})


def _move(name: str, sources: set[Status], target: Status, side: str, *, reason: bool = False) -> Move:
    right = "review" if side == "staff" else ""
    return Move(
        name=name,
        sources=frozenset(str(source) for source in sources),
        target=str(target),
        side=side,
        right=right,
        needs_reason=reason,
    )


WORKFLOW = Workflow(
    start=Status.DRAFT,
    moves=(
        _move("send", {Status.DRAFT, Status.TO_CORRECT}, Status.IN_REVIEW, "partner"),
        _move("withdraw", {Status.IN_REVIEW}, Status.WITHDRAWN, "partner"),
        _move("accept", {Status.IN_REVIEW}, Status.ACCEPTED, "staff"),
        _move("ask_correction", {Status.IN_REVIEW, Status.REJECTED}, Status.TO_CORRECT, "staff", reason=True),
        _move("refuse", {Status.IN_REVIEW}, Status.REFUSED, "staff", reason=True),
        _move("accept_first", {Status.IN_REVIEW}, Status.AWAITING_SECOND, "staff"),
        _move("confirm", {Status.AWAITING_SECOND}, Status.ACCEPTED, "staff"),
        _move("send_back", {Status.AWAITING_SECOND}, Status.IN_REVIEW, "staff", reason=True),
        _move("transmit", {Status.ACCEPTED, Status.REJECTED}, Status.TRANSMITTED, "platform"),
        _move("pay", {Status.TRANSMITTED}, Status.PAID, "platform"),
        _move("reject", {Status.TRANSMITTED}, Status.REJECTED, "platform"),
        _move("bounce", {Status.TRANSMITTED, Status.PAID}, Status.REJECTED, "platform"),
    ),
)
