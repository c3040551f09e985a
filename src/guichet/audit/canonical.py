"""The form in which an entry is hashed and copied, and the rule of the chain.

An entry's canonical form is a JSON array of every column in a fixed order, as PostgreSQL's own `json_build_array`
writes it, in UTF-8. It is unambiguous (fixed arity, quoted texts), readable, and the bytes that are hashed are the
bytes that are copied. The verifier sends this expression itself and never calls a function of the schema `audit`:
whoever can change a function cannot make a changed row look whole.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

COLUMNS: Final = (
    "insurer_id",
    "actor_id",
    "role",
    "action",
    "object_type",
    "object_id",
    "subject_ref",
    "recipient",
    "outcome",
    "reason",
    "legal_basis",
    "ip",
    "user_agent_hash",
    "request_id",
    "detail",
)
"""What the application writes; `id` and `at` are the database's."""

# Migration 0001 holds the same expression: a change here needs a new format, never an edit.
CANONICAL: Final = (
    "convert_to(json_build_array(e.id, e.insurer_id, e.at AT TIME ZONE 'UTC', e.actor_id, e.role, e.action,"
    " e.object_type, e.object_id, e.subject_ref, e.recipient, e.outcome, e.reason, e.legal_basis, e.ip,"
    " e.user_agent_hash, e.request_id, e.detail)::text, 'UTF8')"
)


def genesis(chain: int) -> bytes:
    """What the first seal of a chain stands on."""
    return sha256(b"guichet.audit.%d" % chain).digest()


def link(previous: bytes, body: bytes) -> bytes:
    """The seal of one entry: the seal before it and its canonical form, hashed with SHA-256."""
    return sha256(previous + body).digest()


def copy_line(seq: int, seal: bytes, body: bytes) -> bytes:
    """One line of the separate copy: JSON whose member `entry` is the canonical form byte for byte."""
    return b'{"seq": %d, "hash": "%s", "entry": %s}\n' % (seq, seal.hex().encode(), body)
