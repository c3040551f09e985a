"""What the queue shows beside an invoice: marks, computed once at the sending and stored with it (INV-22)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Subquery, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.invoices.models import Invoice, InvoiceVersion

if TYPE_CHECKING:
    from datetime import datetime

RECENT: Final = timedelta(days=30)  # an IBAN changed this shortly before the sending is looked at
_CLAIM_ENDS: Final = 5  # years after the month of the service (LPGA 24 al. 1)
_CLAIM_IS_NEAR: Final = timedelta(days=182)


class Mark(TextChoices):
    """The marks and their words."""

    NEW_IBAN = "new_iban", _("Nouvel IBAN")
    DUPLICATE = "duplicate", _("Doublon possible")
    FIRST = "first", _("Première facture")
    OVER_QUOTA = "over_quota", _("Quota dépassé")
    NO_POWER = "no_power", _("Sans procuration")
    CONTESTED = "contested", _("Contestée par l’assuré·e")
    DEADLINE = "deadline", _("Délai (LPGA 24)")
    WARNED = "warned", _("Avertissement")


_BY_WARNING: Final = (
    ("duplicate.", Mark.DUPLICATE),
    ("ledger.over.", Mark.OVER_QUOTA),
    ("power.", Mark.NO_POWER),
)  # beginnings of codes


def marks_of(invoice: Invoice, version: InvoiceVersion, *, repeated: bool = False) -> list[str]:
    """The marks of what is being sent; one statement. `invoice` already says what the version says.

    `repeated`: somebody claims the same already, which another sender may not have been told.
    """
    found = {_of_warning(warning["code"]) for warning in version.warnings if warning["level"] == "warning"}
    if repeated:
        found.add(Mark.DUPLICATE)
    before = _account_before(invoice)
    if before is None:
        found.add(Mark.FIRST)
    elif before != version.snapshot["account"]["iban"]:
        found.add(Mark.NEW_IBAN)
    if invoice.account and _is_recent(invoice.account.changed_at, version.sent_at):
        found.add(Mark.NEW_IBAN)
    if invoice.period_to and _claim_is_near_its_end(invoice.period_to, timezone.localdate(version.sent_at)):
        found.add(Mark.DEADLINE)
    return [str(mark) for mark in Mark if mark in found]


def _of_warning(code: str) -> Mark:
    return next((mark for beginning, mark in _BY_WARNING if code.startswith(beginning)), Mark.WARNED)


def _account_before(invoice: Invoice) -> str | None:
    """The IBAN of the sender's latest other invoice for this person; None if there was none."""
    if invoice.beneficiary_id is None:
        return None
    latest = (
        Invoice.objects.filter(beneficiary_id=invoice.beneficiary_id, sent_at__isnull=False)
        .exclude(pk=invoice.pk)
        .order_by("-sent_at", "-id")
    )
    versions = InvoiceVersion.objects.filter(case_id=Subquery(latest.values("pk")[:1])).order_by("-no")
    return versions.values_list("snapshot__account__iban", flat=True).first()


def _is_recent(changed_at: datetime | None, sent_at: datetime) -> bool:
    return changed_at is not None and changed_at > sent_at - RECENT


def _claim_is_near_its_end(last_service: date, sent: date) -> bool:
    """The claim ends five years after the end of the month of the service (LPGA 24 al. 1)."""
    ends = date(last_service.year + _CLAIM_ENDS + last_service.month // 12, last_service.month % 12 + 1, 1)
    return sent > ends - _CLAIM_IS_NEAR
