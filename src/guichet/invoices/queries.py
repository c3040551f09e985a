"""Lists of invoices: keyset pages, a fixed number of queries, no counting of everything (PERF-01)."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from guichet.invoices.models import Beneficiary, Invoice, InvoiceAttachment
from guichet.invoices.states import Status
from guichet.kernel.text import searchable

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.invoices.models import InvoiceVersion

PAGE = 50
_SHOWN = (  # columns of a line in a list; a page of fifty is mostly the work of making its objects
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
    "insurer",
    "beneficiary__last_name",
    "beneficiary__first_name",
    "beneficiary__avs_number",
    "responsible__first_name",
    "responsible__last_name",
    "affiliation__partner__name",
)
_MOST_MATCHES = 200  # beneficiaries a search may name; more is not a search


@dataclass(frozen=True)
class Page:
    """One page of a list, and where the next and the one before begin."""

    rows: list[Invoice]
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
    waiting = _related(Invoice.objects.visible_to(actor)).filter(status__in=[Status.TO_CORRECT, Status.DRAFT])
    narrowed = _narrow(waiting, actor, Filters(filters.responsible, filters.beneficiary))
    return list(narrowed.order_by("-modified_at", "-id")[:100])


def history(actor: Actor, filters: Filters, *, after: str = "", before: str = "") -> Page:
    """Everything that was sent, the latest first (INV-01)."""
    rows = Invoice.objects.visible_to(actor).filter(sent_at__isnull=False)
    return _page(_narrow(rows, actor, filters), after=after, before=before)


def _related(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return rows.select_related("beneficiary", "responsible").defer("raw")


def _narrow(rows: QuerySet[Invoice], actor: Actor, filters: Filters) -> QuerySet[Invoice]:
    if filters.responsible:
        try:
            rows = rows.filter(responsible_id=UUID(filters.responsible))
        except ValueError:
            return rows.none()
    if filters.status in Status.values:
        rows = rows.filter(status=filters.status)
    if filters.beneficiary:
        rows = rows.filter(beneficiary_id__in=_matching(actor, filters.beneficiary))
    return rows


def _matching(actor: Actor, text: str) -> list[UUID]:
    """Beneficiaries (also archived ones) by name or AVS number."""
    return list(
        search_beneficiaries(Beneficiary.objects.filter(affiliation=actor.affiliation), text)
        .order_by("id")
        .values_list("id", flat=True)[:_MOST_MATCHES]
    )


def search_beneficiaries(rows: QuerySet[Beneficiary], text: str) -> QuerySet[Beneficiary]:
    """By any part of the name, without accents and case, or by digits of the AVS number."""
    text = _plain(text)
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits and not any(sign.isalpha() for sign in text):
        return rows.filter(Q(avs_number__contains=digits))
    return rows.filter(search__contains=searchable(text))


def _plain(text: str) -> str:
    """As it may be compared with a column: no column holds a NUL."""
    return text[:120].replace("\0", "")


def _fetch(rows: QuerySet[Invoice], *order: str) -> list[Invoice]:
    """The keys of the page by the index first, then its rows with what belongs to them, in one statement.

    Joined at once, the planner would join and sort the whole queue before it takes fifty of it.
    """
    keys = rows.order_by(*order).values("pk")[: PAGE + 1]
    related = Invoice.objects.select_related("beneficiary", "responsible", "affiliation__partner").only(*_SHOWN)
    return list(related.filter(pk__in=keys).order_by(*order))


def _page(rows: QuerySet[Invoice], *, after: str, before: str, key: str = "sent_at", newest_first: bool = True) -> Page:
    """Fifty rows by (key, id); the first fifty for a place that is nonsense, or beyond either end."""
    onwards, backwards = ("lt", "gt") if newest_first else ("gt", "lt")
    start, end = decode(after), decode(before)
    if end is not None:
        found = _fetch(rows.filter(_beyond(key, backwards, end)), *_order(key, newest_first=not newest_first))
        if len(found) >= PAGE:
            shown = found[:PAGE][::-1]
            return Page(shown, _cursor(shown[-1:], key), _cursor(shown[:1], key) if len(found) > PAGE else "")
    elif start is not None:
        found = _fetch(rows.filter(_beyond(key, onwards, start)), *_order(key, newest_first=newest_first))
        if found:
            return Page(
                found[:PAGE], _cursor(found[PAGE - 1 : PAGE] if len(found) > PAGE else [], key), _cursor(found, key)
            )
    found = _fetch(rows, *_order(key, newest_first=newest_first))
    return Page(found[:PAGE], _cursor(found[PAGE - 1 : PAGE] if len(found) > PAGE else [], key))


def _order(key: str, *, newest_first: bool) -> tuple[str, str]:
    return (f"-{key}", "-id") if newest_first else (key, "id")


def _beyond(key: str, way: str, at: tuple[datetime, UUID]) -> Q:
    """(key, id) beyond a point, as one row comparison the index understands."""
    moment, row_id = at
    inclusive = "lte" if way == "lt" else "gte"
    return Q(**{f"{key}__{inclusive}": moment}) & (Q(**{f"{key}__{way}": moment}) | Q(**{f"id__{way}": row_id}))


def _cursor(rows: list[Invoice], key: str) -> str:
    if not rows:
        return ""
    moment: datetime = getattr(rows[0], key)
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(rows[0].pk)]).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, UUID] | None:
    """Where a page begins; None for nothing and for nonsense."""
    if not cursor:
        return None
    try:
        moment, row_id = json.loads(base64.urlsafe_b64decode(cursor[:300] + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), UUID(row_id)) if at.tzinfo else None
    except (ValueError, TypeError, OverflowError, AttributeError, binascii.Error, UnicodeDecodeError):
        return None


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


def desk_queue(actor: Actor, *, status: str, text: str = "", after: str = "", before: str = "") -> Page:
    """One state of the office's invoices, what changed last on top; what waits for a decision the oldest first."""
    rows = Invoice.objects.visible_to(actor).filter(insurer=actor.insurer, status=status)
    if text:
        rows = rows.filter(_named(actor, text))
    return _page(rows, after=after, before=before, key="changed_at", newest_first=status != Status.IN_REVIEW)


def _named(actor: Actor, text: str) -> Q:
    """By number, or by the beneficiary's name or AVS number."""
    number = _plain(text).strip().upper()
    if number.startswith(f"{actor.insurer.number_prefix}-"):
        return Q(number=number)
    people = search_beneficiaries(Beneficiary.objects.filter(insurer=actor.insurer), text).order_by("id")
    return Q(beneficiary_id__in=list(people.values_list("id", flat=True)[:_MOST_MATCHES]))


_COUNTED = (Status.IN_REVIEW, Status.TO_CORRECT, Status.ACCEPTED)
_COUNTED_TO = 1_000  # beyond, « plus de 1'000 » is said: nothing is counted to the end


def desk_counts(actor: Actor) -> dict[str, int]:
    """How many wait, are being corrected, and are ready for payment; at most a thousand and one of each."""
    rows = Invoice.objects.visible_to(actor).filter(insurer=actor.insurer)
    parts = [
        rows.filter(status=status).order_by("changed_at", "id").values("status", "pk")[: _COUNTED_TO + 1]
        for status in _COUNTED
    ]
    counts = {str(status): 0 for status in _COUNTED}
    for found in parts[0].union(*parts[1:], all=True):
        counts[found["status"]] += 1
    return counts


def earlier_of_person(actor: Actor, invoice: Invoice) -> list[Invoice]:
    """The person's other invoices of this sender, the latest first."""
    if invoice.beneficiary_id is None:
        return []
    rows = Invoice.objects.visible_to(actor).filter(beneficiary_id=invoice.beneficiary_id, sent_at__isnull=False)
    return list(rows.exclude(pk=invoice.pk).defer("raw").order_by("-sent_at", "-id")[:10])


def sent_files(version: InvoiceVersion) -> list[InvoiceAttachment]:
    """The documents of what was sent; what the sender does to the correction since then is not the office's."""
    sent = [file["id"] for file in version.snapshot["attachments"]]
    return list(InvoiceAttachment.objects.filter(case_id=version.case_id, pk__in=sent).order_by("added_at", "id"))


def file_of(actor: Actor, invoice: Invoice, attachment_id: UUID) -> InvoiceAttachment | None:
    """One document as this person may see it: the office what was ever sent, the sender also what will be."""
    files = InvoiceAttachment.objects.filter(case=invoice, pk=attachment_id).select_related("stored__insurer")
    was_sent = Q(first_version__lte=invoice.version_no)
    return files.filter(was_sent if actor.is_staff else was_sent | Q(removed_at=None)).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
