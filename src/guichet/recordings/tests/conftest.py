"""An office, an expert, a centre, and the tenant entered. What needs models is imported once Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def vs(db):
    """The office AI of these tests, its tenant entered."""
    from guichet.recordings.tests import factories
    from guichet.tenancy.context import tenant

    insurer = factories.insurer()
    with tenant(insurer.pk):
        yield insurer


@pytest.fixture
def desk(vs):
    """The people of the office."""
    from guichet.recordings.tests import factories

    return factories.office(vs)


@pytest.fixture
def doctor(vs):
    """A medical expert."""
    from guichet.recordings.tests import factories

    return factories.expert(vs)


@pytest.fixture
def clinic(vs):
    """An expertise centre, by its manager."""
    from guichet.recordings.tests import factories

    return factories.centre(vs)


@pytest.fixture
def jobs():
    """`jobs("recordings.take_in")` gives the arguments of the waiting jobs of that name."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    def waiting(name):
        found = ProcrastinateJob.objects.filter(task_name=name, status="todo").order_by("id")
        return [job.args for job in found]

    return waiting


@pytest.fixture
def mailbox(vs, settings):
    """`mailbox()` delivers what waits and gives every mail that left."""
    from guichet.notify.doors.memory import MemoryDoor
    from guichet.notify.testing import deliver_all, mails

    settings.MAIL_DOOR = "memory:mail"
    deliver_all(vs)
    MemoryDoor.forget()

    def read():
        deliver_all(vs)
        return mails()

    yield read
    MemoryDoor.forget()


@pytest.fixture
def browser(vs):
    """`browser(actor)` is a browser with a login of that person."""
    from django.test import Client

    from guichet.accounts import cookies, sessions
    from guichet.accounts.visitor import Visitor

    def signed_in(actor, **options):
        token, _session = sessions.open_session(
            person=actor.person, space=vs, factors="password sms", visitor=Visitor()
        )
        client = Client(**options)
        client.cookies[cookies.SESSION] = token
        return client

    return signed_in


@pytest.fixture
def audited():
    """The audit's new entries, as they are written: nobody but the auditors' own role can read them back."""
    from django.db import connection

    from guichet.audit.canonical import COLUMNS

    entries = []

    def watch(execute, statement, params, many, context):
        if "INTO audit.entry" in str(statement):
            entries.append(dict(zip(COLUMNS, params, strict=True)))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(watch):
        yield entries


@pytest.fixture
def phone(vs, settings):
    """`phone(number)` delivers what waits and gives the texts of the SMS to this number."""
    from guichet.notify.doors.memory import MemoryDoor
    from guichet.notify.testing import deliver_all, texts

    settings.SMS_DOORS, settings.MAIL_DOOR = ["memory:sms"], "memory:mail"
    MemoryDoor.forget()

    def read(number):
        deliver_all(vs)
        return [text.text for text in texts() if text.to == number]

    yield read
    MemoryDoor.forget()
