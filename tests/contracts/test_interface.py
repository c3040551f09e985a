"""The interface's document is OpenAPI 3.1 and what was promised: a change is a change of the file, seen by a reviewer.

After a change: `python -m tests.contracts.test_interface` writes it anew; read the difference.
"""

import json
from pathlib import Path

import pytest

SNAPSHOT = Path(__file__).with_name("openapi.json")


def _document():
    from guichet.invoices.api.service import api

    document = api.get_openapi_schema(path_prefix="/{slug}/api/v1/")
    return json.dumps(document, indent=1, sort_keys=True, default=str) + "\n"


@pytest.mark.proves("INV-14")
def test_the_document_is_what_was_promised():
    assert SNAPSHOT.read_text() == _document()


def test_the_document_is_whole():
    document = json.loads(_document())
    assert document["openapi"].startswith("3.1.")
    assert set(document) >= {"info", "paths", "components"}
    known = document["components"]["schemas"]
    named = [part.split('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]]
    assert set(named) - set(known) == set()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for operation in operations:
        assert operation["security"]
        assert {"401", "403", "429"} <= operation["responses"].keys()


if __name__ == "__main__":
    import django

    django.setup()
    SNAPSHOT.write_text(_document())
