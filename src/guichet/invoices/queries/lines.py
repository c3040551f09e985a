"""An invoice as the lists show it: plain values, fetched in one statement; models cost ten times as much to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from guichet.invoices.models import Invoice

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet

PAGE: Final = 50


class Line(NamedTuple):
    """One line of a list, whoever looks at it; in the order of `_COLUMNS`."""

    pk: UUID
    number: str
    status: str
    total: Decimal | None  # CHF
    sent_at: datetime | None
    changed_at: datetime
    opened_at: datetime | None
    form_code: str
    edition: str
    period_from: date | None
    period_to: date | None
    version_no: int
    draft_no: int
    decision_number: str
    message: str
    flags: list[str]
    beneficiary_id: UUID | None
    avs_number: str | None
    last_name: str | None
    first_name: str | None
    responsible_first: str
    responsible_last: str
    sender: str
    assigned_first: str | None
    assigned_last: str | None

    @property
    def person(self) -> str:
        """Whom it is about, as `Beneficiary` writes it."""
        return f"{self.last_name} {self.first_name}" if self.beneficiary_id else ""

    @property
    def responsible(self) -> str:
        """Who typed it, as `Person.short_name`."""
        return f"{self.responsible_first} {self.responsible_last[:1]}."

    @property
    def assigned(self) -> str:
        """Who is to look at it, as `Person.short_name`; "" for nobody."""
        return f"{self.assigned_first} {self.assigned_last[:1]}." if self.assigned_last else ""


_COLUMNS: Final = (
    "pk",
    "number",
    "status",
    "total",
    "sent_at",
    "changed_at",
    "opened_at",
    "form_code",
    "edition",
    "period_from",
    "period_to",
    "version_no",
    "draft_no",
    "decision_number",
    "message",
    "flags",
    "beneficiary_id",
    "beneficiary__avs_number",
    "beneficiary__last_name",
    "beneficiary__first_name",
    "responsible__first_name",
    "responsible__last_name",
    "affiliation__partner__name",
    "assigned_to__first_name",
    "assigned_to__last_name",
)


def lines_of(rows: QuerySet[Invoice], *order: str) -> list[Line]:
    """The first fifty-one of these rows: one more than a page, to know whether there is a next one."""
    return [Line._make(values) for values in query_of(rows, *order)]


def query_of(rows: QuerySet[Invoice], *order: str) -> QuerySet[Invoice, tuple[object, ...]]:
    """The keys of the page by the index first, then its rows with what belongs to them, in one statement.

    Joined at once, the planner would join and sort the whole queue before it takes fifty of it.
    """
    keys = rows.order_by(*order).values("pk")[: PAGE + 1]
    return Invoice.objects.filter(pk__in=keys).order_by(*order).values_list(*_COLUMNS)
