"""Phones and mailboxes that keep what arrives, and a space with people made by the real actions."""

import pytest


@pytest.fixture(autouse=True)
def _doors(settings):
    """Mail and SMS stay in memory, and hashes are cheap."""
    from guichet.notify.doors.memory import MemoryDoor

    settings.MAIL_DOOR = "memory:mail"
    settings.SMS_DOORS = ["memory:sms"]
    settings.PASSWORD_HASHERS = ["guichet.accounts.tests.people.QuickArgon2"]
    MemoryDoor.kept.clear()


@pytest.fixture
def empty(db):
    """The four insurers without anybody; gives the first one."""
    from guichet.tenancy.context import tenant
    from guichet.tenancy.demo import seed_insurers

    del db
    insurer = seed_insurers()[0]
    with tenant(insurer.pk):
        yield insurer


@pytest.fixture
def vs(db, run_jobs):
    """The office AI of Valais with an administrator and a company."""
    from guichet.accounts.tests.people import open_space
    from guichet.tenancy.context import tenant

    del db
    space = open_space("vs", run_jobs)
    with tenant(space.insurer.pk):
        yield space


@pytest.fixture
def be(vs, run_jobs):
    """A second office; enter its tenant where you need it."""
    from guichet.accounts.tests.people import open_space

    del vs
    return open_space("be", run_jobs)


@pytest.fixture
def audit_actions():
    """The actions written to the audit since the test asked; the application may not read them back."""
    from django.db import connection

    from guichet.audit.canonical import COLUMNS

    actions = []

    def listen(execute, sql, params, many, context):
        if str(sql).startswith("INSERT INTO audit.entry"):
            actions.append(params[COLUMNS.index("action")])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield lambda: list(actions)
