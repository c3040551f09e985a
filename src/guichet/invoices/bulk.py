"""A database full of invoices, for measurements: one statement per table, every constraint and row policy holding."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from guichet.invoices.actions.figures import close_days
from guichet.invoices.models import FiguresThrough, Invoice, InvoiceDay
from guichet.invoices.states import Status

_PER_STATEMENT: Final = 100_000

_INVOICES: Final = """
INSERT INTO invoices_invoice (
    id, insurer_id, affiliation_id, form_code, edition, raw, draft_no, responsible_id, created_at, modified_at, number,
    version_no, sent_at, changed_at, opened_at, decided_by_id, message, status, beneficiary_id, account_id,
    decision_number, period_from, period_to, total, avs_number, tags, answered, flags, reasons)
SELECT gen_random_uuid(), i.insurer_id, i.affiliation_id, i.form_code, i.edition, '{}', 1, i.responsible_id, moment,
    moment,
    %(prefix)s || to_char(n, 'FM00000000'), 1, moment, moment, moment, NULL, '',
    CASE WHEN n %% 20 = 0 THEN 'in_review' WHEN n %% 20 = 1 THEN 'withdrawn' ELSE 'paid' END,
    people.ids[1 + n %% people.many], i.account_id, i.decision_number, moment::date - 40, moment::date - 10,
    10 + (n %% 90000) / 100.0, people.numbers[1 + n %% people.many], '{}', 0, '{}', '{}'
FROM generate_series(%(first)s::int, %(last)s::int) AS n
CROSS JOIN LATERAL (SELECT %(until)s::timestamptz - n * interval '37 seconds' AS moment) AS m
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids, array_agg(avs_number ORDER BY id) AS numbers,
                   count(*)::int AS many
            FROM invoices_beneficiary WHERE affiliation_id = %(affiliation)s) AS people
JOIN invoices_invoice AS i ON i.id = %(example)s
"""

_VERSIONS: Final = """
INSERT INTO invoices_invoiceversion (
    id, insurer_id, case_id, no, idempotency_key, draft_no, answers, computed, snapshot, warnings, content_hash,
    receipt_code, language, sent_at, sent_by_id, pdf_id)
SELECT gen_random_uuid(), i.insurer_id, i.id, 1, gen_random_uuid(), 1, v.answers, v.computed, v.snapshot, '[]',
    v.content_hash, 'B' || substr(md5(i.id::text), 1, 19), 'fr', i.sent_at, i.responsible_id, NULL
FROM invoices_invoice AS i
JOIN invoices_invoiceversion AS v ON v.case_id = %(example)s AND v.no = 1
WHERE i.insurer_id = v.insurer_id AND i.number BETWEEN %(prefix)s || to_char(%(first)s::int, 'FM00000000')
    AND %(prefix)s || to_char(%(last)s::int, 'FM00000000')
"""

_EVENTS: Final = """
INSERT INTO invoices_invoiceevent (id, insurer_id, at, act, person_id, side, text, case_id, amount)
SELECT gen_random_uuid(), i.insurer_id, e.at, e.act, i.responsible_id, e.side, '', i.id, e.amount
FROM invoices_invoice AS i
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(i.id::text), 1, 4))::bit(16)::int AS dice) AS d
CROSS JOIN LATERAL (VALUES
    (i.sent_at, 'sent', 'partner', i.total),
    (i.sent_at + LEAST(interval '20 days', %(until)s::timestamptz - i.sent_at) * (d.dice %% 20 / 20.0),
     CASE d.dice %% 11 WHEN 0 THEN 'ask_correction' WHEN 1 THEN 'refuse' ELSE 'accept' END, 'staff', i.total)
) AS e (at, act, side, amount)
WHERE i.insurer_id = %(insurer)s AND (e.act = 'sent' OR i.status = 'paid')
    AND i.number BETWEEN %(prefix)s || to_char(%(first)s::int, 'FM00000000')
    AND %(prefix)s || to_char(%(last)s::int, 'FM00000000')
"""


def fill(*, count: int) -> None:
    """`count` more invoices of the company with the most invoices of the current tenant, each with its version.

    Their history is in it too, and the days that are over are counted anew.
    """
    example = Invoice.objects.filter(status=Status.IN_REVIEW, version_no=1).order_by("-sent_at", "id")[0]
    start = Invoice.objects.filter(number__startswith=_prefix(example)).count()
    for first in range(start + 1, start + count + 1, _PER_STATEMENT):
        last = min(first + _PER_STATEMENT - 1, start + count)
        facts: dict[str, Any] = {
            "prefix": _prefix(example),
            "first": first,
            "last": last,
            "until": timezone.now(),
            "affiliation": example.affiliation_id,
            "example": example.pk,
            "insurer": example.insurer_id,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_INVOICES, facts)
            cursor.execute(_VERSIONS, facts)
            cursor.execute(_EVENTS, facts)
    InvoiceDay.objects.filter(insurer=example.insurer).delete()
    FiguresThrough.objects.filter(insurer=example.insurer).delete()
    close_days(example.insurer)


def _prefix(example: Invoice) -> str:
    return f"{example.insurer.number_prefix}-2024-B"
