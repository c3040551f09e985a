from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet import notify
from guichet.notify.actions import NotDead
from guichet.notify.deliver import deliver
from guichet.notify.doors import Refused
from guichet.notify.models import OutboxItem, Status
from guichet.notify.queries import dead_letters, sent_to, status_of
from guichet.notify.sweep import sweep
from guichet.notify.testing import deliver_all, mails, texts
from guichet.notify.tests.samples import make_insurer, the_item, write_mail, write_sms
from guichet.tenancy.context import tenant


class Clerk:
    """Whoever acts."""

    who = "clerk"


def jobs():
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "queue_name", "args"))


@pytest.mark.proves("MSG-02")
def test_mail_writes_one_sealed_item_and_one_job_of_ids(insurer):
    assert write_mail(insurer) is True
    item = the_item()
    assert item.status == Status.WAITING
    assert bytes(item.body).find(b"anna") == -1
    assert jobs() == [("notify.deliver", "mail", {"insurer_id": insurer.pk, "item_id": str(item.pk)})]


@pytest.mark.proves("MSG-02")
def test_mail_with_the_same_key_is_written_once(insurer):
    assert [write_mail(insurer), write_mail(insurer, to="other@institution.example")] == [True, False]
    deliver_all(insurer)
    assert [message.to for message in mails()] == ["anna@institution.example"]
    assert len(jobs()) == 1


def test_mail_with_the_same_key_at_another_insurer_is_another_mail(insurer):
    write_mail(insurer)
    other = make_insurer("be")
    with tenant(other.pk):
        assert write_mail(other) is True
        assert OutboxItem.objects.count() == 1
    assert OutboxItem.objects.count() == 1


@pytest.mark.proves("MSG-02")
def test_mail_of_a_rolled_back_act_does_not_exist(insurer):
    def act():
        with transaction.atomic():
            write_mail(insurer)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert [OutboxItem.objects.count(), len(jobs())] == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_mail_outside_a_transaction_is_refused():
    office = make_insurer()
    with tenant(office.pk), pytest.raises(TransactionManagementError):
        notify.mail("trial/welcome", insurer=office, to="a@b.example", language="fr", context={"company": "x"}, key="k")


def test_mail_costs_one_insert_and_one_job(insurer, django_assert_num_queries):
    with django_assert_num_queries(4):  # the row, the job, and the savepoint around this test's act
        write_mail(insurer)


@pytest.mark.proves("MSG-02")
def test_sms_is_delivered_first(insurer):
    write_mail(insurer)
    write_sms(insurer)
    assert list(ProcrastinateJob.objects.order_by("-priority").values_list("queue_name", flat=True)) == ["sms", "mail"]


def test_status_of_follows_the_item(insurer):
    write_sms(insurer)
    assert [status_of(insurer, "s1"), status_of(insurer, "unknown")] == [Status.WAITING, None]
    deliver_all(insurer)
    assert status_of(insurer, "s1") == Status.SENT


def test_status_of_an_item_being_sent_is_waiting(insurer):
    write_sms(insurer)
    OutboxItem.objects.update(status=Status.SENDING, claimed_at=timezone.now())
    assert status_of(insurer, "s1") == Status.WAITING


def test_sent_to_finds_by_recipient_without_content(insurer, django_assert_num_queries):
    write_mail(insurer, key="old")
    write_mail(insurer, key="new")
    write_mail(insurer, key="other", to="berta@institution.example")
    with django_assert_num_queries(1):
        assert [item.key for item in sent_to(insurer, "ANNA@institution.example")] == ["new", "old"]


@pytest.mark.proves("MSG-02")
def test_retry_gives_a_dead_mail_another_day(insurer, doors):
    written = []

    def record(action, **facts):
        written.append((action, facts))

    doors.mood["mail"] = Refused("smtp 550")
    write_mail(insurer)
    deliver_all(insurer)
    item = dead_letters(insurer).get()
    assert [item.key, item.last_error] == ["k1", "smtp 550"]
    doors.mood.clear()
    notify.retry(item_id=item.pk, insurer=insurer, by=Clerk(), record=record)
    facts = {"insurer_id": insurer.pk, "by": "clerk", "on": "outbox_item", "object_id": str(item.pk)}
    assert written == [("outbox.retried", facts)]
    deliver_all(insurer)
    assert [message.to for message in mails()] == ["anna@institution.example"]


def test_what_nobody_sends_again_is_forgotten_after_ninety_days(insurer, doors):
    doors.mood["mail"] = Refused("smtp 550")
    write_mail(insurer)
    deliver_all(insurer)
    for days, status, has_body in ((89, Status.DEAD, True), (91, Status.EXPIRED, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            sweep()
        assert (the_item().status, the_item().body is not None) == (status, has_body)


def test_retry_of_what_is_not_dead_is_refused(insurer):
    write_mail(insurer)
    with pytest.raises(NotDead):
        notify.retry(item_id=the_item().pk, insurer=insurer, by=Clerk(), record=lambda *_, **__: None)


def test_retry_of_a_code_that_is_over_is_refused(insurer, doors):
    doors.mood["sms"] = Refused("aspsms 4")
    write_sms(insurer)
    deliver_all(insurer)
    item = the_item("s1")
    assert item.status == Status.DEAD
    with time_machine.travel(timezone.now() + timedelta(minutes=6)), pytest.raises(NotDead):
        notify.retry(item_id=item.pk, insurer=insurer, by=Clerk(), record=lambda *_, **__: None)


def test_retry_without_audit_does_not_happen(insurer, doors):
    def record(*_, **__):
        raise RuntimeError

    doors.mood["mail"] = Refused("smtp 550")
    write_mail(insurer)
    deliver_all(insurer)
    with pytest.raises(RuntimeError):
        notify.retry(item_id=the_item().pk, insurer=insurer, by=Clerk(), record=record)
    assert the_item().status == Status.DEAD


@pytest.mark.proves("SEC-03")
def test_outbox_shows_no_row_without_a_tenant(insurer):
    write_mail(insurer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('guichet.insurer', '', false)")
        cursor.execute("SELECT count(*) FROM notify_outboxitem")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('guichet.insurer', %s, false)", [str(insurer.pk)])


@pytest.mark.parametrize(
    "nonsense",
    [
        {"status": "sent"},
        {"status": "sent", "body": None, "gateway": "g"},
        {"status": "waiting", "body": None},
        {"status": "expired", "body": None},
        {"status": "sending"},
        {"status": "dead"},
        {"status": "lost"},
        {"channel": "sms"},
        {"channel": "fax"},
        {"gateway": "g"},
    ],
)
def test_outbox_refuses_impossible_states(insurer, nonsense):
    write_mail(insurer)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxItem.objects.update(**nonsense)


def test_outbox_erases_the_body_of_what_was_sent(insurer):
    write_mail(insurer)
    deliver_all(insurer)
    item = the_item()
    assert [item.status, item.body, item.gateway, item.provider_reference] == ["sent", None, "mail", str(item.pk)]


def test_deliver_knows_nothing_of_other_tenants(insurer):
    write_sms(insurer)
    item = the_item("s1")
    other = make_insurer("be")
    with tenant(other.pk):
        deliver(item.pk)
    assert texts() == []
