"""Lists of invoices: keyset pages, a fixed number of queries, no counting of everything (PERF-01)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q

from guichet.invoices.models import Beneficiary, Invoice
from guichet.invoices.queries.lines import PAGE, Line, lines_of, query_of
from guichet.invoices.states import Status
from guichet.kernel import cursors
from guichet.kernel.text import searchable
from guichet.tenancy.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor

_WAITING: Final = (  # columns of what waits for the company
    "status",
    "form_code",
    "edition",
    "period_from",
    "period_to",
    "message",
    "reasons",
    "changed_at",
    "modified_at",
    "beneficiary__last_name",
    "beneficiary__first_name",
    "beneficiary__avs_number",
    "responsible__first_name",
    "responsible__last_name",
)
MOST_MATCHES = 200  # beneficiaries a search may name; more is not a search


@dataclass(frozen=True)
class Page:
    """One page of a list, and where the next and the one before begin."""

    rows: list[Line]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; all from the address of the page."""

    responsible: str = ""
    beneficiary: str = ""
    status: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether something is narrowed."""
        return bool(self.responsible or self.beneficiary or self.status)


def to_correct_and_drafts(actor: Actor, filters: Filters) -> list[Invoice]:
    """What waits for the company: corrections asked and drafts, the latest first; at most 100 of them."""
    if actor.affiliation and not filters.responsible and not filters.beneficiary:
        return _waiting_for(affiliation=actor.affiliation.pk)
    waiting = _narrow(Invoice.objects.visible_to(actor), actor, Filters(filters.responsible, filters.beneficiary))
    return list(_of_waiting(waiting))


def _of_waiting(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    waiting = rows.filter(status__in=[Status.TO_CORRECT, Status.DRAFT]).order_by("-modified_at", "-id")
    return waiting.select_related("beneficiary", "responsible").only(*_WAITING)[:100]


_waiting_for: Final = Prepared(lambda affiliation: _of_waiting(Invoice.objects.filter(affiliation=affiliation)))


def history(actor: Actor, filters: Filters, *, after: str = "", before: str = "") -> Page:
    """Everything that was sent, the latest first (INV-01)."""
    rows = Invoice.objects.visible_to(actor).filter(sent_at__isnull=False)
    first = _first_page_of(actor) if not filters.any else None
    return page_of(_narrow(rows, actor, filters), after=after, before=before, first=first)


def _first_page_of(actor: Actor) -> Callable[[], list[Line]] | None:
    """What a company looks at most often has its statement ready."""
    company = actor.affiliation
    return (lambda: [Line._make(row) for row in _sent_by(affiliation=company.pk)]) if company else None


_sent_by: Final = Prepared(
    lambda affiliation: query_of(
        Invoice.objects.filter(affiliation=affiliation, sent_at__isnull=False), "-sent_at", "-id"
    )
)


def _narrow(rows: QuerySet[Invoice], actor: Actor, filters: Filters) -> QuerySet[Invoice]:
    if filters.responsible:
        try:
            rows = rows.filter(responsible_id=UUID(filters.responsible))
        except ValueError:
            return rows.none()
    if filters.status in Status.values:
        same_word = [status for status, word in Status.choices if word == Status(filters.status).label]
        rows = rows.filter(status__in=same_word) if len(same_word) > 1 else rows.filter(status=filters.status)
    if filters.beneficiary:
        rows = rows.filter(beneficiary_id__in=_matching(actor, filters.beneficiary))
    return rows


def _matching(actor: Actor, text: str) -> list[UUID]:
    """Beneficiaries (also archived ones) by name or AVS number."""
    return list(
        search_beneficiaries(Beneficiary.objects.filter(affiliation=actor.affiliation), text)
        .order_by("id")
        .values_list("id", flat=True)[:MOST_MATCHES]
    )


def search_beneficiaries(rows: QuerySet[Beneficiary], text: str) -> QuerySet[Beneficiary]:
    """By any part of the name, without accents and case, or by digits of the AVS number."""
    text = plain(text)
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits and not any(sign.isalpha() for sign in text):
        return rows.filter(Q(avs_number__contains=digits))
    return rows.filter(search__contains=searchable(text))


def plain(text: str) -> str:
    """As it may be compared with a column: no column holds a NUL."""
    return text[:120].replace("\0", "")


def page_of(
    rows: QuerySet[Invoice],
    *,
    after: str,
    before: str,
    key: str = "sent_at",
    newest_first: bool = True,
    first: Callable[[], list[Line]] | None = None,
) -> Page:
    """Fifty rows by (key, id); the first fifty for a place that is nonsense, or beyond either end.

    `first` fetches the first of them if a statement for them is ready.
    """
    onwards, backwards = ("lt", "gt") if newest_first else ("gt", "lt")
    start, end = cursors.decode(after), cursors.decode(before)
    if end is not None:
        found = lines_of(rows.filter(_beyond(key, backwards, end)), *order_by(key, newest_first=not newest_first))
        if len(found) >= PAGE:
            shown = found[:PAGE][::-1]
            return Page(shown, _cursor(shown[-1:], key), _cursor(shown[:1], key) if len(found) > PAGE else "")
    elif start is not None:
        found = lines_of(rows.filter(_beyond(key, onwards, start)), *order_by(key, newest_first=newest_first))
        if found:
            return Page(
                found[:PAGE], _cursor(found[PAGE - 1 : PAGE] if len(found) > PAGE else [], key), _cursor(found, key)
            )
    found = first() if first else lines_of(rows, *order_by(key, newest_first=newest_first))
    return Page(found[:PAGE], _cursor(found[PAGE - 1 : PAGE] if len(found) > PAGE else [], key))


def order_by(key: str, *, newest_first: bool) -> tuple[str, str]:
    """The order of a list by (key, id)."""
    return (f"-{key}", "-id") if newest_first else (key, "id")


def _beyond(key: str, way: str, at: tuple[datetime, UUID]) -> Q:
    """(key, id) beyond a point, as one row comparison the index understands."""
    moment, row_id = at
    inclusive = "lte" if way == "lt" else "gte"
    return Q(**{f"{key}__{inclusive}": moment}) & (Q(**{f"{key}__{way}": moment}) | Q(**{f"id__{way}": row_id}))


def _cursor(rows: list[Line], key: str) -> str:
    if not rows:
        return ""
    moment: datetime = getattr(rows[0], key)
    return cursors.encode(moment, rows[0].pk)


def beneficiaries(actor: Actor, *, name: str = "", number: str = "", after: str = "") -> tuple[list[Beneficiary], str]:
    """The company's beneficiaries by name, fifty at a time (INV-03); the second value begins the next page."""
    rows: QuerySet[Beneficiary] = Beneficiary.objects.visible_to(actor)
    if name:
        rows = search_beneficiaries(rows, name)
    if number:
        rows = search_beneficiaries(rows, "".join(sign for sign in number if sign.isdigit()) or number)
    if start_id := _uuid(after):
        start = Beneficiary.objects.visible_to(actor).filter(pk=start_id).first()
        if start:
            rows = rows.filter(last_name__gte=start.last_name).filter(  # which the index understands
                Q(last_name__gt=start.last_name)
                | Q(first_name__gt=start.first_name)
                | Q(first_name=start.first_name, id__gt=start.id)
            )
    found = list(rows.order_by("last_name", "first_name", "id")[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
