"""Drafts: opened empty, saved silently, never seen by the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import audit, storage
from guichet.accounts.models import Affiliation
from guichet.casework import drafts, uploads
from guichet.casework.errors import FileRefused, NotEditable
from guichet.casework.jobs import defer
from guichet.formspec import registry
from guichet.formspec.reading import within
from guichet.invoices import checking
from guichet.invoices.actions import beneficiaries
from guichet.invoices.actions.common import note
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT
from guichet.invoices.models import Beneficiary, Invoice, InvoiceAttachment, InvoiceUnsaved
from guichet.invoices.states import EDITABLE, Status

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.formspec.reading import Raw

MOST_DOCUMENTS = 50  # on one invoice


@transaction.atomic
def open_draft(*, code: str, by: Actor, raw: Raw | None = None) -> Invoice:
    """A new draft on the current edition of a form. KeyError if there is no such form."""
    form_type = registry.current(code)
    assert isinstance(by.affiliation, Affiliation)  # noqa: S101 -- the view is a partner's
    now = timezone.now()
    invoice = Invoice.objects.create(
        insurer=by.insurer,
        affiliation=by.affiliation,
        form_code=code,
        edition=form_type.edition,
        raw=raw or {},
        beneficiary=_chosen(raw or {}, by=by),
        responsible=by.person,
        modified_at=now,
        changed_at=now,
    )
    note(invoice, "opened", by=by)
    return invoice


@transaction.atomic
def open_or_reuse(*, code: str, beneficiary: str, by: Actor) -> Invoice:
    """The person's untouched draft of this form if there is one, else a new one, with the beneficiary chosen."""
    raw: Raw = {"beneficiary": beneficiary} if checking.uuid_or_none(beneficiary) else _own(by)
    pristine = Invoice.objects.filter(
        affiliation=by.affiliation,
        responsible=by.person,
        status=Status.DRAFT,
        form_code=code,
        edition=registry.current(code).edition,
        draft_no=1,
        raw=raw,
        attachments=None,
    )
    return pristine.order_by("-modified_at").first() or open_draft(code=code, raw=raw, by=by)


def _own(by: Actor) -> Raw:
    """An insured person invoices for herself and is paid to her own account, until she says otherwise (INV-16)."""
    mine = beneficiaries.own_beneficiary(by=by)
    return {"beneficiary": str(mine.pk), "account": BENEFICIARY_ACCOUNT} if mine and mine.iban else {}


@transaction.atomic
def save_draft(invoice: Invoice, *, raw: Raw, draft_no: int, by: Actor) -> int:
    """Store what was typed, where it may be changed; see `casework.drafts.save` for what it raises."""
    editable = checking.editable_places(invoice, by=by)
    if editable is not None:
        raw = within(raw, invoice.raw, editable)
    saved = drafts.save(invoice, raw=raw, draft_no=draft_no, editable=EDITABLE, by=by)
    InvoiceUnsaved.objects.filter(case=invoice, person=by.person).delete()
    if invoice.status == Status.DRAFT:
        _follow_beneficiary(invoice, by=by)
    return saved


@transaction.atomic
def keep_unsaved(invoice: Invoice, *, raw: Raw, draft_no: int, by: Actor) -> None:
    """Put aside what was typed after the login had ended; the draft itself stays as it is (ACC-10)."""
    if invoice.status not in EDITABLE:
        return
    typed = {"insurer": by.insurer, "raw": raw, "draft_no": draft_no, "typed_at": timezone.now()}
    InvoiceUnsaved.objects.update_or_create(case=invoice, person=by.person, defaults=typed)
    audit.record(
        "invoice.typing_kept",
        insurer_id=invoice.insurer_id,
        by=by.who,
        on="invoice",
        object_id=str(invoice.pk),
        reason="login_ended",
    )


def unsaved(invoice: Invoice, *, by: Actor) -> InvoiceUnsaved | None:
    """What this person typed into this invoice after the login had ended, if anything."""
    return InvoiceUnsaved.objects.filter(case=invoice, person=by.person).first()


def _follow_beneficiary(invoice: Invoice, *, by: Actor) -> None:
    """Keep the beneficiary's column in step, so that lists of drafts can name and filter by it."""
    if checking.uuid_or_none(invoice.raw.get("beneficiary")) == invoice.beneficiary_id:
        return
    beneficiary = _chosen(invoice.raw, by=by)
    Invoice.objects.filter(pk=invoice.pk, status=Status.DRAFT).update(beneficiary=beneficiary)
    invoice.beneficiary = beneficiary


def _chosen(raw: Raw, *, by: Actor) -> Beneficiary | None:
    """The beneficiary that is named, if the actor may see that person."""
    chosen = checking.uuid_or_none(raw.get("beneficiary"))
    return Beneficiary.objects.visible_to(by).filter(pk=chosen).first() if chosen else None


@transaction.atomic
def discard_draft(invoice: Invoice, *, by: Actor) -> None:
    """Delete a draft that was never sent, and the bytes of its files. Raises `NotEditable` otherwise."""
    locked = Invoice.objects.select_for_update(of=("self",)).filter(pk=invoice.pk, status=Status.DRAFT).first()
    if locked is None:
        raise NotEditable
    note(locked, "discarded", by=by)
    locked.events.all().delete()
    for attachment in locked.attachments.select_related("stored"):
        storage.destroy(attachment.stored)
    locked.attachments.all().delete()
    locked.delete()


def attach(invoice: Invoice, *, source: BinaryIO, name: str, by: Actor) -> InvoiceAttachment:
    """Add a document; raises `FileRefused` or `NotEditable`. Its QR code is read a moment later by the worker."""
    if invoice.status not in EDITABLE:
        raise NotEditable
    checked = uploads.check(source, name=name)
    with transaction.atomic():
        locked = _lock_editable(invoice.pk)
        if locked.attachments.filter(removed_at=None).count() >= MOST_DOCUMENTS:
            words = _("Une demande prend {most} documents au plus. Réunissez-en plusieurs dans un PDF.")
            raise FileRefused(words.format(most=MOST_DOCUMENTS))
        attachment = InvoiceAttachment.objects.create(
            insurer=by.insurer,
            case=locked,
            stored=uploads.keep(checked, insurer=by.insurer),
            name=checked.name,
            media_type=checked.media_type,
            pages=checked.pages,
            state=checked.state,
            added_by=by.person,
            first_version=locked.version_no + 1,
        )
        note(locked, "attached", by=by, detail={"attachment": str(attachment.pk), "size": len(checked.data)})
        defer("invoices.read_code", queue="documents", insurer_id=by.insurer.pk, attachment_id=str(attachment.pk))
    return attachment


def _lock_editable(invoice_id: UUID) -> Invoice:
    rows = Invoice.objects.select_for_update(of=("self",)).select_related("beneficiary")
    locked = rows.filter(pk=invoice_id, status__in=list(EDITABLE)).first()
    if locked is None:
        raise NotEditable
    return locked


@transaction.atomic
def detach(attachment: InvoiceAttachment, *, by: Actor) -> None:
    """Take a document away. One that was sent stays in the earlier version; of another nothing is left.

    Raises `NotEditable`.
    """
    locked = _lock_editable(attachment.case_id)
    found = locked.attachments.filter(pk=attachment.pk, removed_at=None).select_related("stored").first()
    if found is None:
        return
    if found.first_version > locked.version_no:
        storage.destroy(found.stored)
        found.delete()
    else:
        found.removed_at = timezone.now()
        found.save(update_fields=["removed_at"])
    note(locked, "detached", by=by, detail={"attachment": str(attachment.pk)})
