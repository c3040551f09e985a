"""What workers do for accounts. Arguments are ids only; an id of nobody is normal and does nothing.

A page that must not tell whether an address is known always leaves a job behind; only the worker looks.
"""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from guichet.tenancy.context import tenant
from guichet.tenancy.models import Insurer


@app.task(name="accounts.warn_owner", queue="accounts")
def warn_owner(*, insurer_id: int, person_id: str) -> None:
    """Tell the owner of an account that its password was tried too often."""
    from guichet.accounts.actions.warnings import warn_of_throttle

    with tenant(insurer_id):
        warn_of_throttle(insurer=Insurer.objects.get(pk=insurer_id), person_id=UUID(person_id))


@app.task(name="accounts.send_reset", queue="accounts", priority=10)
def send_reset(*, insurer_id: int, person_id: str) -> None:
    """Send the link to choose a new password."""
    from guichet.accounts.actions.reset import send_link

    with tenant(insurer_id):
        send_link(insurer=Insurer.objects.get(pk=insurer_id), person_id=UUID(person_id))


@app.task(name="accounts.process_registration", queue="accounts", priority=10)
def process_registration(*, insurer_id: int, registration_id: str) -> None:
    """Make a requested affiliation of a registration, or explain by mail why not."""
    from guichet.accounts.actions.registration import process

    with tenant(insurer_id):
        process(insurer=Insurer.objects.get(pk=insurer_id), registration_id=UUID(registration_id))


@app.task(name="accounts.confirm_email", queue="accounts")
def confirm_email(*, insurer_id: int, ticket_id: str) -> None:
    """Ask a new address to confirm itself."""
    from guichet.accounts.actions.data import send_confirmation

    with tenant(insurer_id):
        send_confirmation(insurer=Insurer.objects.get(pk=insurer_id), ticket_id=UUID(ticket_id))
