"""Our own scripts show text as text: what turns words into markup or code stands where it is known alone."""

import re
from pathlib import Path

import pytest

DANGEROUS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|__proto__")
KNOWN = {"invoices/static/invoices/entry.js"}  # a fragment our own server rendered, into an inert template


@pytest.mark.proves("SEC-05")
def test_text_is_shown_as_text():
    root = Path("src/guichet")
    scripts = [file for file in root.glob("*/static/**/*.js") if "vendor" not in file.parts]
    found = {str(file.relative_to(root)) for file in scripts if DANGEROUS.search(file.read_text())}
    assert (found, len(scripts) > len(KNOWN)) == (KNOWN, True)
