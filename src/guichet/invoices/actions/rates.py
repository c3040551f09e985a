"""Rates an administrator enters: added, corrected or withdrawn while nothing was computed with them (INV-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import Overtaken, Stale
from guichet.invoices.models import TariffRate
from guichet.kernel.findings import Invalid
from guichet.kernel.tariffs import published_rates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from typing import Any

    from guichet.accounts.access import Actor


def add_rate(*, code: str, valid_from: date, amount: Decimal, source: str, by: Actor) -> TariffRate:
    """A further rate of a known code.

    Raises Invalid: rate.unknown (no such code), rate.published (a published rate begins that day or later), rate.taken
    (another entered one begins that day).
    """
    _check(code, valid_from)
    try:
        with transaction.atomic():
            row = TariffRate.objects.create(
                insurer=by.insurer,
                code=code,
                valid_from=valid_from,
                amount=amount,
                source=source,
                entered_by=by.person,
                entered_at=timezone.now(),
            )
            _note("rate.added", row, by=by, detail=_facts(row))
    except IntegrityError:
        raise Invalid("rate.taken") from None
    return row


def correct_rate(
    row: TariffRate, *, seen: Decimal, valid_from: date, amount: Decimal, source: str, by: Actor
) -> TariffRate:
    """Change a rate nobody used yet. Raises Invalid like `add_rate`, and `Overtaken` if it was used or changed since.

    `seen` is the amount the form was opened on.
    """
    _check(row.code, valid_from)
    before = {f"before_{name}": value for name, value in _facts(row).items()}
    try:
        with transaction.atomic():
            changed = TariffRate.objects.filter(pk=row.pk, used_at=None, closed_at=None, amount=seen).update(
                valid_from=valid_from, amount=amount, source=source, entered_by=by.person, entered_at=timezone.now()
            )
            if not changed:
                raise Overtaken
            row.refresh_from_db()
            _note("rate.corrected", row, by=by, detail=before | _facts(row))
    except IntegrityError:
        raise Invalid("rate.taken") from None
    return row


@transaction.atomic
def withdraw_rate(row: TariffRate, *, by: Actor) -> None:
    """Never applied from now on, and kept with its history. Raises `Overtaken` if it was used or withdrawn."""
    changed = TariffRate.objects.filter(pk=row.pk, used_at=None, closed_at=None).update(
        closed_at=timezone.now(), closed_by=by.person
    )
    if not changed:
        raise Overtaken
    row.refresh_from_db()
    _note("rate.withdrawn", row, by=by, detail=_facts(row))


def use_rates(basis: Mapping[str, Any]) -> None:
    """What an invoice being sent was computed with stays as it is for ever. In the sending's transaction.

    Raises `Stale` if an administrator changed such a rate in between.
    """
    taken = {kept["key"]: kept["amount"] for kept in basis["rates"] if kept["key"]}
    if not taken:
        return
    for row in TariffRate.objects.filter(pk__in=taken, used_at=None).order_by("pk"):
        same = TariffRate.objects.filter(pk=row.pk, amount=taken.pop(str(row.pk)), closed_at=None)
        if not same.update(used_at=timezone.now()):
            raise Stale


def _check(code: str, valid_from: date) -> None:
    history = published_rates().history(code)
    if not history:
        raise Invalid("rate.unknown")
    if valid_from <= history[-1].valid_from:
        raise Invalid("rate.published")


def _facts(row: TariffRate) -> dict[str, str]:
    return {
        "code": row.code,
        "valid_from": row.valid_from.isoformat(),
        "amount": str(row.amount),
        "source": row.source,
    }


def _note(act: str, row: TariffRate, *, by: Actor, detail: Mapping[str, object]) -> None:
    audit.record(act, insurer_id=by.insurer.pk, by=by.who, on="rate", object_id=str(row.pk), detail=detail)
