"""What belongs to no invoice and has reached its time (INV-27)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q

from guichet.invoices.models import Answer, ImportRow, ImportRun, ImportState, Invoice, Representation
from guichet.invoices.queries.retention import months_before

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from guichet.tenancy.models import Insurer

ABANDONED: Final = timedelta(days=30)  # a file that was read and never confirmed; a proposal
_NAMELESS: Final = "—"


def abandoned_files(insurer: Insurer, now: datetime) -> QuerySet[ImportRun]:
    """Files read, checked and left: what they hold of people waits for nobody any more."""
    return ImportRun.objects.filter(insurer=insurer, state=ImportState.READY, created_at__lt=now - ABANDONED)


def files_without_invoices(insurer: Insurer, now: datetime) -> QuerySet[ImportRun]:
    """Files put away or carried out, older than an untouched draft may be, of which no invoice is left."""
    living = ImportRow.objects.filter(run=OuterRef("pk"), invoice__isnull=False, invoice__erased_at=None)
    old = months_before(now, int(insurer.setting("retention")["draft"]))
    rows = ImportRun.objects.filter(insurer=insurer, state__in=(ImportState.DISCARDED, ImportState.DONE))
    return rows.filter(~Exists(living), created_at__lt=old).exclude(file_name=_NAMELESS, reason="")


def ended_representations(insurer: Insurer, now: datetime) -> QuerySet[Representation]:
    """Refused as long ago as a refused invoice is kept; accepted as long ago as a paid one, with no invoice left.

    Who still acts for somebody asks again with the act of nomination.
    """
    months = insurer.setting("retention")
    left = Invoice.objects.filter(
        insurer=insurer, avs_number=OuterRef("avs_number"), affiliation=OuterRef("affiliation"), erased_at=None
    )
    refused = Q(state=Answer.REFUSED, decided_at__lt=months_before(now, int(months["refused"])))
    accepted = Q(state=Answer.ACCEPTED, decided_at__lt=months_before(now, int(months["paid"])))
    return Representation.objects.filter(refused | (accepted & ~Exists(left)), insurer=insurer)
