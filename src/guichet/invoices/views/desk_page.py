"""Everything the page of a review shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.invoices import queries, receipt
from guichet.invoices.actions.assessing import asked_lines
from guichet.invoices.flags import flags_of
from guichet.invoices.models import ReasonKind
from guichet.invoices.queries import persons
from guichet.invoices.reasons import catalogue_of
from guichet.invoices.states import Status
from guichet.invoices.views.common import current_version, form_label, was_contested
from guichet.invoices.views.counter import ACTS
from guichet.invoices.views.desk import status_word
from guichet.kernel import money
from guichet.ui.forms import ErrorLink, FieldView
from guichet.ui.parts import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.accounts.access import SpaceRequest
    from guichet.formspec.paper import PaperSection
    from guichet.invoices.models import Invoice, InvoiceAttachment, InvoiceVersion, LineDecision

_PAGES_SHOWN: Final = 30  # of one document; the rest is in the file
_DESK_ACTS: Final = ACTS | {
    "accept_first": gettext_lazy("Acceptée, en attente du second visa"),
    "send_back": gettext_lazy("Renvoyée au premier examen"),
    "assigned": gettext_lazy("Attribuée"),
    "objection_closed": gettext_lazy("Réponse donnée à la contestation"),
    "iban_changed": gettext_lazy("IBAN modifié par la personne assurée après l'envoi"),
}


def review_context(
    request: SpaceRequest, invoice: Invoice, *, tab: str, errors: list[ErrorLink], conflict: bool
) -> dict[str, Any]:
    """The invoice, what is known around it, what was typed, and what may be done."""
    version = current_version(invoice)
    typed = {name: str(value)[:4000] for name, value in request.POST.items()}
    second = invoice.status == Status.AWAITING_SECOND
    decidable = invoice.status == Status.IN_REVIEW and not conflict
    files = queries.sent_files(version)
    around = queries.around(request.actor, invoice, tab=tab)
    happened = queries.happened(invoice, acts=_DESK_ACTS)
    return {
        "invoice": invoice,
        "version": version,
        "form_label": form_label(invoice),
        "status_word": status_word(invoice.status),
        "flags": flags_of(invoice, version, files, around.repeated),
        "documents": [_document(file, typed) for file in files],
        "parts": _parts(receipt.sections(version), typed),
        "lines": _lines(version, queries.line_decisions(invoice) if invoice.accepted_total is not None else [], typed),
        **(_reasons(request) if decidable else {"line_reasons": [], "reasons": []}),
        "typed": {"message": "", "note": "", "reason": "", "answer": ""} | typed,
        "errors": errors,
        "wrong": {error.anchor for error in errors},
        "conflict": conflict,
        "around": around,
        "happened": happened,
        "ledger": queries.ledger_panel(request.actor, invoice),
        "objections": persons.objections_to([invoice]) if was_contested(invoice) else [],
        "events": _timeline(invoice, happened),
        "tab": tab,
        "onwards": (request.POST or request.GET).get("suite") == "1",
        "decidable": decidable,
        "confirmable": second and not conflict and invoice.decided_by_id != request.actor.person.pk,
        "is_waiting_for_others": second and invoice.decided_by_id == request.actor.person.pk,
        "assigned": str(invoice.assigned_to or ""),
        "message_field": _message_field(typed, errors, second=second),
        "objection_fields": _objection_fields(typed, errors),
    }


def _reasons(request: SpaceRequest) -> dict[str, Any]:
    """Those of a line, and those of the whole invoice with what was chosen."""
    catalogue = [reason for reason in catalogue_of(request.insurer) if not reason.is_archived]
    chosen = set(request.POST.getlist("reason"))
    whole = (reason for reason in catalogue if reason.kind != ReasonKind.LINE)
    return {
        "line_reasons": [reason for reason in catalogue if reason.kind == ReasonKind.LINE],
        "reasons": [{"reason": reason, "is_chosen": reason.code in chosen} for reason in whole],
    }


def _message_field(typed: Mapping[str, str], errors: list[ErrorLink], *, second: bool) -> FieldView:
    return FieldView(
        name="message",
        label=_("Note au premier examen") if second else _("Message au demandeur"),
        kind="textarea",
        required=False,
        hint=_("Obligatoire pour renvoyer.") if second else _("Obligatoire pour une correction ou un refus."),
        value=typed.get("message", ""),
        errors=tuple(str(error.text) for error in errors if error.anchor == "id_message"),
    )


def _objection_fields(typed: Mapping[str, str], errors: list[ErrorLink]) -> list[FieldView]:
    """What the insured person reads, and the sender if something follows for the invoice."""
    wrong = {error.anchor: (str(error.text),) for error in errors}
    return [
        FieldView(
            name="answer",
            label=_("Réponse à la personne assurée"),
            kind="textarea",
            value=typed.get("answer", ""),
            errors=wrong.get("id_answer", ()),
            attributes={"maxlength": "1000"},
        ),
        FieldView(
            name="to_sender",
            label=_("Message au demandeur"),
            kind="textarea",
            required=False,
            hint=_("Seulement pour un refus ou une correction. Il ne lit pas ce que la personne a écrit."),
            value=typed.get("to_sender", ""),
            errors=wrong.get("id_to_sender", ()),
            attributes={"maxlength": "1000"},
        ),
    ]


def _document(file: InvoiceAttachment, typed: Mapping[str, str]) -> dict[str, Any]:
    """A document with its pages, each of which may get a remark (FRM-07)."""
    shown = min(file.pages, _PAGES_SHOWN)
    places = [(number, f"page-{file.pk}-{number}") for number in range(1, shown + 1)]
    return {
        "file": file,
        "pages": [{"number": number, "place": place, "pin": typed.get(f"pin:{place}", "")} for number, place in places],
        "left_out": file.pages - shown,
    }


def _parts(sections: list[PaperSection], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The form as it was sent, every field and line with a place for a remark (FRM-07)."""
    parts = []
    for section in sections:
        facts = [{"fact": fact, "pin": typed.get(f"pin:{fact.place}", "")} for fact in section.facts]
        lines = []
        if section.table:
            for index in range(len(section.table.rows)):
                place = f"{section.table.name}-{index}"
                label = _("{table}, ligne {number}").format(table=section.title, number=index + 1)
                lines.append({"place": place, "label": label, "pin": typed.get(f"pin:{place}", "")})
        parts.append({"section": section, "facts": facts, "lines": lines})
    return parts


def _lines(
    version: InvoiceVersion, decisions: list[LineDecision], typed: Mapping[str, str]
) -> list[dict[str, Any]]:  # fmt: skip
    """Every computed line: what was asked, what is accepted of it and why not the rest."""
    decided = {decision.place: decision for decision in decisions}
    return [
        {
            "line": line,
            "decision": decided.get(line.key),
            "why": decided[line.key].why if line.key in decided else "",
            "accepted": typed.get(f"accepted:{line.key}", money.format_amount(line.amount)),
            "reason": typed.get(f"why:{line.key}", ""),
            "said": typed.get(f"said:{line.key}", ""),
        }
        for line in asked_lines(version)
    ]


def _timeline(invoice: Invoice, happened: queries.Happened) -> list[Event]:
    """The whole history, with who at the office did what."""
    return [
        Event(at=one.at, title=str(_DESK_ACTS[one.act]), who=one.short_name or invoice.insurer.name, text=one.text)
        for one in happened.events
    ]
