"""The official forms, one per file. Importing this package publishes them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.formspec import registry
from guichet.invoices.formtypes import (
    f_300_001,
    f_318_536,
    f_318_632,
    f_318_632_1,
    f_318_632_2,
    f_318_635,
    f_318_636,
    f_318_637,
    f_318_638,
    f_318_639,
)

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "f_300_001",
    "f_318_536",
    "f_318_632",
    "f_318_632_1",
    "f_318_632_2",
    "f_318_635",
    "f_318_636",
    "f_318_637",
    "f_318_638",
    "f_318_639",
    "offered",
]


def offered(chosen: Collection[str], *, of: Collection[str] | None = None) -> list[str]:
    """The codes an insurer offers: those of its setting `invoice_forms`, or all if it chose none.

    `of`: only these of them, for who uses no others (setting `individual_forms`).
    """
    codes = [code for code in registry.codes() if not chosen or code in chosen]
    return codes if of is None else [code for code in codes if code in of]
