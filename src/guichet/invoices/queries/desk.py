"""The queue of an office: three views of it, narrowed by what an index serves, at the same cost for every length."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, Func, Q, Value
from django.utils import timezone

from guichet.accounts.models import Affiliation
from guichet.invoices.models import Beneficiary, Invoice, Substitution
from guichet.invoices.queries.lines import Line, query_of
from guichet.invoices.queries.lists import MOST_MATCHES, Page, page_of, plain, search_beneficiaries
from guichet.invoices.states import Status
from guichet.tenancy.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor

MINE, FREE, ALL = "miennes", "libres", "toutes"
OPEN = (Status.IN_REVIEW, Status.AWAITING_SECOND)
_ANY_OFFICE: Final = -(2**30)  # stand-ins of a statement that is made once
_ANYBODY: Final = UUID(int=2**64)
_COUNTED_TO = 1_000  # beyond, « plus de 1'000 » is said: nothing is counted to the end


@dataclass(frozen=True)
class Wanted:
    """What the queue is narrowed to; all from the address of the page."""

    tab: str = ALL
    status: str = Status.IN_REVIEW
    form: str = ""
    flag: str = ""
    sender: str = ""  # part of the company's name
    least: Decimal | None = None  # CHF
    most: Decimal | None = None  # CHF
    before: datetime | None = None  # waiting since before that moment
    text: str = ""


class _IsAnyOf(Func):
    """A column is one of an array; by the column's index, wherever the array comes from."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def desk_queue(actor: Actor, wanted: Wanted, *, after: str = "", before: str = "") -> Page:
    """One state of the office's invoices, what changed last on top; what waits for a decision the oldest first."""
    rows = _narrow(_of_tab(actor, wanted.tab).filter(status=wanted.status), actor, wanted)
    first = _first_page_of(actor) if wanted == Wanted() else None
    newest_first = wanted.status not in OPEN
    return page_of(rows, after=after, before=before, key="changed_at", newest_first=newest_first, first=first)


def _first_page_of(actor: Actor) -> Callable[[], list[Line]] | None:
    """What every agent looks at first has its statement ready."""
    if actor.affiliation is not None or not actor.has("review"):  # as `visible_to`
        return None
    return lambda: [Line._make(row) for row in _waiting(insurer=actor.insurer.pk, status=Status.IN_REVIEW.value)]


_waiting: Final = Prepared(
    lambda insurer, status: query_of(
        Invoice.objects.filter(insurer=insurer, status=status, sent_at__isnull=False), "changed_at", "id"
    )
)


def _of_tab(actor: Actor, tab: str) -> QuerySet[Invoice]:
    rows = Invoice.objects.visible_to(actor).filter(insurer=actor.insurer)
    if tab == MINE:
        people = Func(ArraySubquery(_absent_for(actor)), Value(actor.person.pk), function="array_append")
        return rows.filter(_IsAnyOf("assigned_to", people), assigned_to__isnull=False)  # as the index says it
    return rows.filter(assigned_to=None) if tab == FREE else rows


def _narrow(rows: QuerySet[Invoice], actor: Actor, wanted: Wanted) -> QuerySet[Invoice]:
    if wanted.form:
        rows = rows.filter(form_code=wanted.form)
    if wanted.flag:
        rows = rows.filter(flags__contains=[wanted.flag])
    if wanted.sender:
        rows = rows.filter(affiliation_id__in=_senders(actor, wanted.sender))
    if wanted.least is not None:
        rows = rows.filter(total__gte=wanted.least)
    if wanted.most is not None:
        rows = rows.filter(total__lte=wanted.most)
    if wanted.before:
        rows = rows.filter(changed_at__lt=wanted.before)
    return rows.filter(_named(actor, wanted.text)) if wanted.text else rows


def _senders(actor: Actor, text: str) -> list[UUID]:
    """Companies of the office whose name has that part."""
    rows = Affiliation.objects.filter(insurer=actor.insurer, partner__name__icontains=plain(text))
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_MATCHES])


def absent_for(actor: Actor) -> list[UUID]:
    """Who is away today and has this person as substitute."""
    return list(_absent_for(actor))


def _absent_for(actor: Actor) -> QuerySet[Substitution, UUID]:
    today = timezone.localdate()
    rows = Substitution.objects.filter(
        insurer=actor.insurer, substitute=actor.person, first_day__lte=today, last_day__gte=today, ended_at=None
    )
    return rows.order_by("absent_id").values_list("absent_id", flat=True)


def _named(actor: Actor, text: str) -> Q:
    """By number, or by the beneficiary's name or AVS number."""
    number = plain(text).strip().upper()
    if number.startswith(f"{actor.insurer.number_prefix}-"):
        return Q(number=number)
    people = search_beneficiaries(Beneficiary.objects.filter(insurer=actor.insurer), text).order_by("id")
    return Q(beneficiary_id__in=list(people.values_list("id", flat=True)[:MOST_MATCHES]))


def desk_counts(actor: Actor) -> dict[str, int]:
    """How many of each tab wait, wait for a second agent, are being corrected, are ready for payment.

    At most a thousand and one of each: « plus de 1'000 » is enough to know.
    """
    if actor.affiliation is not None or not actor.has("review"):  # as `visible_to`
        return dict.fromkeys(_counted(_ANY_OFFICE, _ANYBODY), 0)
    sql, values = _counting(_COUNTED_TO)
    real: dict[Any, Any] = {_ANY_OFFICE: actor.insurer.pk, _ANYBODY: actor.person.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [real.get(value, value) for value in values])
        return dict(cursor.fetchall())


def _counted(insurer: int, person: UUID) -> dict[str, QuerySet[Invoice]]:
    """What is counted of an office, for one of its agents."""
    office = Invoice.objects.filter(insurer=insurer, sent_at__isnull=False)
    return {
        MINE: office.filter(assigned_to=person, status=Status.IN_REVIEW),
        FREE: office.filter(assigned_to=None, status=Status.IN_REVIEW),
        ALL: office.filter(status=Status.IN_REVIEW),
        Status.AWAITING_SECOND.value: office.filter(status=Status.AWAITING_SECOND),
        Status.TO_CORRECT.value: office.filter(status=Status.TO_CORRECT),
        Status.ACCEPTED.value: office.filter(status=Status.ACCEPTED),
    }


@lru_cache(maxsize=4)
def _counting(limit: int) -> tuple[str, tuple[Any, ...]]:
    """The statement and its values, with stand-ins; the database counts, and stops at the limit."""
    parts: list[str] = []
    values: list[Any] = []
    for place, rows in _counted(_ANY_OFFICE, _ANYBODY).items():
        sql, found = rows.order_by("changed_at", "id").values("pk")[: limit + 1].query.sql_with_params()
        parts.append(f"SELECT %s, count(*) FROM ({sql}) counted")  # noqa: S608 - Django's own SQL
        values += [place, *found]
    return " UNION ALL ".join(parts), tuple(values)


@dataclass(frozen=True)
class Neighbours:
    """What stands before and after an invoice in the queue."""

    previous: UUID | None = None
    next: UUID | None = None


def neighbours(actor: Actor, invoice: Invoice, *, tab: str) -> Neighbours:
    """The one before and the one after by age, of what waits; one statement."""
    later, earlier = (rows.values_list("changed_at", "pk") for rows in beside(actor, invoice, tab=tab))
    return neighbours_of(invoice, list(later.union(earlier, all=True)))


def beside(actor: Actor, invoice: Invoice, *, tab: str) -> tuple[QuerySet[Invoice], QuerySet[Invoice]]:
    """The row after it and the row before it, of what waits."""
    status = invoice.status if invoice.status in OPEN else Status.IN_REVIEW
    rows = _of_tab(actor, tab).filter(status=status).exclude(pk=invoice.pk)
    here = (invoice.changed_at, invoice.pk)
    later = rows.filter(
        Q(changed_at__gte=here[0]) & (Q(changed_at__gt=here[0]) | Q(id__gt=here[1]))
    ).order_by("changed_at", "id")  # fmt: skip
    earlier = rows.filter(
        Q(changed_at__lte=here[0]) & (Q(changed_at__lt=here[0]) | Q(id__lt=here[1]))
    ).order_by("-changed_at", "-id")  # fmt: skip
    return later[:1], earlier[:1]


def neighbours_of(invoice: Invoice, found: Iterable[tuple[datetime, UUID]]) -> Neighbours:
    """Which of the rows of `beside` is which."""
    here, found = (invoice.changed_at, invoice.pk), list(found)
    return Neighbours(
        previous=next((key for at, key in found if (at, key) < here), None),
        next=next((key for at, key in found if (at, key) > here), None),
    )
