"""What retention would take, and what holds it back (INV-27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When
from django.utils import timezone

from guichet.invoices.models import ErasureNotice, Invoice, InvoiceHold
from guichet.invoices.states import Status
from guichet.kernel import dates

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guichet.tenancy.models import Insurer

WARNING: Final = timedelta(days=30)  # between the mail to the sender of a draft and its deletion
MOST_SHOWN: Final = 1_000
_MOST_COUNTED: Final = 10_000
STATES: Final = (Status.DRAFT, Status.WITHDRAWN, Status.REFUSED, Status.PAID)
"""What has a rule. Everything else is still on its way and stays."""


@dataclass(frozen=True)
class Rule:
    """After how long an invoice of a state goes; `months` without a change."""

    status: Status
    months: int
    before: datetime  # untouched since then


@dataclass(frozen=True)
class Count:
    """What a rule would take now; `more` if there is more than was counted."""

    rule: Rule
    due: int
    held: int
    more: bool


def rules(insurer: Insurer, now: datetime) -> list[Rule]:
    """The rules of an insurer in calendar months (`retention` in its configuration)."""
    months = insurer.setting("retention")
    return [Rule(status, int(months[status]), months_before(now, int(months[status]))) for status in STATES]


def months_before(now: datetime, months: int) -> datetime:
    """The beginning of the day, Europe/Zurich, that many calendar months ago; the last day of a shorter month."""
    today = timezone.localdate(now)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = dates.month_end(today.replace(year=year, month=month + 1, day=1))
    return timezone.make_aware(datetime.combine(last.replace(day=min(today.day, last.day)), time()))


def due(insurer: Insurer, rule: Rule, *, now: datetime, held: bool = False) -> QuerySet[Invoice]:
    """Invoices the rule takes now; with `held` those it would take but for a legal hold."""
    hold = Exists(InvoiceHold.objects.filter(invoice=OuterRef("pk"), lifted_at=None))
    rows = Invoice.objects.filter(hold if held else ~hold, insurer=insurer, status=rule.status, erased_at=None)
    if rule.status != Status.DRAFT:
        return rows.filter(changed_at__lt=rule.before)
    warned = ErasureNotice.objects.filter(
        invoice=OuterRef("pk"), untouched_since=OuterRef("modified_at"), sent_at__lte=now - WARNING
    )
    return rows.filter(Exists(warned), modified_at__lt=rule.before)


def to_warn(insurer: Insurer, rule: Rule) -> QuerySet[Invoice]:
    """Drafts that go in thirty days and whose sender was not told since they were last touched."""
    told = ErasureNotice.objects.filter(invoice=OuterRef("pk"), untouched_since=OuterRef("modified_at"))
    rows = Invoice.objects.filter(~Exists(told), insurer=insurer, status=Status.DRAFT, erased_at=None)
    return rows.filter(modified_at__lt=rule.before + WARNING)


def counts(insurer: Insurer, now: datetime) -> list[Count]:
    """What a run would do now, by state; one statement."""
    known = rules(insurer, now)
    going = _counted([due(insurer, rule, now=now, held=held) for rule in known for held in (False, True)])
    pairs = zip(known, going[::2], going[1::2], strict=True)
    return [Count(rule, one, held, more=one == _MOST_COUNTED) for rule, one, held in pairs]


def _counted(sets: list[QuerySet[Invoice]]) -> list[int]:
    """How many are in each, up to the limit."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in sets:
        sql, found = rows.order_by("changed_at", "id").values("pk")[:_MOST_COUNTED].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608 - Django's own SQL
        values += found
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone() or ())


def listed(insurer: Insurer, now: datetime, *, most: int = MOST_SHOWN) -> list[Invoice]:
    """The invoices a run would take now, the oldest first of every state; one statement."""
    keys = [
        due(insurer, rule, now=now).order_by("changed_at", "id").values("pk")[:most] for rule in rules(insurer, now)
    ]
    taken = reduce(or_, (Q(pk__in=one) for one in keys))
    state = Case(*(When(status=status, then=place) for place, status in enumerate(STATES)), output_field=IntegerField())
    rows = Invoice.objects.filter(taken).select_related("affiliation__partner").defer("raw")
    return list(rows.order_by(state, "changed_at", "id")[:most])


def holds(insurer: Insurer) -> list[InvoiceHold]:
    """The holds in force, the latest first."""
    rows = InvoiceHold.objects.filter(insurer=insurer, lifted_at=None).select_related("invoice", "placed_by")
    return list(rows.order_by("-placed_at", "-id")[:MOST_SHOWN])


def hold_of(invoice: Invoice) -> InvoiceHold | None:
    """The hold on an invoice, if there is one in force."""
    return InvoiceHold.objects.filter(invoice=invoice, lifted_at=None).select_related("placed_by").first()
