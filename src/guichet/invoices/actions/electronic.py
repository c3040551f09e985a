"""An electronic invoice becomes a draft; what stays behind is kept in words beside it (INV-12)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import readers
from guichet.accounts.models import BankAccount
from guichet.invoices import checking, general_invoice_in
from guichet.invoices.actions import drafts
from guichet.invoices.actions.common import note
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT
from guichet.invoices.models import Beneficiary, Invoice
from guichet.kernel import bank

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

ACT: Final = "xml_taken"  # of the event that says what was not taken over


def open_from_xml(*, data: bytes, name: str, by: Actor) -> Invoice:
    """A draft of 318.632 with what the document says. Raises `readers.Unreadable`."""
    taken = general_invoice_in.read(readers.xml(data))
    return _open(taken, name=name, by=by)


@transaction.atomic
def _open(taken: general_invoice_in.Taken, *, name: str, by: Actor) -> Invoice:
    raw, missing = dict(taken.raw), list(taken.missing)
    person = (
        Beneficiary.objects.visible_to(by).filter(avs_number=taken.avs_number).first() if taken.avs_number else None
    )
    if person is not None:
        raw["beneficiary"] = str(person.pk)
    elif taken.avs_number:
        whole = f"{taken.person['last_name']} {taken.person['first_name']}, {taken.person['avs_number']}"
        missing.insert(0, _("{person} n'est pas dans votre liste de bénéficiaires.").format(person=whole))
    raw["account"] = _account(taken.iban, person, by)
    if taken.iban and not raw["account"]:
        text = _("L'IBAN {iban} n'est pas un compte de votre société : demandez au gérant de l'ajouter.")
        missing.append(text.format(iban=bank.format_iban(taken.iban)))
    invoice = drafts.open_draft(code=general_invoice_in.FORM, raw=raw, by=by)
    said = {"name": name[-120:], "missing": missing, "person": {} if person else taken.person}
    note(invoice, ACT, by=by, text=json.dumps(said), detail={"left": len(missing)})
    return invoice


def _account(iban: str, person: Beneficiary | None, by: Actor) -> str:
    """The account the document names, or the company's only one if it names none."""
    own = list(BankAccount.objects.filter(affiliation=by.affiliation, archived_at=None).order_by("created_at", "id"))
    found = next((account for account in own if account.iban == iban), None)
    if found is None and not iban and len(own) == 1:
        found = own[0]
    if found is not None:
        return f"{checking.COMPANY_ACCOUNT}{found.pk}"
    return BENEFICIARY_ACCOUNT if person and iban and person.iban == iban else ""


def said_of(invoice: Invoice) -> dict[str, Any] | None:
    """What the document said that has no place in the draft; None for a draft typed by hand."""
    event = invoice.events.filter(act=ACT).order_by("-at").first()
    return json.loads(event.text) if event else None
