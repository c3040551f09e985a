"""What seems to be invoiced already, beside the form and before sending (INV-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import reverse

from guichet.formspec.findings import words

if TYPE_CHECKING:
    from guichet.formspec.reading import Reading
    from guichet.invoices.models import Invoice
    from guichet.kernel.findings import Finding

_CODE = "duplicate."


def link_of(invoice: Invoice, finding: Finding) -> dict[str, str]:
    """Where the sender's own invoice is; nothing for another sender's."""
    key = finding.params.get("invoice_id")
    if key is None:
        return {}
    url = reverse("invoices:case", args=[invoice.insurer.slug, key])
    return {"url": url, "label": str(finding.params["number"])}


def html(invoice: Invoice, reading: Reading) -> str:
    """A list of what was found, as the page and the silent saving show it; empty if there is nothing."""
    found: list[dict[str, Any]] = [
        {"text": words(finding), "link": link_of(invoice, finding)}
        for finding in reading.findings
        if finding.code.startswith(_CODE)
    ]
    return render_to_string("invoices/counter/repeated.html", {"repeated": found}) if found else ""
