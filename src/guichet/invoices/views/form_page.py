"""Everything the page of a form shows, from the draft, the checks and the profile of the company."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from guichet.formspec import paper, showing
from guichet.formspec.findings import words
from guichet.invoices import checking
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT, InvoiceForm
from guichet.invoices.models import Beneficiary, Decision
from guichet.invoices.states import Status
from guichet.invoices.views import balance, repeated
from guichet.invoices.views.common import form_label
from guichet.invoices.views.power_rows import html as power_html
from guichet.kernel import bank, identifiers, money
from guichet.kernel.findings import Finding, Invalid, Level
from guichet.ui.forms import Choice, ErrorLink, error_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from guichet.accounts.access import Actor
    from guichet.accounts.models import BankAccount
    from guichet.formspec.reading import Reading
    from guichet.invoices.models import Invoice

_MOST_CHOICES = 2_000  # beneficiaries in the list; a company with more searches first


def form_context(invoice: Invoice, *, by: Actor, findings: Iterable[Finding], **more: Any) -> dict[str, Any]:
    """The context of the form and of its confirmation."""
    form_type = checking.form_of(invoice)
    found = tuple(findings)
    facts = more.pop("facts", None) or checking.known(invoice, by=by)
    refused: list[str] = more.pop("refused", [])
    saved_elsewhere = more.get("saved_elsewhere")
    correcting = invoice.status == Status.TO_CORRECT
    before = saved_elsewhere or (_sent_raw(invoice) if correcting else None)
    look = showing.Look(
        findings=found,
        choices=_choices(facts.accounts, by),
        previous=before,
        pins={pin.place: pin.text for pin in invoice.open_pins},
        editable=checking.editable_places(invoice, by=by),
        attributes={"decision": {"list": "decisions"}},
    )
    shown = showing.sections(form_type, invoice.raw, look)
    reading = more.get("reading") or checking.check(invoice, by=by, facts=facts)
    return {
        "invoice": invoice,
        "form_type": form_type,
        "form_label": form_label(invoice),
        "correcting": correcting,
        "has_period": {"period_from", "period_to"} <= form_type.model_fields.keys(),
        "sections": shown,
        "errors": [*_summary(shown, found), *(ErrorLink("files", text) for text in refused)],
        "attachments": list(facts.attached),
        "attachment_errors": [
            *refused,
            *(words(one) for one in found if one.place == "attachments" and one.level is Level.BLOCKING),
        ],
        "decisions": decisions_of(invoice),
        "warnings": _warnings(invoice, found, more.get("answered") or {}, checked=bool(more.get("checked"))),
        "paper": _paper(invoice, reading, facts, by=by),
        **summary_context(invoice, reading, facts, by=by),
        **more,
    }


def _warnings(
    invoice: Invoice, findings: tuple[Finding, ...], answered: Mapping[str, str], *, checked: bool
) -> list[dict[str, Any]]:
    """Findings that want « je sais, parce que… »; after a first try, the ones without an answer say so."""
    shown = []
    for finding in findings:
        if finding.level is Level.WARNING:
            key = f"{finding.code}@{finding.place}"
            answer = answered.get(key, "").strip()
            shown.append(
                {
                    "name": f"answer:{key}",
                    "text": words(finding),
                    "source": finding.source,
                    "answer": answer,
                    "missing": checked and not answer,
                    "link": repeated.link_of(invoice, finding),
                }
            )
    return shown


def _sent_raw(invoice: Invoice) -> dict[str, Any]:
    """The answers of the last version as they would be typed, to show old beside new (FRM-07)."""
    version = invoice.versions.filter(no=invoice.version_no).first()
    return dict(version.snapshot.get("raw", {})) if version else {}


def _summary(shown: tuple[showing.SectionView, ...], findings: tuple[Finding, ...]) -> list[ErrorLink]:
    """Every blocking finding with the words it has beside its field; tables and attachments lead to their place."""
    links = error_links(showing.all_fields(shown))
    fields = {view.name for view in showing.all_fields(shown)}
    for finding in findings:
        if finding.level is Level.BLOCKING and finding.place not in fields:
            links.append(ErrorLink(finding.place, words(finding)))
    return links


def _choices(accounts: tuple[BankAccount, ...], by: Actor) -> dict[str, tuple[Choice, ...]]:
    people = (
        Beneficiary.objects.visible_to(by)
        .order_by("last_name", "first_name", "id")
        .values_list("id", "last_name", "first_name", "avs_number", "postcode", "town")[:_MOST_CHOICES]
    )
    return {
        "beneficiary": (
            Choice("", _("Choisir un bénéficiaire")),
            *(
                Choice(str(key), f"{last} {first} — {identifiers.format_avs(avs)} — {postcode} {town}")
                for key, last, first, avs, postcode, town in people
            ),
        ),
        "account": (
            Choice("", _("Choisir un compte")),
            *(
                Choice(
                    f"{checking.COMPANY_ACCOUNT}{account.pk}", f"{bank.format_iban(account.iban)} — {account.holder}"
                )
                for account in accounts
            ),
            Choice(BENEFICIARY_ACCOUNT, _("Compte du bénéficiaire")),
        ),
    }


def decisions_of(invoice: Invoice) -> list[dict[str, str]]:
    """Saved numbers of the chosen beneficiary."""
    if invoice.beneficiary_id is None:
        return []
    saved = Decision.objects.filter(beneficiary_id=invoice.beneficiary_id, archived_at=None).order_by("created_at")
    return [{"number": decision.number, "description": decision.description} for decision in saved[:50]]


def summary_context(invoice: Invoice, reading: Reading, facts: checking.Known, *, by: Actor) -> dict[str, Any]:
    """« Il manque : … », the amounts and the total, for the side column and for the silent saving."""
    missing = list(dict.fromkeys(words(finding) for finding in reading.findings if finding.level is Level.BLOCKING))
    computed = _computed(invoice, reading, facts, by=by)
    return {
        "missing": missing[:12],
        "computed_lines": computed,
        "total": money.format_chf(sum((Decimal(line["value"]) for line in computed), Decimal(0))) if computed else "",
        "ledger": balance.html(invoice, reading, facts, by=by),
        "repeated": format_html("{}{}", repeated.html(invoice, reading), power_html(facts.power)),
    }


def _computed(invoice: Invoice, reading: Reading, facts: checking.Known, *, by: Actor) -> list[dict[str, str]]:
    if not isinstance(reading.answers, InvoiceForm):
        return []
    try:
        computation = reading.answers.compute(checking.context_for(invoice, by=by, facts=facts))
    except Invalid:  # no rate for that day: the checks say so at the field
        return []
    return [
        {
            "place": line.place,
            "label": line.label,
            "how": line.how,
            "amount": money.format_amount(line.amount),
            "value": str(line.amount),
        }
        for line in computation.lines
    ]


def _paper(invoice: Invoice, reading: Reading, facts: checking.Known, *, by: Actor) -> list[paper.PaperSection]:
    """The summary before sending: everything in words."""
    if not isinstance(reading.answers, InvoiceForm) or reading.is_blocked:
        return []
    said = checking.content(invoice, reading.answers, by=by, facts=facts)["snapshot"]
    person, account = said["beneficiary"], said["account"]
    names = {
        "beneficiary": f"{person['last_name']} {person['first_name']}, {identifiers.format_avs(person['avs_number'])}",
        "account": f"{bank.format_iban(account['iban'])}, {account['holder']}",
    }
    return paper.sections(reading.answers, replaced=names, left_out=("save_decision",))
