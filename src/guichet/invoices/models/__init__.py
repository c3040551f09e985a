"""Tables of the invoice counter, split by noun. All belong to one insurer and are protected by row-level security."""

from guichet.invoices.models.cases import (
    Invoice,
    InvoiceAttachment,
    InvoiceEvent,
    InvoicePin,
    InvoiceSet,
    InvoiceUnsaved,
    InvoiceVersion,
)
from guichet.invoices.models.desk import (
    FiguresThrough,
    InvoiceDay,
    InvoiceNote,
    LineDecision,
    ReasonKind,
    ReasonTemplate,
    Substitution,
)
from guichet.invoices.models.parties import Beneficiary, BeneficiarySet, Decision, Sex
from guichet.invoices.models.payments import Batch, Transmission

__all__ = [
    "Batch",
    "Beneficiary",
    "BeneficiarySet",
    "Decision",
    "FiguresThrough",
    "Invoice",
    "InvoiceAttachment",
    "InvoiceDay",
    "InvoiceEvent",
    "InvoiceNote",
    "InvoicePin",
    "InvoiceSet",
    "InvoiceUnsaved",
    "InvoiceVersion",
    "LineDecision",
    "ReasonKind",
    "ReasonTemplate",
    "Sex",
    "Substitution",
    "Transmission",
]
