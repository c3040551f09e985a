"""What the page of a review knows besides the invoice: other invoices in one statement, what happened in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import CharField, DecimalField, Value
from django.db.models.functions import Cast

from guichet.invoices import duplicates
from guichet.invoices.models import (
    Beneficiary,
    Invoice,
    InvoiceEvent,
    InvoiceNote,
    LedgerAct,
    LedgerEntry,
    QuotaKind,
)
from guichet.invoices.queries.desk import Neighbours, beside, neighbours_of
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor

_MOST_EARLIER: Final = 20
_MOST_EVENTS: Final = 200
_MOST_NOTES: Final = 100
_MOST_TAKEN: Final = 200
_SAME, _PERSON, _BESIDE = "same", "person", "beside"


class Other(NamedTuple):
    """Another invoice of the person, of whichever sender."""

    pk: UUID
    number: str
    sender: str
    sent_at: datetime
    total: Decimal  # CHF
    status: str

    @property
    def status_word(self) -> str:
        """As the lists say it."""
        return str(Status(self.status).label)


@dataclass(frozen=True)
class Around:
    """Invoices of the person, what claims the same, and what stands before and after it in the queue."""

    earlier: tuple[Other, ...]
    repeated: tuple[duplicates.Found, ...]
    neighbours: Neighbours


def around(actor: Actor, invoice: Invoice, *, tab: str) -> Around:
    """The other invoices of the page: every sender's, the latest first, for the office alone; one statement."""
    later, before = beside(actor, invoice, tab=tab)
    selects = [
        _columns(rows, part)
        for part, rows in (
            (_SAME, duplicates.rows_like(invoice)),
            (_PERSON, _of_person(actor, invoice)),
            (_BESIDE, later),
            (_BESIDE, before),
        )
    ]
    found: dict[str, list[tuple[Any, ...]]] = {_SAME: [], _PERSON: [], _BESIDE: []}
    for part, sender, *values in selects[0].union(*selects[1:], all=True):
        found[part].append((sender, *values))
    return Around(
        earlier=_latest_first(found[_PERSON]),
        repeated=duplicates.repetitions_among(invoice, [values for _sender, *values in found[_SAME]]),
        neighbours=neighbours_of(invoice, [(_moment(values), values[1]) for values in found[_BESIDE]]),
    )


def _columns(rows: QuerySet[Invoice], part: str) -> QuerySet[Invoice, tuple[Any, ...]]:
    kind = Value(part, output_field=CharField())
    return rows.values_list(kind, "affiliation__partner__name", "pk", *duplicates.COLUMNS)


_PLACES: Final = {name: place for place, name in enumerate(("sender", "pk", *duplicates.COLUMNS))}


def _moment(values: tuple[Any, ...]) -> datetime:
    moment: datetime = values[_PLACES["changed_at"]]
    return moment


def _latest_first(rows: Iterable[tuple[Any, ...]]) -> tuple[Other, ...]:
    names = ("pk", "number", "sender", "sent_at", "total", "status")
    others = [Other._make(values[_PLACES[name]] for name in names) for values in rows]
    return tuple(sorted(others, key=lambda one: (one.sent_at, one.pk), reverse=True))


def _of_person(actor: Actor, invoice: Invoice) -> QuerySet[Invoice]:
    """The person's other invoices at this office, of every sender, the latest first."""
    if invoice.beneficiary is None:
        return Invoice.objects.none()
    same = Beneficiary.objects.filter(insurer=invoice.insurer_id, avs_number=invoice.beneficiary.avs_number)
    rows = Invoice.objects.visible_to(actor).filter(beneficiary__in=same.values("pk"), sent_at__isnull=False)
    return rows.exclude(pk=invoice.pk).order_by("-sent_at", "-id")[:_MOST_EARLIER]


class Happening(NamedTuple):
    """A line of the history, a note among colleagues, or what was taken of a decision."""

    part: str
    key: UUID
    at: datetime
    act: str  # of the history or of the ledger
    text: str  # what was said; of the ledger the kind of its quota
    first_name: str | None
    last_name: str | None
    quantity: Decimal | None
    over: bool

    @property
    def person(self) -> str:
        """Who, as `Person` writes it."""
        return f"{self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        """Who, as `Person.short_name`; "" for the platform."""
        return f"{self.first_name} {self.last_name[:1]}." if self.last_name is not None else ""

    @property
    def act_word(self) -> str:
        """What happened to a quantity."""
        return str(LedgerAct(self.act).label)

    @property
    def kind_word(self) -> str:
        """What was counted."""
        return str(QuotaKind(self.text).label)


@dataclass(frozen=True)
class Happened:
    """Everything that happened to an invoice, the oldest first."""

    events: tuple[Happening, ...]
    notes: tuple[Happening, ...]
    taken: tuple[Happening, ...]


def happened(invoice: Invoice, *, acts: Iterable[str] = ()) -> Happened:
    """The history (of these acts), the notes among colleagues, what it took of decisions; one statement."""
    no_number = Cast(Value(None), DecimalField(max_digits=12, decimal_places=2))
    no, nothing = Value(value=False), Value("", output_field=CharField())
    who = ("person__first_name", "person__last_name")
    events = InvoiceEvent.objects.filter(case=invoice, act__in=list(acts)).order_by("at", "id")
    notes = InvoiceNote.objects.filter(case=invoice).order_by("at", "id")
    taken = LedgerEntry.objects.filter(invoice=invoice).order_by("at", "act", "id")
    selects: list[QuerySet[Any, tuple[Any, ...]]] = [
        events.values_list(_named("events"), "id", "at", "act", "text", *who, no_number, no)[:_MOST_EVENTS],
        notes.values_list(_named("notes"), "id", "at", nothing, "text", *who, no_number, no)[:_MOST_NOTES],
        taken.values_list(
            _named("taken"), "id", "at", "act", "quota__kind", nothing, nothing, "quantity", "over"
        )[:_MOST_TAKEN],
    ]  # fmt: skip
    found: dict[str, list[Happening]] = {"events": [], "notes": [], "taken": []}
    for values in selects[0].union(*selects[1:], all=True):
        one = Happening._make(values)
        found[one.part].append(one)
    return Happened(
        events=tuple(sorted(found["events"], key=lambda one: (one.at, one.key))),
        notes=tuple(sorted(found["notes"], key=lambda one: (one.at, one.key))),
        taken=tuple(sorted(found["taken"], key=lambda one: (one.at, one.act, one.key))),
    )


def _named(part: str) -> Value:
    return Value(part, output_field=CharField())
