"""An extract about a few objects, with the links of the chain and its anchors: for a court, who checks it (REC-14)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from guichet.audit.anchor import anchors
from guichet.audit.canonical import CANONICAL
from guichet.audit.reader import snapshot
from guichet.audit.record import record
from guichet.audit.sealing import seal_pending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.audit.record import Who

MOST: Final = 20_000  # entries
_FOUND: Final = (
    f"SELECT convert_from({CANONICAL}, 'UTF8'), s.seq, encode(s.prev_hash, 'hex'), encode(s.hash, 'hex')"  # noqa: S608
    " FROM audit.entry e LEFT JOIN audit.seal s ON s.entry_id = e.id"
    " WHERE e.insurer_id = %(insurer)s AND e.object_id = ANY(%(objects)s)"
    " AND hashtext(e.object_id) = ANY (SELECT hashtext(one) FROM unnest(%(objects)s) AS one)"
    " ORDER BY e.at, e.id LIMIT %(most)s"
)


def extract(*, insurer_id: int, by: Who, object_ids: Sequence[str]) -> dict[str, Any]:
    """Entries in their canonical form with their links, and the anchors written outside the database.

    A link is SHA-256 of the one before and the canonical form; the anchors name heads of the same chain, so a reader
    sees that nothing was changed since. The reading is recorded first, and what waits for its link gets it: no entry
    leaves without one. Raises `ImproperlyConfigured` where the auditors' connection is not set.
    """
    with transaction.atomic():
        record("audit.extract", insurer_id=insurer_id, by=by, on="audit", object_id=object_ids[0])
    seal_pending(insurer_id)
    with snapshot() as database:
        asked = {"insurer": insurer_id, "objects": list(object_ids), "most": MOST}
        found = database.execute(_FOUND, asked).fetchall()
    return {
        "rule": "hash = SHA-256(prev_hash || entry), UTF-8",
        "entries": [{"entry": entry, "seq": seq, "prev_hash": prev, "hash": link} for entry, seq, prev, link in found],
        "anchors": [asdict(anchor) for anchor in anchors() if anchor.chain == insurer_id][-50:],
    }
