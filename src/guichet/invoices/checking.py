"""The automatic checks of an invoice: what was typed, against what is known (FRM-04)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from guichet.accounts.models import BankAccount
from guichet.casework.models import AttachmentState
from guichet.formspec import reading as formspec
from guichet.formspec import registry
from guichet.invoices import duplicates, granting, powers, rating
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT, AccountFacts, Context, InvoiceForm
from guichet.invoices.models import Beneficiary, Invoice, InvoiceAttachment
from guichet.invoices.states import Status
from guichet.kernel import bank
from guichet.tenancy.rows import one_or_none

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.formspec.declare import FormType
    from guichet.formspec.reading import Raw, Reading
    from guichet.kernel.tariffs import RateTable

COMPANY_ACCOUNT = "company:"  # prefix of the value of `account`, before the id of the bank account
_ALWAYS_EDITABLE = frozenset({"remark"})


@dataclass(frozen=True)
class Account:
    """Where the money goes, as it is at this moment."""

    iban: str
    holder: str
    address: dict[str, str]
    is_company: bool
    bank_account: BankAccount | None = None


@dataclass(frozen=True)
class Known:
    """What the database says about the answers: fetched once for all checks of one act."""

    beneficiary: Beneficiary | None
    account: Account | None
    attached: tuple[InvoiceAttachment, ...]  # without what was taken away
    rates: RateTable  # of the office; fetched when the first is asked for
    office: granting.Office = granting.NOTHING  # what it entered under the decision number
    earlier: tuple[duplicates.Found, ...] = ()  # the person's other invoices, of whichever sender
    power: powers.Held = powers.NOT_NEEDED  # what the person lets this sender do
    accounts: tuple[BankAccount, ...] = ()  # of the company, in their order

    @property
    def files(self) -> tuple[InvoiceAttachment, ...]:
        """The documents that count and are sent: an infected one is none."""
        return tuple(file for file in self.attached if file.state != AttachmentState.INFECTED)


def form_of(invoice: Invoice) -> type[FormType]:
    """The edition the invoice was opened on, for ever."""
    return registry.edition(invoice.form_code, invoice.edition)


def known(invoice: Invoice, *, by: Actor) -> Known:
    """Beneficiary, account and documents of the draft; only what belongs to the actor's company."""
    beneficiary = _beneficiary(invoice, by)
    earlier = _earlier(invoice, beneficiary, by)
    attached = invoice.attachments.filter(removed_at=None).select_related("stored")
    accounts = BankAccount.objects.filter(affiliation=by.affiliation, archived_at=None).order_by("created_at", "id")
    company = tuple(accounts) if by.affiliation else ()
    return Known(
        beneficiary=beneficiary,
        account=_account(invoice.raw, beneficiary, company, by),
        accounts=company,
        attached=tuple(attached.order_by("added_at", "id")),
        rates=rating.rates_of(by.insurer),
        office=granting.find(invoice.raw.get("decision"), beneficiary, by.insurer),
        earlier=earlier,
        power=_power(invoice, beneficiary, earlier, by),
    )


def _power(
    invoice: Invoice, beneficiary: Beneficiary | None, earlier: tuple[duplicates.Found, ...], by: Actor
) -> powers.Held:
    if beneficiary is None:
        return powers.NOT_NEEDED
    known = any(one.facts.own for one in earlier)
    return powers.held(beneficiary.avs_number, beneficiary.pk, but=invoice.pk, is_known=known, by=by)


def _earlier(invoice: Invoice, beneficiary: Beneficiary | None, by: Actor) -> tuple[duplicates.Found, ...]:
    if beneficiary is None:
        return ()
    return duplicates.of_person(
        by.insurer,
        beneficiary.avs_number,
        form_code=invoice.form_code,
        affiliation_id=invoice.affiliation_id,
        but=invoice.pk,
    )


def check(invoice: Invoice, *, by: Actor, facts: Known | None = None) -> Reading:
    """Read the saved draft with everything that is known at this moment."""
    facts = facts or known(invoice, by=by)
    context = context_for(invoice, by=by, facts=facts)
    reading = granting.judged(formspec.read(form_of(invoice), invoice.raw, context), facts.office, context)
    reading = powers.judged(reading, facts.power)
    if not facts.earlier or facts.beneficiary is None:
        return reading
    person = facts.beneficiary.avs_number
    others = any(not one.facts.own for one in facts.earlier)
    asked = duplicates.amounts_asked(invoice.affiliation_id, person, invoice.form_code) if others else frozenset()
    return duplicates.judged(reading, facts.earlier, context, asked=asked)


def claim_of(invoice: Invoice, *, by: Actor, facts: Known) -> duplicates.Claim | None:
    """What the saved draft claims, as far as it can be computed."""
    context = context_for(invoice, by=by, facts=facts)
    return duplicates.claim_of(formspec.read(form_of(invoice), invoice.raw, context), context)


def context_for(invoice: Invoice, *, by: Actor, facts: Known | None = None) -> Context:
    """What the checks may know."""
    facts = facts or known(invoice, by=by)
    account, beneficiary = facts.account, facts.beneficiary
    return Context(
        today=timezone.localdate(),
        rates=facts.rates,
        office_code=by.insurer.office_code,
        beneficiary_known=beneficiary is not None,
        beneficiary_reference=beneficiary.payment_reference if beneficiary else "",
        account=AccountFacts(account.iban, bank.is_qr_iban(account.iban)) if account else None,
        attachments=len(facts.files),
        bill_iban=next((file.code["iban"] for file in facts.files if file.code and file.code.get("iban")), ""),
        local_rule=by.insurer.setting("local_rule"),
        billing_rhythm=by.insurer.setting("billing_rhythm"),
        granted=granting.granted(facts.office),
        earlier=tuple(one.facts for one in facts.earlier),
        first_sent_on=timezone.localdate(invoice.sent_at) if invoice.sent_at else None,
    )


def editable_places(invoice: Invoice, *, by: Actor) -> frozenset[str] | None:
    """Where a correction may change something; None: everywhere. Insurers may lock what was not flagged (FRM-07)."""
    if invoice.status != Status.TO_CORRECT or not by.insurer.setting("lock_unflagged"):
        return None
    pins = frozenset(invoice.pins.filter(version_no=invoice.version_no).values_list("place", flat=True))
    return pins | _ALWAYS_EDITABLE if pins else None


def content(invoice: Invoice, answers: InvoiceForm, *, by: Actor, facts: Known | None = None) -> dict[str, Any]:
    """Everything that is sent, as it stands now; what the content hash covers. Only for answers that passed."""
    facts = facts or known(invoice, by=by)
    beneficiary, account = facts.beneficiary, facts.account
    if beneficiary is None or account is None:
        raise ValueError("content() is for answers that passed the checks")
    computed, basis = rating.compute(answers, context_for(invoice, by=by, facts=facts))
    return {
        "form": {"code": answers.code, "edition": answers.edition},
        "answers": answers.model_dump(mode="json"),
        "computed": {
            "lines": [
                {"place": line.place, "label": line.label, "amount": str(line.amount), "how": line.how}
                | ({"tariff": line.tariff} if line.tariff else {})
                for line in computed.lines
            ],
            "total": str(computed.total),
            "basis": basis,
        },
        "snapshot": {
            "beneficiary": _person(beneficiary),
            "account": {
                "iban": account.iban,
                "holder": account.holder,
                "address": account.address,
                "is_company": account.is_company,
            },
            "reference": _reference(answers, beneficiary, account),
            "company": by.affiliation.partner.name if by.affiliation else "",
            "attachments": [_file(file) for file in facts.files],
        },
    }


def _reference(answers: InvoiceForm, beneficiary: Beneficiary, account: Account) -> str:
    """What is transmitted with the payment: QRR with a QR-IBAN only, RF… with others (SIX IG QR-bill 2.3)."""
    typed = answers.reference() or (beneficiary.payment_reference if account.is_company else "")
    if not typed:
        return ""
    is_creditor_reference = typed.startswith("RF")
    return typed if bank.is_qr_iban(account.iban) != is_creditor_reference else ""


def _person(beneficiary: Beneficiary) -> dict[str, str]:
    return {
        "id": str(beneficiary.pk),
        "last_name": beneficiary.last_name,
        "first_name": beneficiary.first_name,
        "avs_number": beneficiary.avs_number,
        "birth_date": beneficiary.birth_date.isoformat(),
        **_address(beneficiary),
    }


def _file(file: InvoiceAttachment) -> dict[str, Any]:
    return {
        "id": str(file.pk),
        "name": file.name,
        "pages": file.pages,
        "size": file.stored.size,
        "sha256": str(file.stored.sha256),
    }


def _address(of: Any) -> dict[str, str]:
    return {name: str(getattr(of, name)) for name in ("street", "house_no", "postcode", "town", "country")}


def _beneficiary(invoice: Invoice, by: Actor) -> Beneficiary | None:
    """Whom the answers name; asked for once more only if that is another one than the invoice's, or hidden by now."""
    key = uuid_or_none(invoice.raw.get("beneficiary"))
    if key is None:
        return None
    known = invoice.beneficiary if key == invoice.beneficiary_id else None
    if known and by.affiliation and known.affiliation_id == by.affiliation.pk and known.archived_at is None:
        return known
    return one_or_none(Beneficiary.objects.visible_to(by).filter(pk=key))


def _account(raw: Raw, beneficiary: Beneficiary | None, company: tuple[BankAccount, ...], by: Actor) -> Account | None:
    chosen = str(raw.get("account", ""))
    if chosen == BENEFICIARY_ACCOUNT:
        if beneficiary is None or not beneficiary.iban:
            return None
        holder = beneficiary.holder or f"{beneficiary.first_name} {beneficiary.last_name}"
        return Account(beneficiary.iban, holder, _address(beneficiary), is_company=False)
    key = uuid_or_none(chosen.removeprefix(COMPANY_ACCOUNT)) if chosen.startswith(COMPANY_ACCOUNT) else None
    if key is None or by.affiliation is None:
        return None
    found = next((account for account in company if account.pk == key), None)
    if found is None:
        return None
    return Account(found.iban, found.holder, _address(by.affiliation.partner), is_company=True, bank_account=found)


def uuid_or_none(text: object) -> UUID | None:
    """The UUID a page wrote, or None: other spellings of the same number are nobody's (B02)."""
    try:
        key = UUID(str(text))
    except ValueError:
        return None
    return key if str(key) == text else None
