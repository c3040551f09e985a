"""The one way to write the audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Who:
    """Who acts. `person_id` is empty for an anonymous visitor and for the platform's own jobs."""

    person_id: str = ""
    role: str = "anonymous"


def record(
    action: str,
    *,
    insurer_id: int | None,
    by: Who,
    on: str,
    object_id: str = "",
    subject: str = "",
    recipient: str = "",
    outcome: str = "ok",
    reason: str = "",
    legal_basis: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one entry in the transaction of the act itself: no audit, no act.

    `subject` is an AVS number or other identifier of the person concerned; only its HMAC is stored.
    Raises `TransactionManagementError` outside a transaction.
    """
    raise NotImplementedError
