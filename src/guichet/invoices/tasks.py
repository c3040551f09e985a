"""Work done after the answer to the browser: reading QR codes, scanning again, printing receipts, the daily batch."""

from __future__ import annotations

from procrastinate.contrib.django import app

from guichet.tenancy.context import tenant


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


@app.periodic(cron="*/2 * * * *")
@app.task(name="invoices.rescan", queue="documents", queueing_lock="invoices.rescan")
def rescan(timestamp: int) -> None:
    """Scan again the documents that had to wait for the scanner (FRM-09)."""
    from guichet.invoices.actions import scanning
    from guichet.tenancy.models import Insurer

    del timestamp  # the period's own number
    for insurer in Insurer.objects.order_by("pk"):
        with tenant(insurer.pk):
            scanning.rescan(insurer)


@app.periodic(cron="*/5 * * * *")
@app.task(name="invoices.daily_batches", queue="payment", queueing_lock="invoices.daily_batches")
def daily_batches(timestamp: int) -> None:
    """Make today's payment batch of every insurer whose time has come (INV-25)."""
    from guichet.invoices.actions import payment

    payment.make_due_batches(timestamp)
