"""What was sent, as the paper wants it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from guichet.formspec import paper, registry
from guichet.invoices.formtypes.base import InvoiceForm
from guichet.kernel import bank, identifiers, money

if TYPE_CHECKING:
    from guichet.invoices.models import InvoiceVersion, LineDecision
    from guichet.tenancy.models import Insurer

_LEFT_OUT = ("save_decision", "remark")


def answers_of(version: InvoiceVersion) -> InvoiceForm:
    """The typed answers, by the edition on which the invoice was opened."""
    form_type = registry.edition(version.case.form_code, version.case.edition)
    answers = form_type.model_validate(version.answers)
    assert isinstance(answers, InvoiceForm)  # noqa: S101 -- every invoice form is one
    return answers


def replaced(version: InvoiceVersion) -> dict[str, str]:
    """Words for answers that are references: who, and which account."""
    person, account = version.snapshot["beneficiary"], version.snapshot["account"]
    name = f"{person['last_name']} {person['first_name']}"
    words = {
        "beneficiary": f"{name}, {identifiers.format_avs(person['avs_number'])}",
        "account": f"{_unbroken(bank.format_iban(account['iban']))}, {account['holder']}",
    }
    if reference := version.answers.get("payment_reference"):
        is_scor = reference.startswith("RF")
        words["payment_reference"] = bank.format_scor(reference) if is_scor else bank.format_qrr(reference)
    return words


def _unbroken(text: str) -> str:
    """With blanks at which no line ends."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def sections(version: InvoiceVersion) -> list[paper.PaperSection]:
    """The form as it was sent, for the paper and for the desk."""
    return paper.sections(answers_of(version), replaced=replaced(version), left_out=_LEFT_OUT)


def receipt(version: InvoiceVersion, base_url: str) -> dict[str, Any]:
    """The data contract of `printing/receipt`."""
    answers, case, insurer = answers_of(version), version.case, version.insurer
    shown = sections(version)
    return {
        "lang": version.language,
        "insurer": _insurer(insurer),
        "title": str(type(answers).title),
        "form_no": answers.code,
        "edition": answers.edition,
        "number": case.number,
        "receipt_code": version.receipt_code,
        "verify_url": f"{base_url}/{insurer.slug}/verifier/{version.receipt_code}/",
        "sent_at": version.sent_at.isoformat(),
        "sent_by": version.snapshot["sender"],
        "company": version.snapshot["company"],
        "groups": [
            {"title": part.title, "facts": [{"label": fact.label, "value": fact.value} for fact in part.facts]}
            for part in shown
            if part.facts
        ],
        "tables": [_table(part.table) for part in shown if part.table] + [_amounts(version)],
        "totals": [
            {"label": _("Total"), "value": money.format_chf(Decimal(version.computed["total"])), "strong": True}
        ],
        "remark": answers.remark,
        "attachments": [_attachment(file) for file in version.snapshot["attachments"]],
        "small_print": _(
            "Copie de la demande transmise par voie électronique. Son authenticité se vérifie à l'adresse du code QR."
        ),
        "content_hash": version.content_hash,
        "version": version.no,
    }


def decision_notice(version: InvoiceVersion, lines: list[LineDecision], base_url: str) -> dict[str, Any]:
    """What was accepted of each line and why not the rest, on the paper of the receipt."""
    case = version.case
    accepted = case.accepted_total if case.accepted_total is not None else Decimal(version.computed["total"])
    columns = [
        {"label": _("Position"), "align": "left"},
        {"label": _("Demandé CHF"), "align": "right"},
        {"label": _("Accepté CHF"), "align": "right"},
        {"label": _("Raison"), "align": "left"},
    ]
    rows = [
        [line.label, money.format_amount(line.asked), money.format_amount(line.accepted), line.why] for line in lines
    ]
    said = receipt(version, base_url)
    return said | {
        "title": _("Décision sur votre demande"),
        "groups": said["groups"][:1],
        "tables": [{"title": _("Ce qui est accepté"), "columns": columns, "rows": rows}],
        "totals": [
            {"label": _("Demandé"), "value": money.format_chf(Decimal(version.computed["total"])), "strong": False},
            {"label": _("Accepté"), "value": money.format_chf(accepted), "strong": True},
        ],
        "attachments": [],
        "remark": "",
    }


def _insurer(insurer: Insurer) -> dict[str, Any]:
    address = insurer.address
    lines = [
        f"{address.get('street', '')} {address.get('house_no', '')}".strip(),
        f"{address.get('postcode', '')} {address.get('town', '')}".strip(),
    ]
    return {
        "logo_svg": _logo(insurer.logo),
        "name": insurer.name,
        "address_lines": [line for line in lines if line],
        "phone": insurer.phone,
        "hours": insurer.hours_said,
        "accent": insurer.accent,
    }


def _logo(name: str) -> str:
    """The picture itself, if the insurer has one that can be printed at any size."""
    found = finders.find(f"ui/logos/{name}") if name.endswith(".svg") else None
    return Path(found).read_text(encoding="utf-8") if found else ""


def _table(table: paper.PaperTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [
            {"label": label, "align": "right" if numeric else "left"}
            for label, numeric in zip(table.columns, table.numeric, strict=True)
        ],
        "rows": [list(row) for row in table.rows],
    }


def _amounts(version: InvoiceVersion) -> dict[str, Any]:
    """How the total came about (INV-11: the line shows how)."""
    return {
        "title": _("Calcul"),
        "columns": [
            {"label": _("Position"), "align": "left"},
            {"label": _("Calcul"), "align": "left"},
            {"label": _("Montant CHF"), "align": "right"},
        ],
        "rows": [
            [line["label"], line["how"], money.format_amount(Decimal(line["amount"]))]
            for line in version.computed["lines"]
        ],
    }


def _attachment(file: dict[str, Any]) -> dict[str, str]:
    size = _("{size} ko").format(size=max(1, file["size"] // 1024))
    pages = _("{pages} p.").format(pages=file["pages"])
    return {"name": file["name"], "note": f"{size}, {pages}, SHA-256 {file['sha256'][:16]}…"}
