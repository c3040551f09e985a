"""Invented people and invoices in every state, for the tests of this system and of everything above it.

States are reached by the real actions; only insurers, people and companies are rows. All functions but `insurer` want
the tenant entered:

    vs = insurer()
    with tenant(vs.pk):
        desk, company = office(vs), partner(vs)
        invoice = sent(by=company.collaborator)
        accepted(by=company.collaborator, agent=desk.agent)
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from guichet.accounts.access import Actor
from guichet.accounts.actions import bank
from guichet.accounts.models import (
    Affiliation,
    BankAccount,
    Identity,
    MemberRole,
    Partner,
    PartnerKind,
    StaffRole,
)
from guichet.accounts.tests import invented
from guichet.accounts.tests.invented import avs_number, member, person, staff  # theirs as well
from guichet.casework.errors import Blocked
from guichet.formspec import registry
from guichet.invoices.actions import beneficiaries, deciding, decisions, drafts, sending
from guichet.invoices.checking import COMPANY_ACCOUNT

if TYPE_CHECKING:
    from guichet.formspec.reading import Raw
    from guichet.invoices.models import Beneficiary, Invoice, InvoiceAttachment, InvoiceVersion, OfficeDecision
    from guichet.tenancy.models import Insurer

OTHER, TRAVEL = "318.632", "318.632.1"
DEBTOR = {"name": "Centrale de compensation (essai)", "iban": "CH9300762011623852957", "bic": ""}


@dataclass(frozen=True)
class Desk:
    """The people of an insurer."""

    administrator: Actor
    agent: Actor
    colleague: Actor  # a second agent with the right `review`
    auditor: Actor  # has no right at all


@dataclass(frozen=True)
class Company:
    """A partner with its people and its first account."""

    affiliation: Affiliation
    manager: Actor
    collaborator: Actor
    account: BankAccount


def insurer(slug: str = "vs", **changes: Any) -> Insurer:
    """An AI office with the invoice counter; every column can be named. It needs no tenant."""
    configuration = {"debtor": DEBTOR, "power_required": "never"}
    return invented.insurer(slug, **({"systems": ["invoices"], "configuration": configuration} | changes))


def office(of: Insurer) -> Desk:
    """Administrator, two agents who review, an auditor."""
    return Desk(
        administrator=staff(of, StaffRole.ADMINISTRATOR),
        agent=staff(of, StaffRole.AGENT, "review"),
        colleague=staff(of, StaffRole.AGENT, "review"),
        auditor=staff(of, StaffRole.AUDITOR),
    )


def partner(of: Insurer, name: str = "Foyer d'essai", *, qr: bool = False) -> Company:
    """An accepted institution with a manager, a collaborator and an account (a QR-IBAN if `qr`)."""
    affiliation = invented.affiliation(of, name, kind="institution", gln=invented.gln())
    manager = member(of, affiliation, MemberRole.MANAGER, person("Marc"))
    collaborator = member(of, affiliation, MemberRole.COLLABORATOR)
    return Company(affiliation, manager, collaborator, bank_account(by=manager, qr=qr))


def insured(
    of: Insurer, whom: Beneficiary | None = None, *, name: str = "Lucie Exemple", kind: str = "insured"
) -> Actor:
    """Somebody with an account of her own: the person a company knows as `whom`, or a new one."""
    company = partner(of, name)
    Partner.objects.filter(pk=company.affiliation.partner_id).update(kind=PartnerKind.PERSON)
    Affiliation.objects.filter(pk=company.affiliation.pk).update(kind=kind)
    company.affiliation.refresh_from_db()
    Identity.objects.create(
        insurer=of,
        affiliation=company.affiliation,
        last_name=whom.last_name if whom else "Exemple",
        first_name=whom.first_name if whom else "Lucie",
        avs_number=whom.avs_number if whom else avs_number(),
        birth_date=whom.birth_date if whom else date(2001, 4, 3),
        sex="f",
        iban=iban(),
    )
    actor = company.manager
    return Actor(person=actor.person, insurer=of, role=actor.role, affiliation=company.affiliation)


def iban(*, qr: bool = False) -> str:
    """A Swiss account nobody has: valid check digits, invented number."""
    bban = f"{'30000' if qr else '00762'}{invented.following():012d}"
    digits = int("".join(str(int(sign, 36)) for sign in f"{bban}CH00"))
    return f"CH{98 - digits % 97:02d}{bban}"


def bank_account(*, by: Actor, number: str = "", holder: str = "Foyer d'essai", qr: bool = False) -> BankAccount:
    """A further account of the actor's company."""
    return bank.add_account(by=by, iban=number or iban(qr=qr), holder=holder, label="")


def beneficiary(*, by: Actor, **facts: Any) -> Beneficiary:
    """An invented insured person of the actor's company."""
    given: dict[str, Any] = {
        "last_name": "Exemple",
        "first_name": "Lucie",
        "street": "Rue Inventée",
        "house_no": "12",
        "postcode": "1950",
        "town": "Sion",
        "birth_date": "2001-04-03",
        "sex": "f",
        "avs_number": avs_number(),
    }
    added = beneficiaries.add_beneficiary(facts=given | facts, by=by)
    added.refresh_from_db()
    return added


def account_of(by: Actor) -> BankAccount:
    """The first account of the actor's company."""
    return BankAccount.objects.filter(affiliation=by.affiliation, archived_at=None).order_by("created_at", "id")[0]


def typed(code: str = OTHER, *, whom: Beneficiary, account: BankAccount | str, **answers: Any) -> Raw:
    """The form's example as a page posts it, for this person and account (`"beneficiary"` for the person's own)."""
    known = registry.current(code).example().model_dump(mode="json")
    raw: Raw = {name: _said(value) for name, value in known.items() if value is not None}
    raw["beneficiary"] = str(whom.pk)
    raw["account"] = account if isinstance(account, str) else f"{COMPANY_ACCOUNT}{account.pk}"
    return raw | answers


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return [{name: str(part) for name, part in row.items() if part is not None} for row in value]
    return str(value)


def draft(
    *,
    by: Actor,
    code: str = OTHER,
    whom: Beneficiary | None = None,
    account: BankAccount | str | None = None,
    attached: bool = True,
    **answers: Any,
) -> Invoice:
    """A draft that can be sent: everything typed, saved, and (unless `attached=False`) a clean document."""
    raw = typed(code, whom=whom or beneficiary(by=by), account=account or account_of(by), **answers)
    invoice = drafts.open_draft(code=code, by=by)
    drafts.save_draft(invoice, raw=raw, draft_no=invoice.draft_no, by=by)
    if attached:
        attachment(invoice, by=by)
    return invoice


def attachment(invoice: Invoice, *, by: Actor, data: bytes = b"", name: str = "facture.pdf") -> InvoiceAttachment:
    """One more document on a draft or a correction."""
    return drafts.attach(invoice, source=io.BytesIO(data or PDF), name=name, by=by)


def send(invoice: Invoice, *, by: Actor, key: UUID | None = None, **answered: str) -> InvoiceVersion:
    """Send what is saved; `invoice` then says what the database says. Warnings of duplicates are answered."""
    asked: dict[str, Any] = {"key": key or uuid4(), "draft_no": invoice.draft_no, "by": by}
    try:
        version = sending.send(invoice, answered=answered, **asked)
    except Blocked as blocked:
        found = [one for one in blocked.reading.findings if one.code.startswith("duplicate.")]
        if blocked.reading.is_blocked or not found:
            raise
        said = {f"{one.code}@{one.place}": "C'est une autre prestation." for one in found}
        version = sending.send(invoice, answered=said | answered, **asked)
    invoice.refresh_from_db()
    return version


def sent(*, by: Actor, **asked: Any) -> Invoice:
    """In review (« En traitement »); takes what `draft` takes."""
    invoice = draft(by=by, **asked)
    send(invoice, by=by)
    return invoice


def opened(*, by: Actor, agent: Actor, **asked: Any) -> Invoice:
    """In review, and an agent has looked."""
    invoice = sent(by=by, **asked)
    deciding.open_for_review(invoice, by=agent)
    invoice.refresh_from_db()
    return invoice


def to_correct(*, by: Actor, agent: Actor, pins: dict[str, str] | None = None, **asked: Any) -> Invoice:
    """« À corriger », with a message and remarks."""
    invoice = sent(by=by, **asked)
    deciding.ask_correction(
        invoice, version_no=1, message="Corrigez la date, s'il vous plaît.", pins=pins or {}, by=agent
    )
    invoice.refresh_from_db()
    return invoice


def refused(*, by: Actor, agent: Actor, **asked: Any) -> Invoice:
    """« Refusé », with its reason."""
    invoice = sent(by=by, **asked)
    deciding.refuse(invoice, version_no=1, message="Cette prestation n'est pas accordée.", by=agent)
    invoice.refresh_from_db()
    return invoice


def withdrawn(*, by: Actor, **asked: Any) -> Invoice:
    """« Retiré »."""
    invoice = sent(by=by, **asked)
    sending.withdraw(invoice, by=by)
    return invoice


def accepted(*, by: Actor, agent: Actor, **asked: Any) -> Invoice:
    """« Accepté », with its transmission record."""
    invoice = sent(by=by, **asked)
    deciding.accept(invoice, version_no=1, by=agent)
    invoice.refresh_from_db()
    return invoice


def granted(
    whom: Beneficiary, *quotas: tuple[str, str, str], by: Actor, number: str = "32320260001234", **facts: Any
) -> OfficeDecision:
    """The office enters the decision of the forms' examples for this person, with (kind, per, limit) quotas."""
    given: dict[str, Any] = {"valid_from": date(2025, 1, 1), "valid_to": None}
    return decisions.enter(
        decisions.Granting(
            number=number,
            avs_number=whom.avs_number,
            last_name=whom.last_name,
            first_name=whom.first_name,
            limits=tuple(decisions.Limit(kind, per, Decimal(limit)) for kind, per, limit in quotas),
            **(given | facts),
        ),
        by=by,
    )


def swiss(day: date) -> str:
    """As people type it."""
    return f"{day:%d.%m.%Y}"


def small_pdf() -> bytes:
    """One empty page, written to the letter of ISO 32000."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
    )
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def small_png(width: int = 40, height: int = 30) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x99" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PDF, PNG = small_pdf(), small_png()
