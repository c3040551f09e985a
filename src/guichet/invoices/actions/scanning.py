"""Documents that no scanner had looked at when they came: scanned again until there is a verdict (FRM-09)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import storage
from guichet.casework.jobs import defer
from guichet.casework.models import AttachmentState
from guichet.invoices.actions.common import note
from guichet.invoices.models import InvoiceAttachment

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer

logger = logging.getLogger(__name__)

_MOST = 100  # documents of one insurer in one round
_GIVEN_UP = timedelta(days=30)  # what no scanner can look into stays unserved
_VERDICTS = {storage.Verdict.CLEAN: AttachmentState.CLEAN, storage.Verdict.INFECTED: AttachmentState.INFECTED}


def rescan(insurer: Insurer) -> int:
    """Scan what waits, the newest first; how many got a verdict. One broken document keeps no other waiting."""
    recent = InvoiceAttachment.objects.filter(added_at__gt=timezone.now() - _GIVEN_UP)
    waiting = recent.filter(insurer=insurer, state=AttachmentState.WAITING, removed_at=None)
    decided = 0
    for attachment in waiting.select_related("stored", "case__beneficiary").order_by("-added_at", "id")[:_MOST]:
        try:
            with storage.open_object(attachment.stored) as file:
                verdict = storage.scan(file)
        except storage.StorageError:
            logger.exception("Document %s cannot be read", attachment.pk)
            continue
        if verdict in _VERDICTS:
            decided += _decide(attachment, _VERDICTS[verdict])
    return decided


@transaction.atomic
def _decide(attachment: InvoiceAttachment, state: AttachmentState) -> int:
    """The platform's own act: one UPDATE, history and audit; a clean document may then be read for its QR code."""
    waiting = InvoiceAttachment.objects.filter(pk=attachment.pk, state=AttachmentState.WAITING)
    if not waiting.update(state=state):
        return 0
    note(attachment.case, f"document_{state}", by=None, detail={"attachment": str(attachment.pk)})
    if state == AttachmentState.CLEAN:
        defer(
            "invoices.read_code",
            queue="documents",
            insurer_id=attachment.insurer_id,
            attachment_id=str(attachment.pk),
        )
    return 1
