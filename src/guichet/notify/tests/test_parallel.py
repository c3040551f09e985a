"""What happens when twenty do it at once, each with a connection of its own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from guichet.notify.deliver import deliver
from guichet.notify.models import OutboxItem
from guichet.notify.testing import mails
from guichet.notify.tests.samples import make_insurer, the_item, write_mail
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number, act):
    """Run `act(n)` in so many threads that start together; give what they return, in no order."""
    start, results = threading.Barrier(number), []

    def run(n):
        try:
            start.wait()
            results.append(act(n))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == number
    return results


@pytest.mark.proves("MSG-02", "REL-01")
def test_twenty_deliveries_of_one_item_send_one_mail():
    office = make_insurer()
    with tenant(office.pk):
        write_mail(office)
        item = the_item()

    def act(_):
        with tenant(office.pk):
            deliver(item.pk)

    at_once(20, act)
    assert [message.item_id for message in mails()] == [item.pk]


@pytest.mark.proves("MSG-02", "FRM-05")
def test_twenty_acts_with_one_key_write_one_item():
    office = make_insurer()

    def act(_):
        with tenant(office.pk):
            return write_mail(office)

    assert sorted(at_once(20, act)) == [False] * 19 + [True]
    with tenant(office.pk):
        assert OutboxItem.objects.count() == 1


def test_ten_workers_keep_the_order_of_one_persons_mails(settings):
    """Each worker asks for another mail; whoever comes too early leaves it to the one before."""
    office = make_insurer()
    with tenant(office.pk):
        for number in range(10):
            write_mail(office, key=f"k{number}", company=f"{number}")
        items = list(OutboxItem.objects.order_by("-created_at").values_list("pk", flat=True))

    def act(n):
        with tenant(office.pk):
            deliver(items[n])

    while len(mails()) < 10:
        at_once(10, act)
    assert [message.subject for message in mails()] == [f"[fr] {number}" for number in range(10)]
