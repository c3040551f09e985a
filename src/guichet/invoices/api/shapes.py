"""What goes into the interface and comes out of it. Dates are ISO 8601, amounts CHF as text with two places."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field


class FormTypeOut(Schema):
    """An official form. `answers` of an invoice follow `schema`; texts in any usual Swiss spelling are read too."""

    code: str
    edition: str
    title: str
    answers_schema: dict[str, Any]


class AccountOut(Schema):
    """A bank account of the company; `value` is what `answers.account` wants."""

    value: str
    iban: str
    holder: str


class BeneficiaryOut(Schema):
    """An insured person of the company; `id` is what `answers.beneficiary` wants."""

    id: UUID
    last_name: str
    first_name: str
    avs_number: str
    birth_date: date
    postcode: str
    town: str


class BeneficiaryIn(Schema):
    """A new insured person."""

    last_name: str = Field(max_length=200)
    first_name: str = Field(max_length=200)
    street: str = Field(max_length=200)
    house_no: str = Field("", max_length=50)
    postcode: str = Field(max_length=50)
    town: str = Field(max_length=100)
    country: str = Field("CH", max_length=2)
    birth_date: str = Field(max_length=20)
    sex: str = Field(max_length=1, description="m or f, as in the AVS register")
    avs_number: str = Field(max_length=30)
    representative_name: str = Field("", max_length=200)
    representative_address: str = Field("", max_length=200)
    payment_reference: str = Field("", max_length=50)
    iban: str = Field("", max_length=50)
    holder: str = Field("", max_length=100)


class BeneficiaryPage(Schema):
    """Fifty at a time; `next` begins the following page, empty at the end."""

    items: list[BeneficiaryOut]
    next: str


class DraftIn(Schema):
    """A new invoice, not yet sent. Answers of a wrong kind are kept and reported by the checks."""

    form: str = Field(max_length=12)
    answers: dict[str, Any] = Field(default_factory=dict)


class AnswersIn(Schema):
    """All answers anew; `draft_no` is the saving they stand on."""

    draft_no: int = Field(ge=0, le=100_000_000)
    answers: dict[str, Any]


class SendIn(Schema):
    """`draft_no` is the saving that is sent; `answers` holds « I know, because… » for each warning by "code@place"."""

    draft_no: int = Field(ge=0, le=100_000_000)
    answers: dict[str, str] = Field(default_factory=dict)


class InvoiceOut(Schema):
    """An invoice and where it stands."""

    id: UUID
    form: str
    edition: str
    number: str
    status: str
    draft_no: int
    total: str | None
    beneficiary: UUID | None
    decision_number: str
    period_from: date | None
    period_to: date | None
    sent_at: datetime | None
    changed_at: datetime
    message: str


class InvoicePage(Schema):
    """Fifty at a time, the latest first; `next` begins the following page, empty at the end."""

    items: list[InvoiceOut]
    next: str


class FindingOut(Schema):
    """What a check says: `blocking` keeps the invoice from being sent, a `warning` wants an answer."""

    code: str
    level: str
    place: str
    text: str
    source: str


class CheckOut(Schema):
    """The result of all checks of the saved draft."""

    sendable: bool
    total: str | None
    findings: list[FindingOut]


class DocumentOut(Schema):
    """A file that was attached."""

    id: UUID
    name: str
    pages: int
    state: str


class ErrorOut(Schema):
    """Why something was not done."""

    code: str
    text: str
    findings: list[FindingOut] = Field(default_factory=list)
