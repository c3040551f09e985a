"""Handing work to the worker, inside the transaction that asks for it."""

from __future__ import annotations

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


def defer(task: str, *, queue: str, insurer_id: int, **ids: str) -> None:
    """Queue a task by name. Arguments are identifiers only: nothing personal lies in the job table (SEC-06).

    By the connection of the running transaction, also inside a worker, whose own connector would write beside it.
    """
    job = configure_task(name=task, job_manager=JobManager(DjangoConnector()), queue=queue)
    job.defer(insurer_id=insurer_id, **ids)


def is_under_way(task: str, **ids: str) -> bool:
    """Whether a job with these arguments waits or runs."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status__in=("todo", "doing"), args__contains=ids)
    return jobs.exists()
