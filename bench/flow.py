"""One complete sending, as a bookkeeper's browser does it: form page, draft, upload, check, confirm, send."""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pikepdf

from bench.visitor import NoAnswer

if TYPE_CHECKING:
    from bench.visitor import Answer, Visitor

FORM: Final = "318.632"
_ACCOUNT: Final = re.compile(r'<option value="(company:[0-9a-f-]+)"')
_PEOPLE: Final = re.compile(r'<option value="([0-9a-f]{8}-[0-9a-f-]+)"')
_SEND: Final = re.compile(r'name="token" value="([^"]+)"')
_VERSION: Final = re.compile(r'name="draft_no" value="(\d+)"')
_WARNING: Final = re.compile(r'name="(answer:[^"]+)"')


class Failed(Exception):
    """A step of a flow was not answered as it must be: the figure is worth nothing."""


@dataclass(frozen=True)
class Choices:
    """What the form offers this company."""

    people: tuple[str, ...]
    account: str


def document(kilobytes: int = 200) -> bytes:
    """A PDF of this size that nothing can shrink: a page with a grey picture of noise, always the same."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    side = int((kilobytes * 1024 - 1500) ** 0.5)
    noise = pdf.make_stream(random.Random(2).randbytes(side * side))
    noise.Type, noise.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    noise.Width, noise.Height, noise.BitsPerComponent = side, side, 8
    noise.ColorSpace = pikepdf.Name.DeviceGray
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=noise))
    page.Contents = pdf.make_stream(b"q 400 0 0 400 90 300 cm /Picture Do Q")
    out = io.BytesIO()
    pdf.save(out, static_id=True)
    return out.getvalue()


def choices(visitor: Visitor) -> Choices:
    """The company's beneficiaries and account, read from the page of a draft."""
    opened = expect(visitor.post(f"/{visitor.slug}/factures/nouvelle/{FORM}/", {}), 302)
    page = expect(visitor.get(opened.location), 200).text
    account = _ACCOUNT.search(page)
    assert account, "the company has no account"
    return Choices(tuple(dict.fromkeys(_PEOPLE.findall(page))), account.group(1))


def answers(beneficiary: str, account: str, *, draft_no: str) -> dict[str, str]:
    """A month of speech therapy, typed."""
    return {
        "draft_no": draft_no,
        "beneficiary": beneficiary,
        "account": account,
        "decision": "32320260001234",
        "period_from": "01.05.2026",
        "period_to": "31.05.2026",
        "service": "medical",
        "supplier_number": "2026-0512",
        "supplier_date": "02.06.2026",
        "lines-0-on": "05.05.2026",
        "lines-0-description": "Logopédie",
        "lines-0-quantity": "2",
        "lines-0-unit": "hour",
        "lines-0-price": "145.00",
        "lines-1-on": "12.05.2026",
        "lines-1-description": "Rapport",
        "lines-1-quantity": "1",
        "lines-1-unit": "lump",
        "lines-1-price": "80.50",
        "remark": "",
    }


def prepare(visitor: Visitor, pdf: bytes, beneficiary: str, account: str) -> list[tuple[str, Answer]]:
    """Everything but the last click; the answers by the name of their step, the confirmation last."""
    steps = [("new", visitor.post(f"/{visitor.slug}/factures/nouvelle/{FORM}/", {"beneficiary": beneficiary}))]
    case = expect(steps[0][1], 302).location.removesuffix("saisie/")
    steps.append(("form", expect(visitor.get(f"{case}saisie/"), 200)))
    typed = answers(beneficiary, account, draft_no=draft_no(steps[-1][1]))
    steps.append(("draft", expect(visitor.post(f"{case}brouillon/", typed), 200)))
    steps.append(("upload", expect(visitor.upload(f"{case}pieces/", pdf), 200)))
    number = str(int(typed["draft_no"]) + 1)
    steps.append(("check", expect(visitor.post(f"{case}saisie/", {**typed, "draft_no": number, "do": "check"}), 303)))
    steps.append(("confirm", expect(visitor.get(f"{case}confirmer/"), 200)))
    return steps


def draft_no(page: Answer) -> str:
    """Which saving of the draft the page shows."""
    return _found(_VERSION, page)


def last_click(confirmation: Answer) -> dict[str, str]:
    """The form of the confirmation, filled in."""
    reasons = dict.fromkeys(_WARNING.findall(confirmation.text), "Vérifié avec la décision")
    return {"token": _found(_SEND, confirmation), **reasons}


def whole(visitor: Visitor, pdf: bytes, beneficiary: str, account: str) -> list[tuple[str, Answer]]:
    """From opening to sent."""
    steps = prepare(visitor, pdf, beneficiary, account)
    case = steps[0][1].location.removesuffix("saisie/")
    sent = visitor.post(f"{case}confirmer/", last_click(steps[-1][1]))
    steps.append(("send", expect(sent, 303)))
    if "deja" in sent.headers.get("Location", ""):
        raise Failed("sent before")
    return steps


def expect(answer: Answer, status: int) -> Answer:
    """The answer, if it has this status. Raises `Failed`."""
    if answer.status != status:
        raise Failed(f"{answer.status} instead of {status}: {answer.text[:300]}")
    return answer


def _found(pattern: re.Pattern[str], answer: Answer) -> str:
    found = pattern.search(answer.text)
    if not found:
        raise NoAnswer("the page was cut")
    return found.group(1)
