"""What is typed into a form in a test, and what its page says of it: the messages, and what stands in a control."""

from __future__ import annotations

import html
import re

HOSTILE = (
    "\x00",
    "\ufffe\u202e\u200b",
    "<script>alert(1)</script>",
    "'; DROP TABLE invoices_invoice; --",
    "{{ 7*7 }}{% debug %}",
    "=cmd|'/c calc'!A1",
    "9" * 5_000,
    "٣٤٥٦",
    "1e999999",
    "-0",
    "NaN",
    "é" * 2_000,
    "%00%0d%0aSet-Cookie: x=1",
)
"""What nobody should be able to break a page with."""


def summary(response):
    """The words of the summary of errors."""
    found = re.search(r'id="errorsummary".*?</ul>', response.content.decode(), re.DOTALL)
    return [plain(text) for text in re.findall(r"<li>(.*?)</li>", found.group(), re.DOTALL)] if found else []


def beside(response, name):
    """What stands under a field."""
    found = re.search(rf'id="id_{re.escape(name)}_error".*?</span></span>', response.content.decode(), re.DOTALL)
    return plain(found.group().split(">", 1)[1]) if found else ""


def plain(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def shown(response, name):
    """What is in a control."""
    page = response.content.decode()
    found = re.search(rf'<(input|textarea|select)\b[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert found, name
    tag = found.group()
    if found.group(1) == "textarea":
        return html.unescape(page[found.end() :].split("</textarea>")[0]).removeprefix("\n")
    if found.group(1) == "select":
        chosen = re.search(r'<option value="([^"]*)" selected>', page[found.end() :].split("</select>")[0])
        return html.unescape(chosen.group(1)) if chosen else ""
    value = re.search(r'value="([^"]*)"', tag)
    return html.unescape(value.group(1)) if value else ""


def posted(invoice, **changes):
    """What the page of this draft would post."""
    fields = {"draft_no": str(invoice.draft_no)}
    for name, value in invoice.raw.items():
        if isinstance(value, list):
            fields |= {f"{name}-{index}-{part}": said for index, row in enumerate(value) for part, said in row.items()}
        else:
            fields[name] = value
    ticks = {name: "on" for name, value in fields.items() if value == "True"}
    return {name: value for name, value in (fields | ticks | changes).items() if value != "False"}
