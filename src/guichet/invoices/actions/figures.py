"""Days that are over are counted once (INV-26): every night, from the history, in one transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.invoices.models import FiguresThrough, InvoiceDay
from guichet.invoices.queries.figures import closed_through, count_events, midnight

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


@transaction.atomic
def close_days(insurer: Insurer) -> int:
    """Count every day until yesterday that is not counted yet; how many lines were written.

    Two at once do not count twice: the unique line of a day refuses the second, whose transaction changes nothing.
    """
    through, yesterday = closed_through(insurer), timezone.localdate() - timedelta(days=1)
    if through is not None and through >= yesterday:
        return 0
    start = midnight(through + timedelta(days=1)) if through else None
    counted = count_events(insurer, start=start, end=midnight(yesterday + timedelta(days=1)))
    InvoiceDay.objects.bulk_create(
        [
            InvoiceDay(
                insurer=insurer,
                day=one.day,
                form_code=one.form_code,
                affiliation_id=one.affiliation_id,
                act=one.act,
                waited=one.waited,
                count=one.count,
                amount=one.amount,
            )
            for one in counted
        ],
        batch_size=2_000,
    )
    FiguresThrough.objects.update_or_create(insurer=insurer, defaults={"day": yesterday})
    audit.record(
        "figures.closed",
        insurer_id=insurer.pk,
        by=audit.Who(role="platform"),
        on="insurer",
        object_id=str(insurer.pk),
        detail={"through": yesterday.isoformat(), "lines": len(counted)},
    )
    return len(counted)
