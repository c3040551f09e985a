"""Whatever is typed: there are findings with words, or answers that can be computed, shown, printed and stored."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.formspec import paper, reading, registry, showing
from guichet.formspec.declare import table
from guichet.formspec.findings import words
from guichet.invoices.formtypes.base import AccountFacts, Context
from guichet.kernel.tariffs import published_rates

CONTEXT = Context(
    today=date(2026, 11, 22),
    rates=published_rates(),
    office_code="323",
    beneficiary_known=True,
    account=AccountFacts("CH9300762011623852957", is_qr=False),
    attachments=1,
)
FREE = st.text(max_size=30)
USUAL = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "0.00",
        "1e9",
        "1'234.50",
        "99999999999",
        "100000",
        "0.001",
        "31.2.26",
        "1.1.1900",
        "29.02.2028",
        "31.12.9999",
        "24:00",
        "07:30",
        "7h30",
        "on",
        "True",
        "car",
        "public",
        "return",
        "single",
        "visit",
        "medical",
        "hour",
        "lump",
        "32320260001234",
        "RF18539007547034",
        "NaN",
        "Infinity",
        "٣",
        "²",
        "½",
        "1٫5",
    ]
)
forms = pytest.mark.parametrize("form_type", list(registry.every()), ids=lambda form_type: form_type.code)


def answers_of(asked, usual):
    """A page of this form: mostly answers somebody could have meant, some that nobody could."""
    some = {}
    for name, info in asked.model_fields.items():
        row = table(info)
        if row:
            some[name] = st.lists(answers_of(row, {}), max_size=3)
        else:
            known = [usual[name]] if usual.get(name) else []
            some[name] = st.one_of(*map(st.just, known * 6), USUAL, FREE)
    return st.fixed_dictionaries({}, optional=some)


@forms
@pytest.mark.proves("FRM-04", "SEC-04")
def test_any_answers_are_read_shown_and_printed(form_type):
    example = {name: str(value) for name, value in form_type.example().model_dump(mode="json").items() if value}

    @settings(max_examples=150, derandomize=True, deadline=None, database=None)
    @given(answers_of(form_type, example))
    def reads(raw):
        found = reading.read(form_type, raw, CONTEXT)
        assert all(words(finding) for finding in found.findings)
        showing.sections(form_type, raw, showing.Look(findings=found.findings, previous=raw))
        if found.answers is not None and not found.is_blocked:
            assert found.answers.compute(CONTEXT).total > 0
            paper.sections(found.answers, replaced={})
            stored = json.loads(json.dumps(found.answers.model_dump(mode="json")))
            assert reading.read(form_type, stored, CONTEXT).answers == found.answers

    reads()


@forms
@pytest.mark.proves("FRM-04", "SEC-04")
def test_one_odd_answer_in_a_good_form_is_read_too(form_type):
    """Rows of the example with one answer replaced: the rules and sums are reached."""
    example = form_type.example().model_dump(mode="json")
    tables = {name: rows for name, rows in example.items() if isinstance(rows, list) and rows}
    places = [(name, field) for name in tables for field in sorted(table(form_type.model_fields[name]).model_fields)]
    others = sorted(set(example) - {name for name, info in form_type.model_fields.items() if table(info)})

    @settings(max_examples=150, derandomize=True, deadline=None, database=None)
    @given(st.sampled_from(places), st.one_of(USUAL, FREE), st.sampled_from(others), USUAL)
    def reads(place, text, other, more):
        name, field = place
        first = {key: str(value) for key, value in tables[name][0].items() if value is not None} | {field: text}
        raw = example | {name: [first, *tables[name][1:]], other: more}
        found = reading.read(form_type, raw, CONTEXT)
        assert all(words(finding) for finding in found.findings)
        if found.answers is not None and not found.is_blocked:
            assert found.answers.compute(CONTEXT).total > 0
            paper.sections(found.answers, replaced={})

    reads()
