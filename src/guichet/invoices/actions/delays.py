"""How long it really takes until the money is there, by form: what « versement attendu » is taken from (INV-31)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils import timezone

from guichet.invoices.bank_messages import PAID
from guichet.invoices.models import PaymentDelay

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer

_LOOKED_BACK: Final = timedelta(days=180)
_SMALLEST_SAMPLE: Final = 5  # below, a median says more about one invoice than about the office
_MEDIANS: Final = """
    SELECT i.form_code,
           percentile_disc(0.5) WITHIN GROUP (
               ORDER BY s.booked_on - (i.sent_at AT TIME ZONE 'Europe/Zurich')::date
           ),
           count(*)
      FROM invoices_settlement s
      JOIN invoices_transmission t ON t.id = s.transmission_id
      JOIN invoices_invoice i ON i.id = t.invoice_id
     WHERE s.insurer_id = %s AND s.kind = %s AND s.booked_on >= %s AND i.erased_at IS NULL
     GROUP BY i.form_code
    HAVING count(*) >= %s
"""


@transaction.atomic
def refresh(insurer: Insurer) -> int:
    """Take the medians of the last 180 days anew; how many forms have one."""
    since = timezone.localdate() - _LOOKED_BACK
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS, [insurer.pk, PAID, since, _SMALLEST_SAMPLE])
        found = cursor.fetchall()
    now = timezone.now()
    PaymentDelay.objects.filter(insurer=insurer).exclude(
        form_code__in=[code for code, _days, _sample in found]
    ).delete()
    PaymentDelay.objects.bulk_create(
        (
            PaymentDelay(insurer=insurer, form_code=code, days=max(0, days), sample=sample, computed_at=now)
            for code, days, sample in found
        ),
        update_conflicts=True,
        unique_fields=["insurer", "form_code"],
        update_fields=["days", "sample", "computed_at"],
    )
    return len(found)
