"""What the case worker should see at a glance: automatic checks with result and legal source (INV-23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from guichet.invoices.models import Invoice
from guichet.kernel import bank, decisions, money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from guichet.invoices.models import InvoiceVersion


@dataclass(frozen=True)
class Flag:
    """One check: `tone` is success, attention or error."""

    tone: str
    text: str
    source: str = ""
    answer: str = ""  # of the sender, « je sais, parce que… »


def flags_of(invoice: Invoice, version: InvoiceVersion) -> list[Flag]:
    """All checks of what was sent, the grave ones first."""
    found = [*_decision(invoice), *_account(invoice, version), *_bill(invoice, version), *_first(invoice), *_warned(version)]
    order = {"error": 0, "attention": 1, "success": 2}
    return sorted(found, key=lambda flag: order[flag.tone])


def _decision(invoice: Invoice) -> list[Flag]:
    expected = invoice.insurer.office_code
    code = decisions.office_code(invoice.decision_number)
    source = "KZIL 19"
    if expected and code and code != expected:
        text = _("Le numéro de décision est d'un autre office ({code}).").format(code=code)
        return [Flag("attention", text, source)]
    return [Flag("success", _("Le numéro de décision a la forme voulue ; il n'est pas vérifié au registre."), source)]


def _account(invoice: Invoice, version: InvoiceVersion) -> list[Flag]:
    account, reference = version.snapshot["account"], version.snapshot["reference"]
    flags = []
    changed = invoice.account.changed_at if invoice.account else None
    if changed and invoice.sent_at and changed > invoice.sent_at - timedelta(days=30):
        flags.append(
            Flag("attention", _("L'IBAN de la société a été modifié le {day}.").format(
                day=timezone.localtime(changed).strftime("%d.%m.%Y")))
        )
    try:
        bank.check_reference(account["iban"], reference)
        flags.append(Flag("success", _("IBAN et référence de paiement vont ensemble."), "SIX IG QR-bill 2.3"))
    except Invalid:
        flags.append(Flag("error", _("IBAN et référence de paiement ne vont pas ensemble."), "SIX IG QR-bill 2.3"))
    return flags


def _bill(invoice: Invoice, version: InvoiceVersion) -> list[Flag]:
    """The QR-bill among the documents, against what was typed (INV-12)."""
    flags = []
    for attachment in invoice.attachments.filter(removed_at=None).order_by("added_at", "id"):
        code = attachment.code or {}
        if not code.get("iban"):
            continue
        if code["iban"] != version.snapshot["account"]["iban"]:
            flags.append(
                Flag("attention", _("QR-facture : le créancier est {name}, pas le compte choisi.").format(
                    name=code["creditor"]))
            )
        if code.get("amount") and money.parse_amount(code["amount"]) != invoice.total:
            flags.append(
                Flag("attention", _("QR-facture : {bill} ; demandé : {asked}.").format(
                    bill=code["amount"], asked=money.format_amount(invoice.total or 0)))
            )
        elif code.get("amount"):
            flags.append(Flag("success", _("Le montant est celui de la QR-facture.")))
    return flags


def _first(invoice: Invoice) -> list[Flag]:
    earlier = Invoice.objects.filter(beneficiary_id=invoice.beneficiary_id, sent_at__lt=invoice.sent_at)
    if earlier.exists():
        return []
    return [Flag("attention", _("Première facture de cette société pour cette personne."))]


def _warned(version: InvoiceVersion) -> list[Flag]:
    return [
        Flag("attention", warning["text"], warning["source"], warning["answer"])
        for warning in version.warnings
        if warning["level"] == "warning"
    ]
