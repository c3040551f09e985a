"""`guichet worker`: runs the jobs, and gives back those of a worker that died."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, cast

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from guichet.audit.sealing import sealing

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

    from procrastinate import App
    from procrastinate.contrib.django.django_connector import DjangoConnector

logger = logging.getLogger(__name__)

_HEARTBEAT_SECONDS: Final = 5.0
_STALLED_SECONDS: Final = 20.0  # a dead worker's job is back within 30 s (REL-08 allows a minute)
_POISONED: Final = 5  # a job that killed its worker this often is set aside as failed


class Command(BaseCommand):
    """Runs until SIGINT or SIGTERM, finishing the jobs at hand."""

    help = "Run the jobs: mail, SMS, PDF, scans, batches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at the same time (default 4)")
        parser.add_argument("--queues", default="", help="names separated by commas; default: all")

    def handle(self, *_args: Any, **options: Any) -> None:
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        with sealing():  # the audit
            asyncio.run(_work(options["concurrency"], [name for name in options["queues"].split(",") if name]))


async def _work(concurrency: int, queues: list[str]) -> None:
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker:
        async with worker.open_async():
            sweeper = asyncio.create_task(_sweep_for_ever(worker))
            try:
                await worker.run_worker_async(
                    concurrency=concurrency,
                    queues=cast("Iterable[str]", queues or None),  # None, undeclared, means every queue
                    delete_jobs="successful",
                    shutdown_graceful_timeout=20,
                    update_heartbeat_interval=_HEARTBEAT_SECONDS,
                    stalled_worker_timeout=_STALLED_SECONDS,
                )
            finally:
                sweeper.cancel()


async def _sweep_for_ever(worker: App) -> None:
    while True:
        try:
            await sweep(worker)
        except Exception:
            logger.exception("Stalled jobs could not be looked for")
        await asyncio.sleep(_HEARTBEAT_SECONDS)


async def sweep(worker: App) -> int:
    """Give the jobs of dead workers back to the queue; says how many were found."""
    stalled = list(await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS))
    for job in stalled:
        if job.attempts + 1 >= _POISONED:
            logger.error("Job %s (%s) has killed its worker %s times: set aside", job.id, job.task_name, _POISONED)
            await worker.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await worker.job_manager.retry_job(job)
    return len(stalled)
