"""What could not be delivered is seen by administrators, and tried again (MSG-02)."""

import pytest
from django.db import transaction

from guichet import notify
from guichet.notify.models import OutboxItem, Status
from guichet.tenancy.context import tenant

PATH = "administration/envois/"


@pytest.fixture
def dead(vs):
    """A mail that no relay took within its day."""
    with transaction.atomic():
        notify.mail(
            "invoices/sent", insurer=vs.insurer, to="nobody@foyer.example", language="fr",
            context={"invoice_number": "VS-2026-000001", "path": "/"}, key="dead",
        )  # fmt: skip
    OutboxItem.objects.filter(key="dead").update(status=Status.DEAD, attempts=3, last_error="550 no such mailbox")
    return OutboxItem.objects.get(key="dead")


@pytest.mark.proves("MSG-02")
def test_administrator_sees_what_was_not_delivered_and_tries_again(vs, dead):
    browser = vs.signed_in(vs.administrator)
    page = browser.get(vs.url(PATH))
    assert page.status_code == 200
    assert "550 no such mailbox" in page.content.decode()
    assert "nobody@foyer.example" not in page.content.decode()

    assert browser.post(vs.url(f"{PATH}{dead.pk}/")).status_code == 303
    assert [mail.to for mail in vs.mails("nobody@foyer.example")] == ["nobody@foyer.example"]
    assert browser.post(vs.url(f"{PATH}{dead.pk}/")).status_code == 409


@pytest.mark.proves("MSG-02")
def test_nobody_else_sees_or_retries_it(vs, be, dead):
    assert vs.signed_in(vs.staff("agent", "vet", "review")).get(vs.url(PATH)).status_code == 403
    assert vs.signed_in(vs.manager).get(vs.url(PATH)).status_code == 403
    with tenant(be.insurer.pk):
        other = be.signed_in(be.administrator)
    assert other.post(be.url(f"{PATH}{dead.pk}/")).status_code == 404
    assert OutboxItem.objects.get(key="dead").status == Status.DEAD
