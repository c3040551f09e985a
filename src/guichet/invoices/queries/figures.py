"""The figures of an office (INV-26): counted once for every day that is over, where it happened for the rest.

`InvoiceDay` holds the sums of closed days; what came later is counted from the history itself, by the same statement
that closes a day, so that both parts always say what the raw count says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import timezone

from guichet.invoices.models import FiguresThrough, InvoiceDay
from guichet.kernel import holidays

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

SENT, ACCEPTED, CORRECTION, REFUSED, WITHDRAWN = "sent", "accept", "ask_correction", "refuse", "withdrawn"
DECISIONS: Final = (ACCEPTED, CORRECTION, REFUSED)
LONGEST_WAIT: Final = 400  # working days; whatever waited longer counts as that

_EVENTS: Final = """
SELECT (e.at AT TIME ZONE 'Europe/Zurich')::date AS day, i.form_code, i.affiliation_id, e.act,
       CASE WHEN e.act IN ('accept', 'ask_correction', 'refuse') THEN
           ((SELECT max(s.at) FROM invoices_invoiceevent AS s
             WHERE s.case_id = e.case_id AND s.act = 'sent' AND s.at <= e.at) AT TIME ZONE 'Europe/Zurich')::date
       END AS since,
       count(*), COALESCE(sum(e.amount), 0)
FROM invoices_invoiceevent AS e
JOIN invoices_invoice AS i ON i.id = e.case_id
WHERE e.insurer_id = %(insurer)s AND e.act IN ('sent', 'accept', 'ask_correction', 'refuse', 'withdrawn')
  AND (%(start)s::timestamptz IS NULL OR e.at >= %(start)s) AND e.at < %(end)s
GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Counted:
    """So many acts of a kind on a day."""

    day: date
    form_code: str
    affiliation_id: UUID
    act: str
    waited: int  # working days from the sending to the decision; 0 for what is no decision
    count: int
    amount: Decimal  # CHF


def count_events(insurer: Insurer, *, start: datetime | None, end: datetime) -> list[Counted]:
    """What happened from `start` (None: ever) until before `end`, by Swiss day, from the history itself."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"insurer": insurer.pk, "start": start, "end": end})
        found = cursor.fetchall()
    sums: dict[tuple[date, str, UUID, str, int], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    canton = insurer.canton or "BE"
    for day, form_code, affiliation_id, act, since, count, amount in found:
        waited = min(holidays.working_days_between(since, day, canton), LONGEST_WAIT) if since else 0
        key = (day, form_code, affiliation_id, act, waited)
        sums[key] = (sums[key][0] + count, sums[key][1] + amount)
    return [Counted(*key, count, amount) for key, (count, amount) in sorted(sums.items(), key=str)]


def closed_through(insurer: Insurer) -> date | None:
    """The last day that is counted for ever."""
    return FiguresThrough.objects.filter(insurer=insurer).values_list("day", flat=True).first()


def midnight(day: date) -> datetime:
    """The moment a Swiss day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Period:
    """From a day to a day, both counted, in steps of weeks or months; of one form, or of all (empty)."""

    first: date
    last: date
    step: str = "week"  # or "month"
    form: str = ""

    def begins(self, day: date) -> date:
        """The first day of the step a day is in."""
        return day.replace(day=1) if self.step == "month" else day - timedelta(days=day.weekday())

    def steps(self) -> list[date]:
        """Every step of the period, also those in which nothing happened."""
        found, at = [], self.begins(self.first)
        while at <= self.last:
            found.append(at)
            at = self.begins(at + timedelta(days=32)) if self.step == "month" else at + timedelta(days=7)
        return found


@dataclass
class Tally:
    """The sums of one step, one form or one sender."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    waits: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # decisions by working days

    def add(self, act: str, waited: int, count: int, amount: Decimal) -> None:
        """So many more."""
        self.counts[act] += count
        self.amounts[act] += amount
        if act in DECISIONS:
            self.waits[waited] += count

    @property
    def sent(self) -> int:
        return self.counts[SENT]

    @property
    def decided(self) -> int:
        return sum(self.counts[act] for act in DECISIONS)

    @property
    def accepted_amount(self) -> Decimal:
        """CHF."""
        return self.amounts[ACCEPTED]

    @property
    def delay(self) -> Decimal | None:
        """The interquartile mean of the working days to a decision; None without any."""
        return interquartile_mean(self.waits)

    @property
    def correction_rate(self) -> Decimal | None:
        """Corrections asked, in per cent of the decisions."""
        return self._rate(CORRECTION)

    @property
    def refusal_rate(self) -> Decimal | None:
        """Refusals, in per cent of the decisions."""
        return self._rate(REFUSED)

    def _rate(self, act: str) -> Decimal | None:
        return (Decimal(100) * self.counts[act] / self.decided).quantize(Decimal("0.1")) if self.decided else None


def interquartile_mean(waits: dict[int, int]) -> Decimal | None:
    """The mean of the middle half: what is shorter than the first and longer than the third quarter does not count.

    Values at the edges count with the share of them that is inside (weights of a quarter each side).
    """
    total = sum(waits.values())
    if not total:
        return None
    low, high = Decimal(total) / 4, Decimal(total) * 3 / 4
    at, weighted = Decimal(0), Decimal(0)
    for days in sorted(waits):
        inside = min(at + waits[days], high) - max(at, low)
        weighted += max(inside, Decimal(0)) * days
        at += waits[days]
    return (weighted / (high - low)).quantize(Decimal("0.1"))


@dataclass
class Figures:
    """Everything the page shows of a period."""

    by_step: dict[date, Tally]
    by_form: dict[str, Tally]
    by_sender: dict[UUID, Tally]
    total: Tally


def figures(actor: Actor, period: Period) -> Figures:
    """The sums of a period: closed days by one statement of each kind, the open rest from the history."""
    found = Figures({step: Tally() for step in period.steps()}, {}, {}, Tally())
    through = closed_through(actor.insurer)
    if through and through >= period.first:
        _add_closed(found, actor, period)
    start = midnight(max(period.first, through + timedelta(days=1)) if through else period.first)
    end = midnight(period.last + timedelta(days=1))
    for one in count_events(actor.insurer, start=start, end=end) if start < end else []:
        if not period.form or one.form_code == period.form:
            values = (one.act, one.waited, one.count, one.amount)
            for tally in (
                found.by_step[period.begins(one.day)],
                found.by_form.setdefault(one.form_code, Tally()),
                found.by_sender.setdefault(one.affiliation_id, Tally()),
                found.total,
            ):
                tally.add(*values)
    return found


def _add_closed(found: Figures, actor: Actor, period: Period) -> None:
    rows = InvoiceDay.objects.visible_to(actor).filter(day__gte=period.first, day__lte=period.last)
    rows = rows.filter(form_code=period.form) if period.form else rows
    step = TruncMonth("day") if period.step == "month" else TruncWeek("day")
    for row in _sums(rows.annotate(at=step), "at"):
        _add(found.by_step[row["at"]], row)
        _add(found.total, row)
    for row in _sums(rows, "form_code"):
        _add(found.by_form.setdefault(row["form_code"], Tally()), row)
    for row in _sums(rows, "affiliation_id"):
        _add(found.by_sender.setdefault(row["affiliation_id"], Tally()), row)


def _add(tally: Tally, row: dict[str, Any]) -> None:
    tally.add(row["act"], row["waited"], row["n"], row["chf"])


def _sums(rows: QuerySet[InvoiceDay], by: str) -> list[dict[str, Any]]:
    columns = (by, "act", "waited")
    return list(rows.values(*columns).annotate(n=Sum("count"), chf=Sum("amount")).order_by(*columns))
