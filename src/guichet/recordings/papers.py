"""What the recordings put on paper: chain of custody, certificate, letter. The words come with the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet import printing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from guichet.tenancy.models import Insurer

TEMPLATE: Final = "recordings/paper"
printing.register(TEMPLATE, Path(__file__).parent / "print" / "paper.typ")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One document. `groups` are (title, [(label, value)]), `tables` come from `table`."""

    title: str
    created_at: datetime
    lead: str = ""
    addressee: str = ""
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    tables: Sequence[dict[str, Any]] = ()
    paragraphs: Sequence[str] = field(default_factory=tuple)


def table(title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """A table of (label, width in mm) columns; 170 mm in all."""
    return {
        "title": title,
        "columns": [{"label": label, "width": width, "align": "left"} for label, width in columns],
        "rows": [list(row) for row in rows],
        "footer": [],
        "tight": True,
        "long": True,
        "none": _("Aucune ligne"),
    }


def pdf(paper: Paper, *, insurer: Insurer, language: str) -> bytes:
    """The document as PDF/A. Raises `printing.PrintFailed`."""
    with override(language):
        data = {
            "title": paper.title,
            "created_at": paper.created_at.isoformat(),
            "lead": paper.lead,
            "addressee": paper.addressee,
            "insurer": {"name": insurer.name, "lines": _address(insurer)},
            "groups": [
                {"title": title, "facts": [{"label": label, "value": value} for label, value in facts]}
                for title, facts in paper.groups
            ],
            "tables": list(paper.tables),
            "paragraphs": list(paper.paragraphs),
            "page": _("Page {page}/{pages}"),
        }
    return printing.pdf(TEMPLATE, data=data, language=language)


def _address(insurer: Insurer) -> list[str]:
    known = insurer.address
    lines = (
        f"{known.get('street', '')} {known.get('house_no', '')}".strip(),
        f"{known.get('postcode', '')} {known.get('town', '')}".strip(),
        insurer.phone,
    )
    return [line for line in lines if line]
