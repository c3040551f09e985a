"""Files: kept encrypted, scanned for viruses, looked into by a child process.

What needs the database is loaded on first use, so that this package can be imported before Django is ready and
by the child process, which has no Django at all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from guichet.storage.errors import Corrupt, Destroyed, StorageError, TooLarge, Unreadable

if TYPE_CHECKING:
    from guichet.storage.inspection.codes import Refusal
    from guichet.storage.inspection.door import Inspection, inspect_document, preview, read_qr
    from guichet.storage.names import clean_display_name
    from guichet.storage.scanning.door import scan
    from guichet.storage.scanning.verdict import Verdict
    from guichet.storage.store import destroy, open_object, put, read, rotate_key
    from guichet.storage.sweep import sweep_orphans

__all__ = [
    "Corrupt",
    "Destroyed",
    "Inspection",
    "Refusal",
    "StorageError",
    "TooLarge",
    "Unreadable",
    "Verdict",
    "clean_display_name",
    "destroy",
    "inspect_document",
    "open_object",
    "preview",
    "put",
    "read",
    "read_qr",
    "rotate_key",
    "scan",
    "sweep_orphans",
]

_PLACES: Final = {
    "Inspection": "inspection.door",
    "Refusal": "inspection.codes",
    "Verdict": "scanning.verdict",
    "clean_display_name": "names",
    "destroy": "store",
    "inspect_document": "inspection.door",
    "open_object": "store",
    "preview": "inspection.door",
    "put": "store",
    "read": "store",
    "read_qr": "inspection.door",
    "rotate_key": "store",
    "scan": "scanning.door",
    "sweep_orphans": "sweep",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
