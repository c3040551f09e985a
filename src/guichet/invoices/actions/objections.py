"""The insured person contests an invoice sent in her name; the office answers (INV-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import notify
from guichet.casework.errors import CaseError, Overtaken, ReasonMissing
from guichet.invoices.actions import deciding, telling
from guichet.invoices.actions.common import note
from guichet.invoices.marks import Mark
from guichet.invoices.models import Answer, Invoice, Objection
from guichet.invoices.queries import persons
from guichet.invoices.states import Status
from guichet.kernel.text import clean_text

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

Next = Literal["refuse", "correct"]  # what follows for an invoice whose objection is right
LONGEST: Final = 1_000  # characters
_OVER: Final = frozenset({Status.WITHDRAWN, Status.REFUSED})  # nothing is claimed any more


class MessageMissing(CaseError):
    """The sender is to correct, or is refused, and nobody wrote what he reads (422)."""


class NotYours(CaseError):
    """Not in the name of somebody this person acts for, or sent by herself (404)."""


def may_object(invoice: Invoice, *, by: Actor) -> bool:
    """Whether there is something to contest: sent by somebody else, and still a claim."""
    return invoice.affiliation_id != (by.affiliation.pk if by.affiliation else None) and invoice.status not in _OVER


@transaction.atomic
def object_to(invoice: Invoice, *, version_no: int, text: str, by: Actor) -> Objection:
    """« Je conteste cette facture ». Raises `ReasonMissing`, `NotYours`, `Overtaken` (sent again, or contested).

    The desk sees the reason; the sender learns only that the insured person objected.
    """
    reason = clean_text(text[:LONGEST], LONGEST)
    if not reason:
        raise ReasonMissing
    locked = Invoice.objects.select_for_update(of=("self",)).select_related("beneficiary", "insurer").get(pk=invoice.pk)
    if locked.avs_number not in persons.numbers_of(by) or by.affiliation is None:
        raise NotYours
    if locked.version_no != version_no or not may_object(locked, by=by):
        raise Overtaken
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                insurer=by.insurer,
                invoice=locked,
                version_no=version_no,
                affiliation=by.affiliation,
                person=by.person,
                text=reason,
                at=timezone.now(),
            )
    except IntegrityError as error:
        raise Overtaken from error
    _mark(locked, contested=True)
    note(locked, "objected", by=None, who=by.who, detail={"version": version_no})
    telling.tell(locked, "objected")
    return objection


@transaction.atomic
def answer(objection: Objection, *, upheld: bool, text: str, by: Actor) -> None:
    """The office closes it with words for the insured person. Raises `ReasonMissing`, `Overtaken`."""
    said = clean_text(text[:LONGEST], LONGEST)
    if not said:
        raise ReasonMissing
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("insurer").get(pk=objection.invoice_id)
    changed = Objection.objects.filter(pk=objection.pk, state=Answer.WAITING).update(
        state=Answer.ACCEPTED if upheld else Answer.REFUSED,
        answer=said,
        answered_by=by.person,
        answered_at=timezone.now(),
    )
    if not changed:
        raise Overtaken
    if objection.version_no == invoice.version_no and not upheld:
        _mark(invoice, contested=False)
    note(invoice, "objection_closed", by=by, detail={"upheld": upheld, "version": objection.version_no})
    person = objection.person
    notify.mail(
        "invoices/objection_answered",
        insurer=by.insurer,
        to=person.email,
        language=person.language,
        context={"path": f"/{by.insurer.slug}/a-mon-nom/{invoice.pk}/"},
        key=f"objection-answered-{objection.pk}",
    )


@transaction.atomic
def uphold(objection: Objection, *, text: str, then: Next, message: str, by: Actor) -> None:
    """The person is right: say so and refuse the invoice, or send it back, in one act; all of it or nothing.

    `message` is what the sender reads; the reason of the person never reaches him. Raises `ReasonMissing`,
    `MessageMissing`, `Overtaken` (answered, decided or sent again meanwhile).
    """
    if not clean_text(message[:LONGEST], LONGEST):
        raise MessageMissing
    answer(objection, upheld=True, text=text, by=by)
    if then == "refuse":
        deciding.refuse(objection.invoice, version_no=objection.version_no, message=message, by=by)
    else:
        deciding.ask_correction(objection.invoice, version_no=objection.version_no, message=message, pins={}, by=by)


def _mark(invoice: Invoice, *, contested: bool) -> None:
    """Under the lock of the invoice's row."""
    flags = [flag for flag in invoice.flags if flag != Mark.CONTESTED]
    invoice.flags = [*flags, str(Mark.CONTESTED)] if contested else flags
    Invoice.objects.filter(pk=invoice.pk).update(flags=invoice.flags)
