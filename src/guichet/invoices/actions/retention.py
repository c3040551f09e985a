"""What is no longer needed goes: drafts are deleted, what was sent is emptied of everybody it was about (INV-27).

The number, the form, the dates and the amounts stay for the figures; the audit stays. Every invoice goes in a
transaction of its own, decided anew there: a hold placed a moment ago, or a draft touched again, keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit, notify, storage
from guichet.casework.errors import CaseError, ReasonMissing
from guichet.invoices.actions import leftovers
from guichet.invoices.models import (
    BankMessage,
    Batch,
    Beneficiary,
    Decision,
    DuplicateLook,
    ErasureNotice,
    ImportRow,
    ImportRun,
    Invoice,
    InvoiceEvent,
    InvoiceHold,
    InvoiceNote,
    InvoicePin,
    InvoiceUnsaved,
    InvoiceVersion,
    LineDecision,
    Objection,
    OfficeDecision,
    PowerOfAttorney,
    Representation,
    Settlement,
    Transmission,
)
from guichet.invoices.queries import retention as queries
from guichet.invoices.states import Status
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import Model

    from guichet.accounts.access import Actor
    from guichet.audit import Who
    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer

_GONE: Final = "—"  # where a table asks for a text
_LONGEST_REASON: Final = 300
_NOBODY: Final = "#"  # what nobody can search for
_AT_ONCE: Final = 5_000  # invoices of one run; the next night takes the rest

EMPTIED: Final[dict[type[Model], dict[str, Any]]] = {
    Invoice: {"raw": {}, "message": _GONE, "decision_number": "", "reasons": {}, "avs_number": ""},
    InvoiceVersion: {"answers": {}, "computed": {}, "snapshot": {}, "warnings": []},
    InvoiceEvent: {"text": ""},
    InvoiceHold: {"reason": _GONE},
    LineDecision: {"label": _GONE, "reasons": [], "text": _GONE},
    Transmission: {"record": {}},
    Settlement: {"iban": "", "reference": "", "reason_text": ""},
    ImportRow: {"key": _GONE, "problem": ""},
    ImportRun: leftovers.EMPTY_RUN,
    Beneficiary: {
        "last_name": _GONE, "first_name": "", "street": "", "house_no": "", "postcode": "", "town": "",
        "birth_date": date(1900, 1, 1), "sex": "", "avs_number": "", "representative_name": "",
        "representative_address": "", "payment_reference": "", "iban": "", "holder": "",
        "power_of_attorney_name": "", "search": "",
    },
    OfficeDecision: {
        "avs_number": "", "last_name": _GONE, "first_name": "", "search": "", "description": "", "terms": {},
    },
}  # fmt: skip
"""What erasing puts into every personal column of a table that stays (tested against `docs/personal-data.toml`)."""
DELETED: Final = (
    InvoicePin, InvoiceNote, InvoiceUnsaved, Decision, DuplicateLook, Objection, PowerOfAttorney, Representation,
)  # fmt: skip
"""Rows of these go altogether; so do the documents, after their bytes were destroyed."""


class AlreadyHeld(CaseError):
    """There is a hold on this invoice (409)."""


@dataclass
class Done:
    """What a run did, by state."""

    warned: int = 0
    others: int = 0  # files nobody confirmed, representations that ended
    erased: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def place_hold(invoice: Invoice, *, reason: str, by: Actor) -> InvoiceHold:
    """Nothing of this invoice is erased until the hold is lifted. Raises `ReasonMissing`, `AlreadyHeld`."""
    text = clean_line(reason[:_LONGEST_REASON], _LONGEST_REASON)
    if not text:
        raise ReasonMissing
    Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    try:
        with transaction.atomic():
            hold = InvoiceHold.objects.create(
                insurer=by.insurer, invoice=invoice, reason=text, placed_by=by.person, placed_at=timezone.now()
            )
    except IntegrityError as error:
        raise AlreadyHeld from error
    _record(invoice, "hold_placed", who=by.who)
    return hold


@transaction.atomic
def lift_hold(invoice: Invoice, *, by: Actor) -> None:
    """Lift the hold, if there is one."""
    held = InvoiceHold.objects.filter(invoice=invoice, lifted_at=None)
    if held.update(lifted_at=timezone.now(), lifted_by=by.person):
        _record(invoice, "hold_lifted", who=by.who)


def run(insurer: Insurer, *, by: Actor | None = None, now: datetime | None = None) -> Done:
    """Warn, then erase what the rules take now. Without `by` it is the nightly job."""
    now = now or timezone.now()
    who = by.who if by else audit.Who(role="platform")
    done = Done()
    for rule in queries.rules(insurer, now):
        if rule.status == Status.DRAFT:
            done.warned = _warn(insurer, rule, now=now, who=who)
        keys = list(
            queries.due(insurer, rule, now=now).order_by("changed_at", "id").values_list("pk", flat=True)[:_AT_ONCE]
        )
        act = _delete_draft if rule.status == Status.DRAFT else erase
        done.erased[str(rule.status)] = sum(_one(insurer, rule, key, act, now=now, who=who) for key in keys)
    done.others = leftovers.run(insurer, now=now, who=who)
    return done


@transaction.atomic
def _one(insurer: Insurer, rule: queries.Rule, key: Any, act: Callable[..., None], *, now: datetime, who: Who) -> bool:
    """One invoice, if the rule still takes it under lock."""
    locked = Invoice.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if locked is None or not queries.due(insurer, rule, now=now).filter(pk=key).exists():
        return False
    act(locked, who=who, reason=f"{rule.status}: {rule.months} months")
    return True


def _warn(insurer: Insurer, rule: queries.Rule, *, now: datetime, who: Who) -> int:
    drafts = queries.to_warn(insurer, rule).select_related("responsible").order_by("modified_at", "id")[:_AT_ONCE]
    for draft in drafts:
        with transaction.atomic():
            facts = {"insurer": insurer, "untouched_since": draft.modified_at, "sent_at": now}
            ErasureNotice.objects.update_or_create(invoice=draft, defaults=facts)
            notify.mail(
                "invoices/draft_expiring",
                insurer=insurer,
                to=draft.responsible.email,
                language=draft.responsible.language,
                context={
                    "path": f"/{insurer.slug}/factures/{draft.pk}/saisie/",
                    "on": timezone.localdate(now + queries.WARNING),
                },
                key=f"draft-expiring-{draft.pk}-{draft.draft_no}",
            )
            _record(draft, "erasure_announced", who=who)
    return len(drafts)


def _delete_draft(draft: Invoice, *, who: Who, reason: str) -> None:
    _record(draft, "draft_erased", who=who, reason=reason)
    _destroy_documents(draft)
    draft.events.all().delete()
    draft.delete()


def erase(invoice: Invoice, *, who: Who, reason: str) -> None:
    """Empty an invoice of everybody it was about, in the caller's transaction, which holds its lock."""
    _record(invoice, "erased", who=who, reason=reason)  # while its subject is known
    person, number, avs = invoice.beneficiary, invoice.decision_number, invoice.avs_number
    _destroy_documents(invoice)
    for version in InvoiceVersion.objects.filter(case=invoice).select_related("pdf"):
        _destroy(version.pdf)
    for model in (InvoiceVersion, InvoiceEvent, LineDecision):
        model._default_manager.filter(case=invoice).update(**EMPTIED[model])  # noqa: SLF001 -- Django's own name
    for table in (InvoicePin, InvoiceNote, InvoiceUnsaved):
        table._default_manager.filter(case=invoice).delete()  # noqa: SLF001
    InvoiceHold.objects.filter(invoice=invoice).update(**EMPTIED[InvoiceHold])
    Objection.objects.filter(invoice=invoice).delete()
    ErasureNotice.objects.filter(invoice=invoice).delete()
    Invoice.objects.filter(pk=invoice.pk).update(
        erased_at=timezone.now(), beneficiary=nobody(invoice), **EMPTIED[Invoice]
    )
    _empty_payments(invoice)
    _empty_imports(invoice)
    if person:
        DuplicateLook.objects.filter(
            affiliation_id=invoice.affiliation_id, avs_number=avs or person.avs_number
        ).delete()
        _forget_person(person)
    _forget_decision(invoice.insurer_id, number, avs)


def nobody(invoice: Invoice) -> Beneficiary:
    """« Données effacées »: the one of this company that stands where a person was."""
    facts = EMPTIED[Beneficiary] | {"search": _NOBODY, "archived_at": timezone.now()}
    same = {"insurer_id": invoice.insurer_id, "affiliation_id": invoice.affiliation_id}
    found = Beneficiary.objects.filter(**same, avs_number="", search=_NOBODY).order_by("created_at", "id").first()
    return found or Beneficiary.objects.create(**(facts | same))


def _destroy_documents(invoice: Invoice) -> None:
    for document in invoice.attachments.select_related("stored"):
        storage.destroy(document.stored)
    invoice.attachments.all().delete()


def _destroy(stored: StoredObject | None) -> None:
    if stored is not None and stored.destroyed_at is None:
        storage.destroy(stored)


def _empty_payments(invoice: Invoice) -> None:
    """The records; the files of a batch and of the bank once nobody in them is left."""
    transmissions = Transmission.objects.filter(invoice=invoice)
    Settlement.objects.filter(transmission__in=transmissions).update(**EMPTIED[Settlement])
    batches = list(Batch.objects.filter(transmissions__in=transmissions).select_related("file", "bills").distinct())
    answers = BankMessage.objects.filter(settlements__transmission__in=transmissions).select_related("file")
    read = list(answers.distinct())
    transmissions.update(**EMPTIED[Transmission])
    for batch in batches:
        if not batch.transmissions.filter(invoice__erased_at=None).exists():
            _destroy(batch.file)
            _destroy(batch.bills)
    for answer in read:
        if not answer.settlements.filter(transmission__invoice__erased_at=None).exists():
            _destroy(answer.file)


def _empty_imports(invoice: Invoice) -> None:
    """What the file of an import said of it; the file itself once nothing of it is left."""
    rows = ImportRow.objects.filter(invoice=invoice)
    runs = [row.run for row in rows.select_related("run__plan")]
    rows.update(**EMPTIED[ImportRow])
    for imported in runs:
        left = ImportRow.objects.filter(run=imported, invoice__isnull=False, invoice__erased_at=None)
        if not left.exists():
            _destroy(imported.plan)
            ImportRun.objects.filter(pk=imported.pk).update(**EMPTIED[ImportRun])


def _forget_person(person: Beneficiary) -> None:
    """The profile, once it is off the company's list and no invoice of it is left."""
    if person.archived_at is None or Invoice.objects.filter(beneficiary=person).exists():
        return
    Decision.objects.filter(beneficiary=person).delete()
    for power in PowerOfAttorney.objects.filter(beneficiary=person).select_related("file"):
        _destroy(power.file)
        power.delete()
    _destroy(person.power_of_attorney)
    Beneficiary.objects.filter(pk=person.pk).update(**EMPTIED[Beneficiary])


def _forget_decision(insurer_id: int, number: str, avs: str) -> None:
    """The office's decision, once it has ended and no invoice under its number is left."""
    ended = OfficeDecision.objects.filter(insurer_id=insurer_id, number=number, valid_to__lt=timezone.localdate())
    of_person = Invoice.objects.filter(insurer_id=insurer_id, avs_number=avs)  # which the index knows
    if number and not of_person.filter(decision_number=number).exists():
        for decision in ended:
            OfficeDecision.objects.filter(pk=decision.pk).update(
                number=f"#{decision.pk.hex[:13]}",
                archived_at=decision.archived_at or timezone.now(),
                **EMPTIED[OfficeDecision],
            )


def _record(invoice: Invoice, act: str, *, who: Who, reason: str = "") -> None:
    audit.record(
        f"invoice.{act}",
        insurer_id=invoice.insurer_id,
        by=who,
        on="invoice",
        object_id=str(invoice.pk),
        subject=invoice.beneficiary.avs_number if invoice.beneficiary else "",
        reason=reason,
        detail={"number": invoice.number} if invoice.number else None,
    )
