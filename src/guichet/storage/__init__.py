"""Files: kept encrypted, scanned for viruses, looked into by a child process.

What needs the database is loaded on first use, so that this package can be imported before Django is ready and
by the child process, which has no Django at all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from guichet.storage.errors import (
    Corrupt,
    Destroyed,
    NoRoom,
    NotHolder,
    OtherContent,
    StorageError,
    TooLarge,
    Unfinished,
    Unreadable,
)

if TYPE_CHECKING:
    from guichet.storage.custody import hand_over, move
    from guichet.storage.destructions import destroy_for_ever
    from guichet.storage.inspection.codes import Refusal
    from guichet.storage.inspection.door import Inspection, inspect_document, preview, read_qr
    from guichet.storage.names import clean_display_name
    from guichet.storage.parts import Part, begin, checksum, finish, part_length
    from guichet.storage.scanning.door import scan
    from guichet.storage.scanning.verdict import Verdict
    from guichet.storage.store import destroy, open_object, put, read, read_range, retire_keys, rotate_key
    from guichet.storage.sweep import sweep_orphans
    from guichet.storage.texts import open_text, seal_text
    from guichet.storage.writing import Writer

__all__ = [
    "Corrupt",
    "Destroyed",
    "Inspection",
    "NoRoom",
    "NotHolder",
    "OtherContent",
    "Part",
    "Refusal",
    "StorageError",
    "TooLarge",
    "Unfinished",
    "Unreadable",
    "Verdict",
    "Writer",
    "begin",
    "checksum",
    "clean_display_name",
    "destroy",
    "destroy_for_ever",
    "finish",
    "hand_over",
    "inspect_document",
    "move",
    "open_object",
    "open_text",
    "part_length",
    "preview",
    "put",
    "read",
    "read_qr",
    "read_range",
    "retire_keys",
    "rotate_key",
    "scan",
    "seal_text",
    "sweep_orphans",
]

_PLACES: Final = {
    "Inspection": "inspection.door",
    "Part": "parts",
    "Refusal": "inspection.codes",
    "Verdict": "scanning.verdict",
    "Writer": "writing",
    "begin": "parts",
    "checksum": "parts",
    "clean_display_name": "names",
    "destroy": "store",
    "destroy_for_ever": "destructions",
    "finish": "parts",
    "hand_over": "custody",
    "inspect_document": "inspection.door",
    "move": "custody",
    "open_object": "store",
    "open_text": "texts",
    "part_length": "parts",
    "preview": "inspection.door",
    "put": "store",
    "read": "store",
    "read_qr": "inspection.door",
    "read_range": "store",
    "retire_keys": "store",
    "rotate_key": "store",
    "scan": "scanning.door",
    "seal_text": "texts",
    "sweep_orphans": "sweep",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
