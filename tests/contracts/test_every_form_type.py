"""What every form type must be able to do. A new form type is tested by existing.

A new edition: `python -m tests.contracts.editions` adds it to `editions.lock`. A published one is never
written anew: it must stay what it was, a change is a new edition.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guichet import invoices
from guichet.formspec import paper, reading, registry, showing
from guichet.formspec.declare import table
from guichet.formspec.findings import words
from guichet.invoices.formtypes.base import AccountFacts, Context
from guichet.kernel.tariffs import published_rates
from tests.contracts.editions import added

LOCK = Path(invoices.__file__).parent / "formtypes" / "editions.lock"
every_form_type = pytest.mark.parametrize(
    "form_type", list(registry.every()), ids=lambda form_type: f"{form_type.code} {form_type.edition}"
)
CONTEXT = Context(
    today=date(2026, 11, 22),
    rates=published_rates(),
    office_code="323",
    beneficiary_known=True,
    account=AccountFacts("CH9300762011623852957", is_qr=False),
    attachments=1,
)

pytestmark = pytest.mark.proves("FRM-01")


@every_form_type
def test_the_example_passes_all_checks(form_type):
    raw = form_type.example().model_dump(mode="json")
    read = reading.read(form_type, raw, CONTEXT)
    assert [words(finding) for finding in read.findings] == []


@every_form_type
def test_the_example_survives_page_and_storage(form_type):
    example = form_type.example()
    posted = {}
    for name, value in example.model_dump(mode="json").items():
        if isinstance(value, list):
            posted |= {
                f"{name}-{i}-{k}": str(v) for i, row in enumerate(value) for k, v in row.items() if v is not None
            }
        elif value is not None:
            posted[name] = str(value)
    assert reading.read(form_type, reading.nest(posted, form_type), CONTEXT).answers == example
    assert form_type.model_validate_json(example.model_dump_json()) == example


@every_form_type
@pytest.mark.proves("FRM-04")
def test_each_required_field_is_required_with_its_own_name(form_type):
    for name, info in form_type.model_fields.items():
        if not info.is_required() or table(info):
            continue
        raw = form_type.example().model_dump(mode="json") | {name: ""}
        read = reading.read(form_type, raw, CONTEXT)
        label = form_type.asks()[name].label
        assert [(finding.place, words(finding)) for finding in read.findings] == [
            (name, f"Le champ {label} est obligatoire.")
        ]


@every_form_type
def test_page_and_paper_show_every_question(form_type):
    shown = showing.sections(form_type, form_type.example().model_dump(mode="json"), showing.Look())
    names = {view.name for section in shown for view in section.fields}
    tables = {section.table.name for section in shown if section.table}
    assert names | tables == set(form_type.model_fields)
    assert paper.sections(form_type.example(), replaced={}) != []


@every_form_type
def test_unknown_answers_are_left_out(form_type):
    assert "status" not in reading.nest({"status": "accepted", "tenant": "2"}, form_type)


@every_form_type
def test_a_published_edition_never_changes(form_type):
    assert f"{form_type.code} {form_type.edition} {form_type.digest()}" in LOCK.read_text().splitlines()


def test_the_lock_takes_new_editions_and_keeps_published_ones():
    assert added("318.632 2026-01 aa\n", {"318.632 2026-01": "bb", "300.001 2026-01": "cc"}) == (
        "300.001 2026-01 cc\n318.632 2026-01 aa\n"
    )


@every_form_type
@pytest.mark.proves("INV-05")
def test_the_official_title_is_known_in_four_languages(form_type):
    assert sorted(form_type.official_titles) == ["de", "en", "fr", "it"]
    assert [code for code, title in form_type.official_titles.items() if not title.strip()] == []


@every_form_type
def test_what_a_published_edition_promises_changes_its_digest(form_type):
    changed = type("Changed", (form_type,), {"sections": form_type.sections[1:], "__module__": __name__})
    assert changed.digest() != form_type.digest()
