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
from guichet.invoices.models.imports import (
    ApiToken,
    ImportKind,
    ImportRow,
    ImportRun,
    ImportState,
    RowState,
    Scope,
)
from guichet.invoices.models.ledger import (
    TERMS,
    LedgerAct,
    LedgerEntry,
    OfficeDecision,
    Quota,
    QuotaBalance,
    QuotaKind,
    QuotaPer,
)
from guichet.invoices.models.parties import Beneficiary, BeneficiarySet, Decision, Sex
from guichet.invoices.models.payments import BankMessage, Batch, Settlement, Transmission
from guichet.invoices.models.rates import DuplicateLook, TariffRate
from guichet.invoices.models.retention import ErasureNotice, InvoiceHold

__all__ = [
    "TERMS",
    "ApiToken",
    "BankMessage",
    "Batch",
    "Beneficiary",
    "BeneficiarySet",
    "Decision",
    "DuplicateLook",
    "ErasureNotice",
    "FiguresThrough",
    "ImportKind",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "Invoice",
    "InvoiceAttachment",
    "InvoiceDay",
    "InvoiceEvent",
    "InvoiceHold",
    "InvoiceNote",
    "InvoicePin",
    "InvoiceSet",
    "InvoiceUnsaved",
    "InvoiceVersion",
    "LedgerAct",
    "LedgerEntry",
    "LineDecision",
    "OfficeDecision",
    "Quota",
    "QuotaBalance",
    "QuotaKind",
    "QuotaPer",
    "ReasonKind",
    "ReasonTemplate",
    "RowState",
    "Scope",
    "Settlement",
    "Sex",
    "Substitution",
    "TariffRate",
    "Transmission",
]
