"""What the tests of every system ask of an insurer's space: a browser, a mailbox, phones, waiting jobs, the audit.

Each wants the fixture `vs` of its system: an insurer with its tenant entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client


@pytest.fixture
def browser(vs: Any) -> Callable[..., Client]:
    """`browser(actor)` is a browser with a login of that person."""
    from django.test import Client

    from guichet.accounts import cookies, sessions
    from guichet.accounts.visitor import Visitor

    def signed_in(actor: Any, **options: Any) -> Client:
        token, _session = sessions.open_session(
            person=actor.person, space=vs, factors="password sms", visitor=Visitor()
        )
        client = Client(**options)
        client.cookies[cookies.SESSION] = token
        return client

    return signed_in


@pytest.fixture
def mailbox(vs: Any, settings: Any) -> Iterator[Callable[[], list[Any]]]:
    """`mailbox()` delivers what waits and gives every mail that left since the test began."""
    from guichet.notify.doors.memory import MemoryDoor
    from guichet.notify.testing import deliver_all, mails

    settings.MAIL_DOOR = "memory:mail"
    deliver_all(vs)
    MemoryDoor.forget()

    def read() -> list[Any]:
        deliver_all(vs)
        return mails()

    yield read
    MemoryDoor.forget()


@pytest.fixture
def phone(vs: Any, settings: Any) -> Iterator[Callable[[str], list[str]]]:
    """`phone(number)` delivers what waits and gives the texts of the SMS to this number."""
    from guichet.notify.doors.memory import MemoryDoor
    from guichet.notify.testing import deliver_all, texts

    settings.SMS_DOORS, settings.MAIL_DOOR = ["memory:sms"], "memory:mail"
    MemoryDoor.forget()

    def read(number: str) -> list[str]:
        deliver_all(vs)
        return [text.text for text in texts() if text.to == number]

    yield read
    MemoryDoor.forget()


@pytest.fixture
def jobs() -> Callable[[str], list[dict[str, Any]]]:
    """`jobs("invoices.print_version")` gives the arguments of the waiting jobs of that name."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    def waiting(name: str) -> list[dict[str, Any]]:
        found = ProcrastinateJob.objects.filter(task_name=name, status="todo").order_by("id")
        return [job.args for job in found]

    return waiting


@pytest.fixture
def audited() -> Iterator[list[dict[str, Any]]]:
    """The audit's new entries, as they are written: nobody but the auditors' own role can read them back."""
    from django.db import connection

    from guichet.audit.canonical import COLUMNS

    entries: list[dict[str, Any]] = []

    def watch(execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
        result = execute(statement, params, many, context)
        if "INTO audit.entry" in str(statement) and context["cursor"].rowcount:
            named = isinstance(params, dict)
            values = [params[f"entry_{name}"] for name in COLUMNS] if named else params
            entries.append(dict(zip(COLUMNS, values, strict=True)))
        return result

    with connection.execute_wrapper(watch):
        yield entries
