"""The decision beside the form: how long it holds, what it covers, what is left after this invoice (INV-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from guichet.invoices import checking, granting

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.formspec.reading import Reading
    from guichet.invoices.models import Invoice


def html(invoice: Invoice, reading: Reading, facts: checking.Known, *, by: Actor) -> str:
    """The fragment of the side column, renewed with every silent saving."""
    office = facts.office
    shown: dict[str, Any] = {"state": office.state}
    if office.decision:
        context = checking.context_for(invoice, by=by, facts=facts)
        wanted = granting.wants(office.quotas, granting.uses_of(reading.answers, context))
        shown |= {
            "number": office.decision.number,
            "description": office.decision.description,
            "validity": granting.validity(office.decision),
            "forms": office.decision.forms,
            "lines": [line_words(line) for line in granting.lines(office, wanted, today=context.today)],
        }
    return render_to_string("invoices/counter/ledger.html", shown)


def line_words(line: granting.Line) -> dict[str, Any]:
    """A quota in words."""
    kind = line.quota.kind

    def said(quantity: Any) -> str:
        return granting.quantity_words(kind, quantity)

    return {
        "label": line.quota.get_kind_display(),
        "bucket": granting.bucket_words(line.bucket),
        "limit": said(line.quota.limit),
        "consumed": said(line.consumed),
        "reserved": said(line.reserved),
        "wanted": said(line.wanted) if line.wanted else "",
        "rest": said(line.rest),
        "over": line.is_over,
        "most": str(line.quota.limit),
        "taken": str(min(line.quota.limit, line.consumed + line.reserved + line.wanted)),
    }
