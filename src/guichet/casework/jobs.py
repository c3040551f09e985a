"""Handing work to the worker, inside the transaction that asks for it."""

from __future__ import annotations

from procrastinate.contrib.django import app


def defer(task: str, *, queue: str, insurer_id: int, **ids: str) -> None:
    """Queue a task by name. Arguments are identifiers only: nothing personal lies in the job table (SEC-06)."""
    app.configure_task(task, queue=queue).defer(insurer_id=insurer_id, **ids)
