"""What the case worker should see at a glance: automatic checks with result and legal source (INV-23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from guichet.casework.models import AttachmentState
from guichet.invoices.marks import Mark
from guichet.kernel import bank, dates, decisions, money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.invoices.duplicates import Found
    from guichet.invoices.models import Invoice, InvoiceAttachment, InvoiceVersion

_RECENT = timedelta(days=30)  # an IBAN changed this shortly before the sending is looked at


@dataclass(frozen=True)
class Flag:
    """One check: `tone` is success, attention or error."""

    tone: str
    text: str
    source: str = ""
    answer: str = ""  # of the sender, « je sais, parce que… »
    links: tuple[tuple[str, str], ...] = ()  # number and id of other invoices


def flags_of(
    invoice: Invoice,
    version: InvoiceVersion,
    files: list[InvoiceAttachment],
    repeated: Sequence[Found],
) -> list[Flag]:
    """All checks of what was sent with its documents (`queries.sent_files`), the grave ones first.

    `repeated`: what claims the same (`queries.around`).
    """
    found = [
        *_decision(invoice),
        *_account(invoice, version),
        *_scanned(files),
        *_bill(invoice, version, files),
        *duplicates_among(repeated),
        *_first(invoice),
        *_warned(version),
    ]
    order = {"error": 0, "attention": 1, "success": 2}
    return sorted(found, key=lambda flag: order[flag.tone])


def _decision(invoice: Invoice) -> list[Flag]:
    expected = invoice.insurer.office_code
    code = decisions.office_code(invoice.decision_number)
    source = "KZIL 19"
    if expected and code and code != expected:
        text = _("Le numéro de décision est d'un autre office ({code}).").format(code=code)
        return [Flag("attention", text, source)]
    return [Flag("success", _("Le numéro de décision a la forme voulue."), source)]


def _account(invoice: Invoice, version: InvoiceVersion) -> list[Flag]:
    account, reference = version.snapshot["account"], version.snapshot["reference"]
    flags = []
    changed = invoice.account.changed_at if invoice.account else None
    if changed and changed > version.sent_at - _RECENT:
        day = dates.format_date(timezone.localdate(changed))
        flags.append(Flag("attention", _("L'IBAN de la société a été modifié le {day}.").format(day=day)))
    if not bank.iid(account["iban"]):
        flags.append(Flag("error", _("Compte à l'étranger : ce versement se fait à la main, hors du lot.")))
    try:
        bank.check_reference(account["iban"], reference)
        flags.append(Flag("success", _("IBAN et référence de paiement vont ensemble."), "SIX IG QR-bill 2.3"))
    except Invalid:
        flags.append(Flag("error", _("IBAN et référence de paiement ne vont pas ensemble."), "SIX IG QR-bill 2.3"))
    return flags


def _scanned(files: list[InvoiceAttachment]) -> list[Flag]:
    """Documents that cannot be looked at, and why."""
    states = {file.state for file in files}
    flags = []
    if AttachmentState.INFECTED in states:
        flags.append(Flag("error", _("Un document contient un virus : il ne peut pas être ouvert.")))
    if AttachmentState.WAITING in states:
        flags.append(Flag("attention", _("Un document attend encore l'analyse antivirus.")))
    return flags


def _bill(invoice: Invoice, version: InvoiceVersion, files: list[InvoiceAttachment]) -> list[Flag]:
    """The QR-bill among the documents, against what was typed (INV-12)."""
    flags: list[Flag] = []
    for attachment in files:
        code = attachment.code or {}
        if not code.get("iban"):
            continue
        if code["iban"] != version.snapshot["account"]["iban"]:
            flags.append(
                Flag(
                    "attention",
                    _("QR-facture : le créancier est {name}, pas le compte choisi.").format(name=code["creditor"]),
                )
            )
        if code.get("currency") != "CHF":
            continue
        if code.get("amount") and money.parse_amount(code["amount"]) != invoice.total:
            flags.append(
                Flag(
                    "attention",
                    _("QR-facture : {bill} ; demandé : {asked}.").format(
                        bill=code["amount"], asked=money.format_amount(invoice.total or 0)
                    ),
                )
            )
        elif code.get("amount"):
            flags.append(Flag("success", _("Le montant est celui de la QR-facture.")))
    return flags


def duplicates_among(found: Sequence[Found]) -> list[Flag]:
    """The same claimed before, by whichever sender (INV-13): staff see both."""
    if not found:
        return []
    text = _("Doublon possible : même personne, mêmes jours, même montant.")
    if any(not one.facts.own for one in found):
        text = _("Doublon possible, aussi d'un autre demandeur : même personne, mêmes jours, même montant.")
    return [Flag("attention", text, links=tuple((one.number, str(one.invoice_id)) for one in found))]


def _first(invoice: Invoice) -> list[Flag]:
    if Mark.FIRST not in invoice.flags:
        return []
    return [Flag("attention", _("Première facture de cette société pour cette personne."))]


def _warned(version: InvoiceVersion) -> list[Flag]:
    return [
        Flag("attention", warning["text"], warning["source"], warning["answer"])
        for warning in version.warnings
        if warning["level"] == "warning"
    ]
