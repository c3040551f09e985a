"""Every field of every table says whether it is personal: `docs/personal-data.toml`, read before any copy is made.

`scrubbed`: says something about a person, or could; a copy for tests gets invented values. `kept`: says nothing.
`figure`: an amount or a date that says nothing once the person is erased.
A new field belongs in the file before it belongs in a table.
"""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps

LISTING = Path(__file__).resolve().parents[2] / "docs" / "personal-data.toml"


def _fields():
    return {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in apps.get_models()
        if model.__module__.startswith("guichet.")
    }


def _listed():
    return tomllib.loads(LISTING.read_text())


@pytest.mark.proves("SEC-06")
def test_every_field_is_listed():
    listed = {table: set(fields) for table, fields in _listed().items()}
    assert listed == _fields()


def test_every_field_is_kept_scrubbed_or_a_figure():
    assert {state for fields in _listed().values() for state in fields.values()} == {"kept", "scrubbed", "figure"}


def test_what_names_a_person_is_scrubbed():
    telling = {"email", "first_name", "last_name", "mobile", "avs_number", "iban", "street", "ip", "password"}
    kept = {
        f"{table}.{field}"
        for table, fields in _listed().items()
        for field, state in fields.items()
        if field in telling and state == "kept" and table != "tenancy_insurer"
    }
    assert kept == set()
