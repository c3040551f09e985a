import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from guichet.audit import Who, record
from guichet.audit.anchor import anchor
from guichet.audit.sealing import seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-02")]


@pytest.fixture
def chain(owner, outside):
    with transaction.atomic():
        for _ in range(3):
            record("invoice.opened", insurer_id=1, by=Who("p", "agent"), on="invoice")
    seal_all()
    anchor()
    return owner


def test_verify_says_that_the_audit_is_whole(chain):
    said, warned = io.StringIO(), io.StringIO()
    call_command("audit", "verify", stdout=said, stderr=warned)
    assert said.getvalue() == "The audit is whole: 3 entries in 1 chains.\n"
    assert warned.getvalue() == ""


def test_verify_names_the_first_bad_entry_and_ends_with_1(chain):
    chain.execute("UPDATE audit.entry SET reason = 'x' WHERE id >= 2")
    with pytest.raises(CommandError) as failure:
        call_command("audit", "verify", "--chain", "1")
    assert failure.value.returncode == 1
    assert str(failure.value).splitlines()[0] == (
        "chain 1, seal 2, entry 2: the entry is not what was sealed (altered)"
    )


def test_verify_of_another_chain_does_not_look_at_it(chain):
    chain.execute("UPDATE audit.entry SET reason = 'x'")
    said = io.StringIO()
    call_command("audit", "verify", "--chain", "2", stdout=said)
    assert said.getvalue() == "The audit is whole: 0 entries in 0 chains.\n"
