"""How the tests of form types read a form: what was typed, with what is known, to findings and amounts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from guichet.formspec import reading
from guichet.formspec.findings import words
from guichet.invoices.formtypes.base import AccountFacts, Context, Earlier, Granted, InvoiceForm
from guichet.kernel import money
from guichet.kernel.tariffs import published_rates

if TYPE_CHECKING:
    from guichet.formspec.declare import FormType
    from guichet.kernel.findings import Finding

HEADER = {"beneficiary": "b", "account": "beneficiary", "decision": "32320260001234"}


def context(**facts: Any) -> Context:
    """An office of Valais on 22.11.2026, everything in order unless said otherwise."""
    usual: dict[str, Any] = {
        "today": date(2026, 11, 22),
        "rates": published_rates(),
        "office_code": "323",
        "beneficiary_known": True,
        "account": AccountFacts("CH9300762011623852957", is_qr=False),
        "attachments": 1,
    }
    return Context(**(usual | facts))


def granted(**terms: str) -> Granted:
    """A decision as the office entered it."""
    return Granted("32320260001234", date(2020, 1, 1), None, frozenset(), terms)


def earlier(code: str, *tags: str, status: str = "accepted") -> Earlier:
    """An earlier invoice of the same person that says this of itself."""
    day = date(2026, 1, 31)
    return Earlier(code, day, day, money.ZERO, status, day, own=True, tags=frozenset(tags))


def findings(form_type: type[FormType], raw: dict[str, Any], **facts: Any) -> list[Finding]:
    """Everything the checks say."""
    return list(reading.read(form_type, HEADER | raw, context(**facts)).findings)


def said(form_type: type[FormType], raw: dict[str, Any], **facts: Any) -> list[tuple[str, str]]:
    """Code and place of everything the checks say."""
    return [(finding.code, finding.place) for finding in findings(form_type, raw, **facts)]


def answers(form_type: type[FormType], raw: dict[str, Any], **facts: Any) -> InvoiceForm:
    """The typed answers of a form that nothing blocks."""
    read = reading.read(form_type, HEADER | raw, context(**facts))
    assert not read.is_blocked, [words(finding) for finding in read.findings]
    assert isinstance(read.answers, InvoiceForm)
    return read.answers


def total(form_type: type[FormType], raw: dict[str, Any], **facts: Any) -> str:
    """The total in CHF of a form that nothing blocks."""
    return str(answers(form_type, raw, **facts).compute(context(**facts)).total)
