"""The circuit breaker: a gateway that does not work is left alone for a minute, by all workers (MSG-03)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet.notify.models import Gateway

if TYPE_CHECKING:
    from collections.abc import Iterable

ASIDE: Final = timedelta(seconds=60)


def put_aside(name: str, code: str) -> None:
    """Nobody tries this gateway for a minute."""
    facts = {"down_until": timezone.now() + ASIDE, "last_error": code}
    Gateway.objects.bulk_create(
        [Gateway(name=name, **facts)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=list(facts),
    )


def take_back(name: str) -> None:
    """It works again. Costs a write only after a failure, see `down`."""
    Gateway.objects.filter(name=name).delete()


def known_failures(names: Iterable[str]) -> dict[str, datetime]:
    """Until when each of these gateways is put aside; those that never failed since they last worked are absent."""
    return dict(Gateway.objects.filter(name__in=list(names)).values_list("name", "down_until"))
