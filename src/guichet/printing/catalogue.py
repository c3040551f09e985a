"""Which printed documents exist. A system adds its own with `register` when it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True)
class Document:
    """A kind of document: its typst file, what completes its data, and the key of the date it bears."""

    path: Path
    prepare: Callable[[Mapping[str, object], str], dict[str, object]]
    dated_by: str


_documents: dict[str, Document] = {}


def register(
    name: str,
    path: Path,
    *,
    prepare: Callable[[Mapping[str, object], str], dict[str, object]] = lambda data, _language: dict(data),
    dated_by: str = "created_at",
) -> None:
    """Make `path` known as template `name` ("invoices/statement").

    The file may `#import "house.typ": *` and reads its data with `json("data.json")`; no other file exists for it.
    `prepare(data, language)` returns the complete data, fixed words included. `dated_by` names the datum (ISO 8601
    with offset) that becomes the document's date: the same data give the same bytes. Raises `ValueError` for a name
    already given to another file.
    """
    if name in _documents and _documents[name].path != path:
        raise ValueError(f"template {name} is {_documents[name].path.name} already")
    _documents[name] = Document(path, prepare, dated_by)


def find(name: str) -> Document:
    """The document of this name; raises `LookupError`."""
    try:
        return _documents[name]
    except KeyError:
        raise LookupError(f"no printed document is called {name}") from None


@cache
def source(path: Path) -> str:
    """A template's text; templates do not change while the process runs."""
    return path.read_text(encoding="utf-8")
