"""What forms for a supplier's bill have: its number, its date, the reference it wants (SIX IG QR-bill 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from django.utils.translation import gettext_lazy as _

from guichet.formspec.declare import Ask, Words, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.types import PaymentReference, ShortText, SwissDate
from guichet.invoices.formtypes.base import Context, InvoiceForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.kernel.findings import Finding


class SuppliedInvoice(InvoiceForm):
    """Base of the forms that a QR-bill fills in."""

    BILL_HINT: ClassVar[Words] = _("Une QR-facture jointe sous « Documents » remplit ces champs d'un clic.")

    supplier_number: Annotated[ShortText, Ask(_("N° de la facture du fournisseur"), width="medium")] = ""
    supplier_date: Annotated[SwissDate | None, Ask(_("Date de la facture du fournisseur"), width="date")] = None
    payment_reference: Annotated[
        PaymentReference,
        Ask(
            _("Référence de paiement"),
            _("De la QR-facture ; sinon celle du profil du bénéficiaire est transmise."),
            width="iban",
        ),
    ] = ""

    def reference(self) -> str:
        """What the QR-bill says, if typed or taken over."""
        return self.payment_reference

    @rule
    def reference_fits_account(self, context: Context) -> Iterator[Finding]:
        """A QRR reference goes with a QR-IBAN only (SIX IG QR-bill 2.3)."""
        if not (self.payment_reference and context.account):
            return
        is_creditor_reference = self.payment_reference.startswith("RF")
        if context.account.is_qr and is_creditor_reference:
            yield blocking(
                "invoice.reference_kind", "payment_reference", _("Un QR-IBAN demande une référence QR de 27 chiffres.")
            )
        if not context.account.is_qr and not is_creditor_reference:
            yield warning(
                "invoice.reference_unused",
                "payment_reference",
                _("Le compte choisi n'a pas de QR-IBAN : cette référence QR ne sera pas transmise."),
            )
