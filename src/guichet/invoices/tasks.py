"""Work done after the answer to the browser: reading QR codes, scanning again, printing receipts, the daily batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from procrastinate.contrib.django import app

from guichet.tenancy.context import tenant
from guichet.tenancy.rounds import every_insurer

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


@app.task(name="invoices.read_code", queue="documents", pass_context=False)
def read_code(*, insurer_id: int, attachment_id: str) -> None:
    """Look for a Swiss QR code on an attachment (INV-12)."""
    from guichet.invoices.actions import codes

    with tenant(insurer_id):
        codes.read(attachment_id)


@app.task(name="invoices.print_version", queue="documents", retry=3)
def print_version(*, insurer_id: int, version_id: str) -> None:
    """Make and store the PDF of what was sent (FRM-06)."""
    from guichet.invoices.actions import printing

    with tenant(insurer_id):
        printing.store_pdf(version_id)


@app.task(name="invoices.send_import", queue="documents", retry=3)
def send_import(*, insurer_id: int, run_id: str) -> None:
    """Send the invoices of a confirmed file one by one (INV-14)."""
    from guichet.invoices.actions import imports

    with tenant(insurer_id):
        imports.send_all(run_id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="invoices.rescan", queue="documents", queueing_lock="invoices.rescan")
def rescan(timestamp: int) -> None:
    """Scan again the documents that had to wait for the scanner (FRM-09)."""
    from guichet.invoices.actions import scanning

    del timestamp  # the period's own number
    every_insurer(scanning.rescan)


@app.periodic(cron="*/5 * * * *")
@app.task(name="invoices.daily_batches", queue="payment", queueing_lock="invoices.daily_batches")
def daily_batches(timestamp: int) -> None:
    """Make today's payment batch of every insurer whose time has come (INV-25)."""
    from guichet.invoices.actions import payment

    payment.make_due_batches(timestamp)


@app.periodic(cron="20 2 * * *")
@app.task(name="invoices.delays", queue="payment", queueing_lock="invoices.delays")
def delays(timestamp: int) -> None:
    """Take the medians « versement attendu » is said from, once a night (INV-31)."""
    from guichet.invoices.actions import delays as acts

    del timestamp
    every_insurer(acts.refresh)


@app.periodic(cron="*/15 * * * *")
@app.task(name="invoices.digests", queue="payment", queueing_lock="invoices.digests")
def digests(timestamp: int) -> None:
    """The daily summaries, after the insurer's `digest_time`; a mail that was made is not made again (INV-31)."""
    from datetime import UTC, datetime, time

    from guichet.invoices.actions import digests as acts
    from guichet.invoices.actions.payment import last_due

    now = datetime.fromtimestamp(timestamp, tz=UTC)

    def send(insurer: Insurer) -> None:
        at = time.fromisoformat(insurer.setting("digest_time"))
        acts.send(insurer, until=last_due(at, timezone.localtime(now)))

    every_insurer(send)


@app.periodic(cron="20 1 * * *")
@app.task(name="invoices.close_days", queue="documents", queueing_lock="invoices.close_days")
def close_days(timestamp: int) -> None:
    """Count yesterday's invoices of every insurer for the figures, once (INV-26)."""
    from guichet.invoices.actions import figures

    del timestamp  # the period's own number
    every_insurer(figures.close_days)


@app.periodic(cron="15 2 * * *")
@app.task(name="invoices.retention", queue="documents", queueing_lock="invoices.retention")
def retention(timestamp: int) -> None:
    """Erase what the rules take, at every insurer that configured it (INV-27)."""
    from guichet.invoices.actions import retention as acts

    del timestamp  # the period's own number

    def erase(insurer: Insurer) -> None:
        if insurer.setting("retention_nightly"):
            acts.run(insurer)

    every_insurer(erase)


@app.periodic(cron="40 5 * * *")
@app.task(name="invoices.powers", queue="documents", queueing_lock="invoices.powers")
def powers(timestamp: int) -> None:
    """Tell who holds a power of attorney that it ends within sixty days, once (INV-30)."""
    from datetime import UTC, datetime

    from guichet.invoices.actions import powers as acts

    now = datetime.fromtimestamp(timestamp, tz=UTC)
    every_insurer(lambda insurer: acts.warn(insurer, now=now))
