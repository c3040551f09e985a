"""The real queue: a job written by the act is found and run by a real worker."""

from __future__ import annotations

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from guichet.notify.models import Status
from guichet.notify.testing import mails, texts
from guichet.notify.tests.samples import make_insurer, the_item, write_mail, write_sms
from guichet.tenancy.context import tenant


@pytest.mark.proves("MSG-02")
@pytest.mark.django_db(transaction=True)
def test_worker_delivers_what_an_act_wrote(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # the worker's threads leave none behind
    office = make_insurer()
    with tenant(office.pk):
        write_mail(office)
        write_sms(office)
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            queues=["mail", "sms"], wait=False, listen_notify=False, install_signal_handlers=False, concurrency=1
        )
    with tenant(office.pk):
        assert [the_item("k1").status, the_item("s1").status] == [Status.SENT, Status.SENT]
    assert [len(mails()), len(texts())] == [1, 1]
