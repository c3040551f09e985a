"""Handing work to the worker, inside the transaction that asks for it."""

from __future__ import annotations

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.casework.jobs import defer


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("REL-01")
def test_a_job_exists_if_and_only_if_its_act_does():
    with pytest.raises(RuntimeError, match="lost"):
        _ask_and_fail()
    with transaction.atomic():
        defer("invoices.read_code", queue="documents", insurer_id=1, attachment_id="b")
    jobs = ProcrastinateJob.objects.values_list("task_name", "queue_name", "args")
    assert list(jobs) == [("invoices.read_code", "documents", {"insurer_id": 1, "attachment_id": "b"})]


def _ask_and_fail():
    with transaction.atomic():
        defer("invoices.read_code", queue="documents", insurer_id=1, attachment_id="a")
        raise RuntimeError("lost")
