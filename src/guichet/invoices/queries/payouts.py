"""What became of the money: by account and month for the sender, what waits for a hand at the office (INV-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from guichet.invoices.bank_messages import PAID, REJECTED, RETURNED
from guichet.invoices.models import Invoice, PaymentDelay, Settlement, Transmission
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

PAGE = 100
MOST_EXPORTED = 20_000  # lines of one month
_AWAITED = (Status.IN_REVIEW, Status.AWAITING_SECOND, Status.ACCEPTED, Status.TRANSMITTED)
_NOT_HANDED_OVER = (Status.DRAFT, Status.IN_REVIEW, Status.AWAITING_SECOND, Status.ACCEPTED, Status.REFUSED)
_UNDERWAY = (Status.ACCEPTED, Status.TRANSMITTED)


@dataclass(frozen=True)
class Month:
    """One calendar month, Europe/Zurich."""

    first: date

    @classmethod
    def parse(cls, text: str, *, today: date) -> Month:
        """« 2026-11 »; this month for anything else."""
        try:
            year, month = text.split("-")
            return cls(date(int(year), int(month), 1))
        except ValueError:
            return cls(today.replace(day=1))

    @property
    def after(self) -> date:
        """The first day of the next one."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"

    def back(self, months: int) -> Month:
        """That many months earlier."""
        index = self.first.year * 12 + self.first.month - 1 - months
        return Month(date(index // 12, index % 12 + 1, 1))


@dataclass(frozen=True)
class Totals:
    """Of one account in one month, CHF."""

    paid: Decimal
    returned: Decimal
    count: int


def settlements(actor: Actor, month: Month, *, iban: str = "", after: str = "", most: int = PAGE) -> list[Settlement]:
    """Booked in the month, the latest first; one row more than `most` if there are more."""
    rows = _booked(actor, month, iban).select_related("transmission__invoice__beneficiary")
    if start := _start(actor, after):
        rows = rows.filter(booked_on__lte=start.booked_on).filter(Q(booked_on__lt=start.booked_on) | Q(pk__lt=start.pk))
    return list(rows.order_by("-booked_on", "-id")[: most + 1])


def totals(actor: Actor, month: Month, *, iban: str = "") -> Totals:
    """What was booked in the month."""
    found = _booked(actor, month, iban).aggregate(
        paid=Sum("amount", filter=Q(kind=PAID)),
        returned=Sum("amount", filter=Q(kind=RETURNED)),
        count=Count("pk"),
    )
    return Totals(found["paid"] or Decimal(0), found["returned"] or Decimal(0), found["count"])


def underway(actor: Actor) -> tuple[int, Decimal]:
    """Accepted or handed over, and not booked yet: how many, and CHF."""
    rows = Invoice.objects.visible_to(actor).filter(status__in=_UNDERWAY)
    latest = Transmission.objects.filter(invoice=OuterRef("pk")).order_by("-attempt").values("amount")[:1]
    found = rows.annotate(to_pay=Subquery(latest)).aggregate(count=Count("pk"), amount=Sum("to_pay"))
    return found["count"], found["amount"] or Decimal(0)


def of_invoice(invoice: Invoice) -> list[Settlement]:
    """What the bank said of an invoice, the first word first; nothing was asked before it was handed over."""
    if invoice.status in _NOT_HANDED_OVER:
        return []
    return list(Settlement.objects.filter(transmission__invoice=invoice).order_by("created_at", "id"))


@dataclass(frozen=True)
class Expected:
    """When the money will be there, and what that is taken from: the office's median for this form (INV-31)."""

    on: date
    days: int
    sample: int


def expected(invoice: Invoice) -> Expected | None:
    """For what is sent and neither booked nor closed; None if too few were paid yet to tell."""
    if invoice.status not in _AWAITED or invoice.sent_at is None:
        return None
    delay = PaymentDelay.objects.filter(insurer_id=invoice.insurer_id, form_code=invoice.form_code).first()
    if delay is None:
        return None
    return Expected(timezone.localdate(invoice.sent_at) + timedelta(days=delay.days), delay.days, delay.sample)


def rejected(insurer: Insurer, *, most: int) -> list[Invoice]:
    """What the bank sent back and nobody dealt with, the oldest first, each with its reason and its next attempt."""
    last = Settlement.objects.filter(transmission__invoice=OuterRef("pk"), kind__in=(REJECTED, RETURNED))
    last = last.order_by("-created_at", "-id")
    again = Exists(Transmission.objects.filter(invoice=OuterRef("pk"), batch=None))
    rows = Invoice.objects.filter(insurer=insurer, status=Status.REJECTED).select_related(
        "beneficiary", "affiliation__partner"
    )
    return list(
        rows.annotate(
            why_code=Subquery(last.values("reason_code")[:1]),
            why_text=Subquery(last.values("reason_text")[:1]),
            again=again,
        ).order_by("changed_at", "id")[:most]
    )


def _booked(actor: Actor, month: Month, iban: str) -> QuerySet[Settlement]:
    rows = Settlement.objects.filter(
        affiliation=actor.affiliation, booked_on__gte=month.first, booked_on__lt=month.after, kind__in=(PAID, RETURNED)
    )
    return rows.filter(iban=iban) if iban else rows


def _start(actor: Actor, after: str) -> Settlement | None:
    try:
        key = UUID(after)
    except ValueError:
        return None
    return Settlement.objects.filter(affiliation=actor.affiliation, pk=key).first()
