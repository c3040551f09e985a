"""One table of formats, obeyed by Python and by JavaScript (USE-05)."""

import base64
import json
import os
import shutil
import subprocess
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from guichet.kernel.findings import Invalid
from guichet.kernel.formats import TODAY, VECTORS, canonical, display

JS = Path(__file__).parents[2] / "ui/static/ui/js/formats.js"
RUN = """
async ([source, table]) => {
  const formats = await import(source);
  return table.rows.filter((row) => !row.python_only).map((row) => {
    let result = { canonical: "", display: "", error: "" };
    try {
      const canonical = formats.parse(row.kind, row.input, table.today);
      result = { canonical, display: formats.format(row.kind, canonical), error: "" };
    } catch (error) {
      if (!(error instanceof formats.Invalid)) throw error;
      result.error = error.code;
    }
    return [row.kind, row.input, result.canonical, result.display, result.error];
  });
}
"""
LONE_VALUES = """
async ([source]) => {
  const formats = await import(source);
  return [
    formats.isQrIban("CH4431999123000889012"), formats.isQrIban("CH9300762011623852957"),
    formats.toRappen("1234.50"), formats.fromRappen(123450), formats.fromRappen(5), formats.fromRappen(-5),
    formats.parseDate("1.1.27", "2026-11-22", 0), formats.parseDate("1.1.26", "2026-11-22", 0),
    new formats.Invalid("avs.length", { length: 3 }).params.length,
  ];
}
"""


def table():
    return json.loads(files("guichet.kernel").joinpath("vectors/formats.json").read_text("utf-8"))


def in_node(node, function, arguments):
    script = f"console.log(JSON.stringify(await ({function})({json.dumps(arguments)})))"
    command = [node, "--input-type=module", "-e", script]
    return json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60).stdout)


def in_chromium(function, arguments):
    """The same in a blank page of the browser that the journeys use; no server, no network."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("GUICHET_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            return browser.new_page().evaluate(function, arguments)
        finally:
            browser.close()


def in_javascript(function, *arguments):
    """Run by node where there is one, else by Chromium; `GUICHET_JS=chromium` chooses the browser."""
    source = "data:text/javascript;base64," + base64.b64encode(JS.read_bytes()).decode()
    node = shutil.which("node") if os.environ.get("GUICHET_JS") != "chromium" else None
    everything = [source, *arguments]
    return in_node(node, function, everything) if node else in_chromium(function, everything)


@pytest.mark.proves("UIX-01", "USE-05")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector.kind}:{vector.input!a}")
def test_python_obeys_the_table(vector):
    try:
        value = canonical(vector.kind, vector.input, today=TODAY)
        result = (value, display(vector.kind, value), "")
    except Invalid as error:
        result = ("", "", error.code)
    assert result == (vector.canonical, vector.display, vector.error)


@pytest.mark.proves("UIX-01", "USE-05")
def test_javascript_obeys_the_table():
    expected = [
        [vector.kind, vector.input, vector.canonical, vector.display, vector.error]
        for vector in VECTORS
        if not vector.python_only
    ]
    assert in_javascript(RUN, table()) == expected


def test_javascript_helpers_agree_with_the_kernel():
    assert in_javascript(LONE_VALUES) == [
        True, False, 123450, "1234.50", "0.05", "-0.05", "1927-01-01", "2026-01-01", 3,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "vector", [vector for vector in VECTORS if vector.display], ids=lambda vector: ascii(vector.input)
)
def test_what_is_shown_can_be_typed_again(vector):
    assert canonical(vector.kind, vector.display, today=TODAY) == vector.canonical


def test_table_has_accepted_and_refused_rows_of_every_kind():
    accepted = Counter(vector.kind for vector in VECTORS if not vector.error)
    refused = Counter(vector.kind for vector in VECTORS if vector.error)
    assert set(accepted) == set(refused) == {
        "amount", "avs", "canton", "date", "decision", "gln", "iban", "nif", "period", "phone", "qrr", "scor", "time",
        "uid", "zsr",
    }  # fmt: skip
    assert len(VECTORS) >= 150


def test_table_has_no_row_twice():
    assert [row for row, count in Counter((vector.kind, vector.input) for vector in VECTORS).items() if count > 1] == []
